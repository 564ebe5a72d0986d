/** The words of generated resources and requests, few enough that they often meet. */

export const AUTHORITIES = [
  "reviews",
  "reviews",
  "Reviews",
  "reviews.default",
  "reviews.default.svc.cluster.local",
  "web",
  "web.shop",
  "web.shop.svc.cluster.local",
  "ratings",
  "ratings.default.svc.cluster.local",
  "shop.example.com",
  "shop.example.com",
  "api.example.com",
  "Shop.Example.COM",
  "other.test",
];

export const METHODS = ["GET", "GET", "GET", "POST", "DELETE"];

export const PATHS = [
  "/",
  "/admin",
  "/admin/users",
  "/Admin",
  "/api/v1/items",
  "/api/v1/items?user=jason",
  "/api",
  "/static/a.css?user=&x=1",
  "/health",
];

export const USERS = ["jason", "jane", "jason2", "JASON", ""];

export const GROUPS = ["admin", "dev", "admin,dev"];
