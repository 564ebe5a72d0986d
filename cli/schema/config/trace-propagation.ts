import type { Schema } from "../problem.ts";
import { direction, trustDomain } from "./shared.ts";
import { FILLED, duration, flag, headerName, list, object, oneOf, text, type Fields } from "./types.ts";
import { reporting } from "./reporting.ts";
import { keep, sampling } from "./sampling.ts";

const formats = (description: string): Schema =>
  list(
    description,
    oneOf("a format of trace headers", ["w3c", "b3", "b3-single", "jaeger", "datadog", "xray", "cloud-trace"]),
    { ...FILLED, uniqueItems: true, default: ["w3c"] },
  );

/** The fields of trace-propagation without those that `signalbox` has beside the sections. */
export const tracePropagation: Fields = {
  extract: formats("what is read, in the order of trust: the first that holds a context gives it"),
  inject: formats("what is written, unless it says the same already"),
  foreign: oneOf("what becomes of formats that are read and not written", ["keep", "remove"], "keep"),
  participate: flag("whether this hop is a span of its own"),
  sampling,
  join: object("how a call is joined to the request that caused it; nothing is joined without it", {
    keys: list(
      "by which a call is joined to its cause; nothing is joined without `join`",
      headerName("a header's name", ["x-request-id", "x-correlation-id"]),
      { ...FILLED, uniqueItems: true, default: ["x-request-id"] },
    ),
    lifetime: duration("how long a request is remembered", "60s"),
    whenAlone: flag("whether a call without a key that is known is taken to be for the only request in flight"),
    group: text("plugins that remember together", ["bookinfo"]),
  }),
  reporting,
  keep,
};

export const tracePropagationShared: Fields = {
  direction: direction("which way the requests go, for the join"),
  trustDomain: trustDomain("of this workload's own identity, for `principals` in rules"),
};
