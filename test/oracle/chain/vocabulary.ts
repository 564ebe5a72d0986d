/** The words of generated chains beside those of the oracle on routes. */

/** Node metadata of the proxies: who they are where they are the source. */
export const SERVICE_ACCOUNT = "sleep";

/** Clients with a certificate, and their SPIFFE IDs without the scheme. */
export const PEERS: Readonly<Record<string, string>> = {
  curl: "cluster.local/ns/default/sa/curl",
  tester: "td1.example/ns/chaos/sa/tester",
};
export type Peer = keyof typeof PEERS;
/** Conditions on who somebody is. */
export const PRINCIPALS = ["*", `*/sa/${SERVICE_ACCOUNT}`, "cluster.local/ns/default/*", "*/sa/tester", "*/sa/nobody"];

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const OTHER = "80f198ee56343ba864fe8b2a57d3eff7";
const SPAN = "00f067aa0ba902b7";
const SECOND = "e457b5a2e4d86bd1";

/** Conditions on `traceparent` of an AuthorizationPolicy. */
export const TRACE_PARTS = ["*-01", "*-00", "*-02", `00-${TRACE}*`, `00-${OTHER}*`];
/** The same as regular expressions. */
export const TRACE_PATTERNS = [".*-01", ".*-0[02]", `00-${TRACE}-.*`, `00-${OTHER}-.*`, ".+"];

/** Headers of a request that carry a context, by format; the trace and the span vary, so that formats may tell different ones. */
export const CONTEXTS: Readonly<Record<string, readonly (readonly [string, string][])[]>> = {
  w3c: [
    [["traceparent", `00-${TRACE}-${SPAN}-01`]],
    [["traceparent", `00-${OTHER}-${SECOND}-00`]],
    [
      ["traceparent", `00-${TRACE}-${SPAN}-03`],
      ["tracestate", "congo=t61rcWkgMzE, rojo=00f067aa0ba902b7"],
    ],
    [
      ["traceparent", `00-${OTHER}-${SPAN}-01`],
      ["tracestate", "congo=1,,signalbox=00f067aa0ba902b7"],
      ["tracestate", "congo=3"],
    ],
  ],
  b3: [
    [
      ["x-b3-traceid", OTHER],
      ["x-b3-spanid", SECOND],
      ["x-b3-sampled", "1"],
    ],
    [
      ["x-b3-traceid", TRACE.slice(16)],
      ["x-b3-spanid", SPAN],
      ["x-b3-parentspanid", SECOND],
      ["x-b3-sampled", "0"],
    ],
  ],
  "b3-single": [[["b3", `${OTHER}-${SECOND}-1`]], [["b3", `${TRACE.slice(16)}-${SPAN}-0`]]],
  jaeger: [[["uber-trace-id", `${TRACE}:${SPAN}:0:1`]], [["uber-trace-id", `${OTHER}%3A${SECOND}%3A0%3A0`]]],
  datadog: [
    [
      ["x-datadog-trace-id", "7277407061855694839"],
      ["x-datadog-parent-id", "16453819474850114513"],
      ["x-datadog-sampling-priority", "1"],
      ["x-datadog-tags", "_dd.p.dm=-1,_dd.p.tid=80f198ee56343ba8"],
    ],
  ],
  xray: [
    [["x-amzn-trace-id", `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=${SPAN};Sampled=1`]],
    [["x-amzn-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"]],
  ],
  "cloud-trace": [[["x-cloud-trace-context", "105445aa7843bc8bf206b12000100000/1;o=1"]]],
};

/** What is none. */
export const BROKEN_CONTEXTS: readonly (readonly [string, string][])[] = [
  [["traceparent", `00-00000000000000000000000000000000-${SPAN}-01`]],
  [["traceparent", `00-${TRACE}-${SPAN}`]],
  [
    ["traceparent", `00-${TRACE}-${SPAN}-01`],
    ["traceparent", `00-${OTHER}-${SPAN}-01`],
  ],
  [["tracestate", "congo=1"]],
  [
    ["traceparent", `00-${TRACE}-${SPAN}-01`],
    ["tracestate", "Congo=1"],
  ],
  [["b3", "0"]],
  [["b3", "nothing"]],
  [["x-datadog-trace-id", "-1"]],
];

/** `baggage`, valid and not. */
export const BAGGAGES = ["userId=alice,serverNode=DF%2028;ttl=3", "userId=alice,no value", "a=1,,b=2", ""];

/** Headers that carry ids, which are random where a trace or a span begins. */
export const TRACE_HEADERS: ReadonlySet<string> = new Set([
  ...["traceparent", "tracestate", "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "uber-trace-id"],
  ...["x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-tags", "x-amzn-trace-id", "x-cloud-trace-context"],
]);

/** Keys of joins: few, so that requests share them. */
export const REQUEST_IDS = ["id-1", "id-2", "id-3", "id-4", "id-5", "id-6", "9c1f5c8e-3f0a-9b1d-8a55-2f6d1c0e7a11"];
