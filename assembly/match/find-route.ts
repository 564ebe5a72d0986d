import { firstValue } from "../request/request";
import { VirtualHosts } from "./virtual-hosts";
import { HttpRoute, VirtualService } from "./virtual-service";

/**
 * The first route that the current request meets, of the VirtualService that names its host; null if there is none.
 * `authority` is the slot of `:authority`.
 */
export function findRoute(hosts: VirtualHosts, authority: u32): HttpRoute | null {
  const host = firstValue(authority);
  const found = host == null ? hosts.withoutHost : hosts.find(host.start, host.length);
  const service = changetype<VirtualService | null>(found);
  if (service == null) return null;
  const rule = service.routes.first();
  return rule == null ? null : changetype<HttpRoute>(rule.outcome);
}
