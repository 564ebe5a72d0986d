/** What is asked of two proxies that should decide alike: the configuration of both, and requests with what they should come to. */
import type { Call } from "../harness/client.ts";
import { JASON } from "./bookinfo.ts";
import type { Sections } from "./sections.ts";
import { PARENT_ID, TRACE_ID } from "./through-reviews.ts";

/** A request, and what the configuration says of it. */
export interface Case {
  what: string;
  /** Whose request it is: one to the proxy by sleep, by httpbin or in plaintext, or one that its own application sends. */
  by: "sleep" | "httpbin" | "plaintext" | "itself";
  call: Omit<Call, "host">;
  /** 200 if not given. */
  status?: number;
  /** Whose application sees it: none if not given, `it` is the proxy's own. */
  reaches?: string;
  /** What header-routing adds to the answer. */
  routed?: string;
  /** The fault that the answer tells of. */
  fault?: string;
}

/** The host of the cases at a gateway. */
export const SHOP = "shop.example.com";

const TRACED = { traceparent: `00-${TRACE_ID}-${PARENT_ID}-01`, tracestate: "vendor=value" };
const ALWAYS = { value: 100 };

/**
 * All four filters: GET is allowed but for /admin; Jason's requests for `host` go to v2 and all others to v1; faults are asked for by
 * the header chaos, one of them only where header-routing has chosen v2.
 *
 * @param from who may GET, as an AuthorizationPolicy says it; anybody if there is nobody in it
 */
export function allSections(host: string, from: readonly object[]): Sections {
  const fault = (chaos: string, name: string, injected: object, more: object = {}): object => ({
    name,
    match: [{ headers: { chaos: { exact: chaos }, ...more } }],
    fault: injected,
  });
  const to = (subset: string): object[] => [
    { destination: { host, subset }, headers: { response: { add: { "x-routed": subset } } } },
  ];
  const of = (http: readonly object[]): object[] => [{ name: "compared", namespace: "default", hosts: [host], http }];
  const get = { to: [{ operation: { methods: ["GET"] } }] };
  const admin = { to: [{ operation: { paths: ["/admin"] } }] };
  return {
    trustDomain: "cluster.local",
    tracePropagation: {
      participate: true,
      join: { keys: ["x-request-id"] },
      // All, as which of them follows from an id that each draws for itself.
      sampling: { randomSamplingPercentage: 100 },
    },
    authz: {
      policies: [
        { name: "get", namespace: "default", action: "ALLOW", rules: [from.length > 0 ? { from, ...get } : get] },
        { name: "admin", namespace: "default", action: "DENY", rules: [admin] },
      ],
    },
    headerRouting: {
      steering: { header: "x-subset", value: "{subset}" },
      virtualServices: of([
        { name: "jason", match: [{ headers: { "end-user": { exact: "jason" } } }], route: to("v2") },
        { name: "everyone-else", route: to("v1") },
      ]),
    },
    faultInjection: {
      virtualServices: of([
        fault("slow", "slow", { delay: { percentage: ALWAYS, fixedDelay: "0.05s" } }),
        fault("fail", "fails", { abort: { percentage: ALWAYS, httpStatus: 503 } }),
        fault("v2", "v2-fails", { abort: { percentage: ALWAYS, httpStatus: 500 } }, { "x-subset": { exact: "v2" } }),
      ]),
    },
  };
}

/** What `allSections` with Jason, routes and faults makes of requests that pass header-routing on their way to v1 and v2. */
function onTheWay(by: Case["by"], v1: string, v2: string): Case[] {
  const jason = { ...TRACED, ...JASON };
  return [
    { what: "everyone else goes to v1", by, call: { headers: TRACED }, reaches: v1, routed: "v1" },
    { what: "jason goes to v2", by, call: { headers: jason }, reaches: v2, routed: "v2" },
    { what: "no trace came", by, call: {}, reaches: v1, routed: "v1" },
    { what: "nobody steers", by, call: { headers: { "x-subset": "v2" } }, reaches: v1, routed: "v1" },
    { what: "a delay", by, call: { headers: { chaos: "slow" } }, reaches: v1, routed: "v1", fault: "slow" },
    { what: "an abort", by, call: { headers: { chaos: "fail" } }, status: 503, routed: "v1", fault: "fails" },
    {
      what: "an abort by the header that steers",
      by,
      call: { headers: { ...jason, chaos: "v2" } },
      status: 500,
      routed: "v2",
      fault: "v2-fails",
    },
    { what: "none where it says v1", by, call: { headers: { chaos: "v2" } }, reaches: v1, routed: "v1" },
  ];
}

/** Of a workload that sleep may GET from. */
export const AT_A_SIDECAR: readonly Case[] = [
  { what: "sleep may GET", by: "sleep", call: { headers: TRACED }, reaches: "it" },
  { what: "sleep may GET, and no trace came", by: "sleep", call: {}, reaches: "it" },
  { what: "sleep may not POST", by: "sleep", call: { method: "POST", headers: TRACED }, status: 403 },
  { what: "nobody may see /admin", by: "sleep", call: { path: "/admin" }, status: 403 },
  { what: "httpbin may not GET", by: "httpbin", call: { headers: TRACED }, status: 403 },
  { what: "over plaintext nobody is sleep", by: "plaintext", call: {}, status: 403 },
  { what: "no fault for what comes", by: "sleep", call: { headers: { chaos: "fail" } }, reaches: "it" },
  // The application passes on x-request-id and nothing else, and its answer is a new one.
  {
    what: "through the application",
    by: "sleep",
    call: { path: "/call/reviews", headers: TRACED },
    reaches: "reviews-v1",
  },
  { what: "authz is for what comes", by: "itself", call: { method: "POST" }, reaches: "reviews-v1", routed: "v1" },
  ...onTheWay("itself", "reviews-v1", "reviews-v2"),
];

/** Of a gateway from which anybody may GET. */
export const AT_A_GATEWAY: readonly Case[] = [
  {
    what: "nobody may POST",
    by: "plaintext",
    call: { method: "POST", headers: { ...TRACED, chaos: "fail" } },
    status: 403,
  },
  { what: "nobody may see /admin", by: "plaintext", call: { path: "/admin" }, status: 403 },
  ...onTheWay("plaintext", "httpbin", "sleep"),
];
