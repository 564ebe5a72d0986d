/** Looks at traces, and says what is wrong with them and at whom. */
import type { Span } from "../span.ts";
import { callsOf } from "./calls.ts";
import { drops } from "./drops.ts";
import { inOrder, type Finding } from "./finding.ts";
import { twoFormats } from "./formats.ts";
import { gatewayShapes } from "./gateways.ts";
import type { Hop } from "./hop.ts";
import { merged, repeatedIds, splitIds } from "./ids.ts";
import { few, keptSpans, noise } from "./load.ts";
import { cardinalities, serviceNames } from "./names.ts";
import { tornSampling } from "./sampling.ts";
import { skews } from "./skew.ts";
import { missingHops, orphans, siblings } from "./structure.ts";
import { tracesOf } from "./traces.ts";

/**
 * All findings, most traffic first; those that are no fault come last. Where one finding says why a span begins a trace or
 * lacks one below it, no other finding counts that span.
 */
export function diagnose(spans: readonly Span[]): Finding[] {
  const traces = tracesOf(spans);
  const split = splitIds(traces);
  const formats = twoFormats(traces);
  const explained = new Set<Hop>([...split.explained, ...formats.explained]);
  const calls = callsOf(traces, explained);
  const several = merged(traces);
  for (const { dropped } of calls) for (const { call } of dropped) explained.add(call);
  const parentless = orphans(traces, explained).filter(
    ({ service, confidence }) => confidence !== "hint" || !several.some((one) => one.service === service),
  );
  const missing = missingHops(traces, explained);
  const blamed = new Set(
    [...parentless.filter(({ confidence }) => confidence !== "hint"), ...missing].map(({ service }) => service),
  );
  return inOrder([
    ...calls.flatMap(drops),
    ...siblings(traces),
    ...parentless,
    ...missing,
    ...split.findings,
    ...formats.findings,
    ...tornSampling(traces, explained, blamed),
    ...repeatedIds(traces),
    ...several,
    ...skews(traces),
    ...gatewayShapes(traces),
    ...serviceNames(traces),
    ...noise(traces),
    ...cardinalities(traces),
    ...few(traces),
    ...keptSpans(traces),
  ]);
}
