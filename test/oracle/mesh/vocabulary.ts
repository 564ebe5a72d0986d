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

/** Hosts of VirtualServices. */
export const MESH_HOSTS = [
  ["reviews"],
  ["reviews"],
  ["reviews"],
  ["reviews.default.svc.cluster.local"],
  ["reviews", "ratings"],
  ["web.shop.svc.cluster.local"],
  ["web"],
  ["*.default.svc.cluster.local"],
  ["shop.example.com"],
  ["*.example.com"],
  ["shop.example.com", "reviews"],
  ["Reviews"],
];
/** Names and wildcards that cover each other, with capital letters and without: who decides depends on both and on the age. */
export const MIXED_CASE_HOSTS = [
  ["Reviews"],
  ["reviews"],
  ["reviews.Default.svc.cluster.local"],
  ["*.default.svc.cluster.local"],
  ["*.Default.svc.cluster.local"],
  ["*.svc.cluster.local"],
  ["*.default.svc.cluster.local", "Reviews"],
  ["*.Default.svc.cluster.local", "*.svc.cluster.local"],
  ["Ratings", "reviews"],
  ["Shop.example.com"],
  ["shop.example.com"],
  ["*.Example.com"],
  ["*.example.com"],
  ["*.com"],
  ["*s"],
  ["*-s", "Web.Shop.svc.cluster.local"],
];
/** Two VirtualServices of sidecars, of which the age says which is asked, or the Services that there are. */
export const RIVALS = [
  [["*.default.svc.cluster.local"], ["Reviews"]],
  [["*.default.svc.cluster.local"], ["reviews.Default.svc.cluster.local", "web.shop.svc.cluster.local"]],
  [["*.Default.svc.cluster.local"], ["*.svc.cluster.local"]],
  [["*.default.svc.cluster.local"], ["*.Default.svc.cluster.local"]],
  [["*.example.com"], ["Shop.example.com"]],
  [["*.Example.com"], ["*.com"]],
];
export const GATEWAY_HOSTS = [
  ["shop.example.com"],
  ["shop.example.com"],
  ["*.example.com"],
  ["shop.example.com", "api.example.com"],
  ["*"],
];
export const MIXED_CASE_GATEWAY_HOSTS = [
  ["Shop.example.com"],
  ["shop.example.com"],
  ["*.Example.com"],
  ["*.example.com"],
  ["Shop.example.com", "api.example.com"],
  ["*"],
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
