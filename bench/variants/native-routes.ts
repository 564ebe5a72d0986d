import { directResponse, matchHeader } from "../measure/bootstrap.ts";
import { endUsers, type Variant } from "./variant.ts";

/** The name of the variant with a table of `count` routes. */
export function nativeRoutesName(count: number): string {
  return `native-${count}`;
}

/**
 * Envoy's own route table on `end-user`, with no filter: the routes that istiod would make of the same VirtualService.
 * The request's is the last of `count`.
 */
export function nativeRoutes(count: number): Variant {
  const users = endUsers(count);
  const routes = users.map((user, index) =>
    directResponse(matchHeader("end-user", user), index === count - 1 ? "v2" : "v1"),
  );
  routes.push(directResponse(matchHeader(), "v1"));
  const title = `native route table, ${count} ${count === 1 ? "route" : "routes"}`;
  return { name: nativeRoutesName(count), title, answer: "v2", reads: ["end-user"], filters: [], routes };
}
