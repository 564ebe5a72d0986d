/**
 * Where header-routing differs from native routes on purpose, each with its reason. The generator avoids what is refused,
 * and the oracle's last test shows that it is refused; everything else must agree.
 */
import type { VirtualService } from "./virtual-service.ts";

export interface Difference {
  /** What native routes do and the filter does not. */
  what: string;
  why: string;
  /** A list of VirtualServices that the filter refuses for it, while istiod takes it. */
  refused?: VirtualService[];
}

const route = [{ destination: { host: "reviews", subset: "v1" } }];
const service = (name: string, hosts: string[]): VirtualService => ({
  name,
  namespace: "default",
  hosts,
  http: [{ route }],
});
const setting = (name: string, value: string): VirtualService[] => [
  {
    ...service("a", ["reviews"]),
    http: [{ route: [{ ...route[0]!, headers: { request: { set: { [name]: value } } } }] }],
  },
];

export const DIFFERENCES: readonly Difference[] = [
  {
    what: "of two VirtualServices with the same host, istiod lets the older one have it and drops the other's routes",
    why: "pluginConfig is one document: there a second claim is a mistake, and it has no age to decide it by",
    refused: [service("a", ["reviews"]), service("b", ["reviews.default.svc.cluster.local"])],
  },
  {
    what: "`set` or `add` of `host` or `:authority` rewrites the authority after routing",
    why: "a filter's write of the authority makes Envoy route anew",
    refused: setting("host", "ratings"),
  },
  {
    what: "changes of request headers that Envoy's router reads before a route's own, such as `x-forwarded-proto`",
    why: "the filter's come before the router reads them (`router-headers.test.ts`)",
    refused: setting("x-forwarded-proto", "https"),
  },
  {
    what: "header values are Envoy's format strings, such as `%REQ(x)%`",
    why: "they are evaluated by Envoy's router, which the filter cannot ask; `%%` is a percent sign in both",
    refused: setting("x-user", "%REQ(end-user)%"),
  },
  {
    what: "the route's name is `<route>.<match>` where both have one",
    why: "the counter and the filter state are the route's: `x-route` is compared without the name of the match",
  },
  {
    what: "a VirtualService none of whose routes is for the listener's port leaves its hosts to a wildcard of another one",
    why: "the filter learns the port from the request, when the VirtualService is chosen already",
  },
  {
    what: "a WebSocket handshake that the upstream refuses gets the route's response operations before its own headers",
    why: "Envoy makes a local reply of it (`websocket_handshake_unsuccessful`); the filter treats it as any response",
  },
  {
    what: "on listeners of another port than 80 istiod leaves out hosts that are not in its service registry",
    why: "the filter has no registry: it takes every host on every listener that the WasmPlugin selects",
  },
  {
    what: "a wildcard host that covers Services of the registry stands for their virtual hosts, ports and short names",
    why: "the filter has no registry: a wildcard is compared with the authority as the client wrote it",
  },
];
