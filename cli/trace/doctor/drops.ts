/** `drops-context`, `drops-sometimes` and `background`: calls that begin a trace of their own. */
import { textOf } from "../span.ts";
import { destinationOf, type Calls, type Dropped } from "./calls.ts";
import { evidenceOf, type Confidence, type Evidence, type Finding } from "./finding.ts";
import type { Hop } from "./hop.ts";
import { HEADERS_BY_LANGUAGE } from "./languages.ts";
import { groupBy } from "./traces.ts";

/** Below this share of a service's calls it is chance, above one less this share it is all of them. */
const SOME = 0.02;

export function drops({ service, attached, dropped, own }: Calls): Finding[] {
  const found: Finding[] = [];
  const calls = attached.length + dropped.length;
  const share = dropped.length / Math.max(1, calls);
  if (dropped.length > 0 && share >= SOME) {
    const byId = dropped.filter(({ by }) => by === "id").length;
    const all = share > 1 - SOME;
    const only = all ? undefined : whichOnly(attached, dropped);
    found.push({
      id: all ? "drops-context" : "drops-sometimes",
      service,
      confidence: confidenceOf(dropped),
      count: dropped.length,
      of: calls,
      evidence: pairs(dropped),
      says: `${passes(byId, dropped.length)}: ${only === undefined ? "calls" : `the calls ${only}`} begin a trace of their own`,
      remedy: remedy(byId * 2 >= dropped.length, only),
    });
  }
  if (own.length > 0) {
    found.push({
      id: "background",
      service,
      confidence: "hint",
      count: own.length,
      of: calls + own.length,
      evidence: evidenceOf(own),
      says: "calls that no request in flight caused: jobs, timers, consumers of queues",
      remedy:
        "Nothing to mend in the mesh: a call that no request caused begins a trace. At a low sampling, such a call can also be of a request that was not sampled.",
    });
  }
  return found;
}

function confidenceOf(dropped: readonly Dropped[]): Confidence {
  const how = (by: Dropped["by"]): number => dropped.filter((one) => one.by === by).length;
  if (how("id") * 2 >= dropped.length) return "certain";
  return how("time") >= how("overlap") ? "likely" : "hint";
}

/** Each call with the request that caused it. */
function pairs(dropped: readonly Dropped[]): Evidence[] {
  return evidenceOf([...new Set(dropped.slice(0, 2).flatMap(({ call, request }) => [call, request]))]);
}

function passes(byId: number, all: number): string {
  return byId * 2 >= all
    ? "passes on x-request-id and no trace headers"
    : "passes on neither trace headers nor x-request-id";
}

function remedy(byId: boolean, only: string | undefined): string {
  const where =
    only === undefined
      ? ""
      : ` Look at the client that makes the calls ${only}: async code, a thread pool, a client of its own.`;
  if (byId) {
    return `Join the calls: trace-propagation with "participate: true" and "join: {keys: [x-request-id]}" at this workload. Or let the application copy the trace headers of the request that it serves to the requests that it sends.${where}`;
  }
  return `Let the application copy traceparent and tracestate (or the b3 headers) and x-request-id of the request that it serves to the requests that it sends (${HEADERS_BY_LANGUAGE}). If it serves one request at a time: trace-propagation with "join: {whenAlone: true}".${where}`;
}

/** What the dropped calls have and the others do not; `undefined` if nothing tells them apart. */
function whichOnly(attached: readonly Hop[], dropped: readonly Dropped[]): string | undefined {
  const calls = dropped.map(({ call }) => call);
  for (const [preposition, of] of DIMENSIONS) {
    const kept = groupBy(attached, of);
    const lost = groupBy(calls, of);
    const only = [...lost.keys()].filter((value) => {
      const wrong = lost.get(value)?.length ?? 0;
      return wrong / (wrong + (kept.get(value)?.length ?? 0)) > 1 - SOME;
    });
    const explained = only.reduce((sum, value) => sum + (lost.get(value)?.length ?? 0), 0);
    if (explained >= calls.length * (1 - SOME)) return `${preposition} ${only.sort().join(", ")}`;
  }
  return undefined;
}

const DIMENSIONS: readonly (readonly [string, (call: Hop) => string])[] = [
  ["by", protocolOf],
  ["to", destinationOf],
  ["with the method", methodOf],
  ["with the name", ({ span }) => span.name],
];

function protocolOf({ span }: Hop): string {
  const isGrpc = ["rpc.system", "grpc.path", "grpc.status_code", "rpc.method"].some((name) =>
    span.attributes.has(name),
  );
  return isGrpc ? "gRPC" : "HTTP";
}

function methodOf({ span }: Hop): string {
  return textOf(span.attributes, "http.request.method", "http.method") ?? span.name;
}
