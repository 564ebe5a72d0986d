import { GRPC_STATUSES } from "../../grpc-statuses.ts";
import type { Schema } from "../problem.ts";
import { exempt, httpMatch, principals, requestKey, virtualServices } from "./match.ts";
import { direction, repeatedHeaders, trustDomain } from "./shared.ts";
import {
  FEW,
  MOST,
  anyText,
  duration,
  integer,
  list,
  object,
  oneOf,
  percent,
  percentage,
  replyHeaders,
  required,
  text,
  type Fields,
} from "./types.ts";

const ONE_FIELD = { minProperties: 1, maxProperties: 1 };

/** A time as RFC 3339 has it. */
const time = (description: string): Schema =>
  text(description, ["2026-11-25T10:00:00Z", "2026-11-25T11:00:00+01:00"], {
    pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$",
  });

const window = (description: string): Schema =>
  object(
    description,
    { from: time("the first moment"), until: time("the first moment after it") },
    { minProperties: 1 },
  );

const max = required(duration("no delay is longer"));

const distribution = object(
  "how long, if delays differ; instead of `fixedDelay`",
  {
    uniform: object("each as likely as the other", { min: required(duration("no delay is shorter")), max }),
    normal: object("around a mean", {
      mean: required(duration("the mean")),
      standardDeviation: required(duration("how far they lie apart")),
      max,
    }),
    exponential: object("many short ones, few long ones", { mean: required(duration("the mean")), max }),
    pareto: object("a long tail", {
      scale: required(duration("no delay is shorter")),
      shape: required({
        description: "the larger, the shorter the tail",
        type: "number",
        exclusiveMinimum: 0,
        examples: [1.5],
      }),
      max,
    }),
  },
  ONE_FIELD,
);

const delay = object(
  "a delay before the request goes on",
  {
    percentage: percent("how many of the requests are delayed"),
    percent: integer("the deprecated form; if both are given, `percentage` counts", 0, 100, 0),
    fixedDelay: duration("how long"),
    distribution,
  },
  { not: { required: ["fixedDelay", "distribution"] } },
);

const abort = object(
  "an answer in place of the service's",
  {
    percentage: percent("how many of the requests are aborted"),
    httpStatus: integer("with which status", 200, 600),
    grpcStatus: oneOf("with which status of gRPC; instead of `httpStatus`", GRPC_STATUSES),
    body: anyText("the reply's body", ["down for maintenance"], { default: "fault filter abort" }),
    headers: replyHeaders("headers of the reply", ["x-fault-injected"]),
    on: oneOf("whether the service is asked first", ["request", "response"], "request"),
  },
  { not: { required: ["httpStatus", "grpcStatus"] } },
);

const fault = object(
  "what befalls the requests",
  {
    delay,
    abort,
    window: window("when this fault is injected, within the `window` of the plugin"),
    consistentBy: requestKey(
      "`{header: name}`, `{cookie: name}`, `principal` or `traceId`: what decides the outcome",
      ["header", "cookie"],
      ["principal", "traceId"],
    ),
  },
  { anyOf: [{ required: ["delay"] }, { required: ["abort"] }] },
);

const entry = object("an entry of http", {
  name: anyText(
    "what `x-fault-injected` and the counters say; without one `<VirtualService>.http[<place>]`, such as `ratings.http[0]`",
    ["slow"],
    { pattern: "^[^\\u0000-\\u0008\\u000a-\\u001f\\u007f]*$" },
  ),
  match: list(
    "alternatives, one of which must hold: all fields of header-routing, `cookies`, `principals` and claims included",
    httpMatch,
  ),
  fault,
  route: { description: "nothing: it is accepted so that a resource can be pasted" },
});

/** The fields of fault-injection without those that `signalbox` has beside the sections. */
export const faultInjection: Fields = {
  virtualServices: required(
    virtualServices(
      {
        all: "whose requests meet which faults",
        name: "part of the name of entries that have none",
        gateways: "`[mesh]`: for sidecars only, as in header-routing",
        http: "the entries: the first that matches applies, with or without a fault in it",
      },
      entry,
    ),
  ),
  window: window("when faults are injected at all"),
  exempt: exempt("requests that never meet a fault"),
  maxActiveFaults: integer("faults at a time, in all workers of the proxy (Envoy's `max_active_faults`)", 0, MOST),
  budget: object("the share of the requests of the last 60 s that may meet a fault, in all workers of the proxy", {
    maxPercent: required(percentage("of the requests of the last 60 s")),
  }),
  headerControl: object("who may ask for faults by request headers", {
    principals: required(principals("1 to 1000, 32 KiB in all; as in `match[].principals`", FEW)),
    maxDelay: duration("longer delays that a request asks for are cut to it"),
  }),
};

export const faultInjectionShared: Fields = {
  direction: direction("which way the requests go: who the source is, as in header-routing"),
  trustDomain: trustDomain("of this workload's own identity, as in header-routing"),
  repeatedHeaders: repeatedHeaders("how a header that a request repeats is matched, as in header-routing"),
};
