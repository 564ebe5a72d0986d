import { directResponse, matchHeader, type Json } from "../measure/bootstrap.ts";
import { ABORTED, STATUS } from "./faults.ts";
import { DENIED, POLICY, policyRules } from "./policy.ts";
import { TRACE_HEADERS } from "./traces.ts";
import type { Variant } from "./variant.ts";

/** The trace header of the measured request. */
export const MODULE_HEADERS = { traceparent: TRACE_HEADERS.traceparent } as const;

/** The share that the measured request is drawn from: the least that Envoy and Istio know, in per cent (`faults.ts`). */
export const SHARE = 0.0001;
/** The `x-region` that is always aborted, so that it can be seen that the rules are looked at, and that of the measured request. */
export const ALWAYS_REGION = "another";
export const REGION = "eu-west-1";

const ROUTED = "v2, the context that came";
const BEGUN = "v2, a new trace";
const ELSEWHERE = "v1";

/** One of the four decisions: the single filter that makes it, and its section in the module that has them all. */
export interface Decision {
  filter: string;
  section: string;
  configuration: { [field: string]: Json };
  /** What the measured request gets if this is the only decision, which header decides it, and what another value gets. */
  alone: Pick<Variant, "answer" | "reads" | "otherwise" | "sometimes">;
}

/** The four, in the order in which they are made. Each is decided by a header of its own, so that each can be checked. */
export const DECISIONS: readonly Decision[] = [
  {
    filter: "trace-propagation",
    section: "tracePropagation",
    configuration: {},
    alone: { answer: ELSEWHERE, reads: [] },
  },
  {
    filter: "authz",
    section: "authz",
    configuration: { policies: [{ ...POLICY, rules: policyRules(1) }] },
    alone: { answer: ELSEWHERE, reads: ["x-tenant"], otherwise: DENIED },
  },
  {
    filter: "header-routing",
    section: "headerRouting",
    configuration: {
      steering: { header: "x-subset", value: "{subset}" },
      virtualServices: [
        {
          name: "reviews",
          namespace: "default",
          hosts: ["reviews"],
          http: [{ match: [{ headers: { "end-user": { exact: "jason" } } }], ...to("v2") }, to("v1")],
        },
      ],
    },
    alone: { answer: ROUTED, reads: ["end-user"], otherwise: ELSEWHERE },
  },
  {
    filter: "fault-injection",
    section: "faultInjection",
    configuration: {
      virtualServices: [{ hosts: ["reviews"], http: [abort(ALWAYS_REGION, 100), abort(REGION, SHARE)] }],
    },
    alone: { answer: ELSEWHERE, reads: ["x-region"], otherwise: ABORTED, sometimes: ABORTED },
  },
];

/** What all four come to, for each way to make them. */
export const ALL_DECIDED: Pick<Variant, "answer" | "reads" | "otherwise" | "sometimes" | "routes"> = {
  answer: ROUTED,
  reads: ["traceparent", "x-tenant", "end-user", "x-region"],
  otherwise: { traceparent: BEGUN, "x-tenant": DENIED, "end-user": ELSEWHERE, "x-region": ABORTED },
  sometimes: ABORTED,
  routes: routes(),
};

/** The routes after the filters: `x-subset` says where to, `traceparent` which context went on. */
export function routes(): Json[] {
  const subset = { name: "x-subset", string_match: { exact: "v2" } };
  const context = { name: "traceparent", string_match: { exact: TRACE_HEADERS.traceparent } };
  return [
    directResponse({ prefix: "/", headers: [subset, context] }, ROUTED),
    directResponse({ prefix: "/", headers: [subset] }, BEGUN),
    directResponse(matchHeader(), ELSEWHERE),
  ];
}

/** What Envoy alone comes to: its tracer writes the context only to what goes to an upstream, and there is none. */
export const NATIVELY_DECIDED: Omit<typeof ALL_DECIDED, "routes"> = {
  ...ALL_DECIDED,
  reads: ["x-tenant", "end-user", "x-region"],
};

function to(subset: string): { [field: string]: Json } {
  return { route: [{ destination: { host: "reviews", subset } }] };
}

function abort(region: string, share: number): Json {
  const fault = { abort: { percentage: { value: share }, httpStatus: STATUS } };
  return { match: [{ headers: { "x-region": { exact: region } } }], fault };
}
