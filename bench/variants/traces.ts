import { directResponse, type Json } from "../measure/bootstrap.ts";
import type { Variant } from "./variant.ts";

/** Trace headers of the measured request: of two traces, so that it shows which of them went on. */
export const TRACE_HEADERS = {
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  b3: "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1",
  "x-request-id": "1d2a86a9-2a7b-4c9f-8a51-3f0c7e5b9d21",
} as const;

/** What went on, as the route tells that is taken by `traceparent` behind the filter. */
export const PASSED = "the context that came";
export const TRANSLATED = "B3's context";
export const BEGUN = "a new trace";

/** The routes behind a filter. */
export const ROUTES: Json[] = [
  directResponse(traceparent({ exact: TRACE_HEADERS.traceparent }), PASSED),
  directResponse(traceparent({ exact: "00-80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-01" }), TRANSLATED),
  directResponse(traceparent({ safe_regex: { regex: "00-[0-9a-f]+-[0-9a-f]+-0[0-3]" } }), BEGUN),
  directResponse({ prefix: "/" }, "no valid context"),
];

function traceparent(match: Json): Json {
  return { prefix: "/", headers: [{ name: "traceparent", string_match: match }] };
}

/** What passes the context on, and begins a new trace where it is malformed. */
export const PASSES: Pick<Variant, "answer" | "reads" | "otherwise" | "routes"> = {
  answer: PASSED,
  reads: ["traceparent"],
  otherwise: BEGUN,
  routes: ROUTES,
};

/** What makes W3C's header of B3's, and begins a new trace where that is malformed. */
export const TRANSLATES: typeof PASSES = { answer: TRANSLATED, reads: ["b3"], otherwise: BEGUN, routes: ROUTES };
