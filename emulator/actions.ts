/** What a filter's headers callback makes Envoy do (envoy/http/filter.h, `FilterHeadersStatus`). */
export type HeadersAction = "Continue" | "StopIteration" | "StopAllIterationAndBuffer" | "StopAllIterationAndWatermark";

/** What its body callback makes Envoy do (`FilterDataStatus`). */
export type BodyAction = "Continue" | "StopIterationAndBuffer" | "StopIterationAndWatermark" | "StopIterationNoBuffer";

/** What its trailers callback makes Envoy do (`FilterTrailersStatus`). */
export type TrailersAction = "Continue" | "StopIteration";

/** The numbers that a module returns; 2 and 3 are proxy-wasm-cpp-host's own. */
const HEADERS: readonly HeadersAction[] = [
  "Continue",
  "StopIteration",
  "StopAllIterationAndBuffer",
  "StopAllIterationAndWatermark",
];
const BODY: readonly BodyAction[] = [
  "Continue",
  "StopIterationAndBuffer",
  "StopIterationAndWatermark",
  "StopIterationNoBuffer",
];

/**
 * proxy-wasm-cpp-host context.cc `convertVmCallResultToFilterHeadersStatus`: stopping is stopping everything, unless the
 * plugin is configured with `allow_on_headers_stop_iteration`, and so is any other number.
 */
export function headersAction(result: number, stopped: boolean, allowStopIteration: boolean): HeadersAction {
  const action = stopped ? undefined : HEADERS[result];
  if (action === undefined || (action === "StopIteration" && !allowStopIteration)) {
    return "StopAllIterationAndWatermark";
  }
  return action;
}

/** proxy-wasm-cpp-host context.cc `convertVmCallResultToFilterDataStatus`. */
export function bodyAction(result: number, stopped: boolean): BodyAction {
  return (stopped ? undefined : BODY[result]) ?? "StopIterationNoBuffer";
}

/** proxy-wasm-cpp-host context.cc `convertVmCallResultToFilterTrailersStatus`. */
export function trailersAction(result: number, stopped: boolean): TrailersAction {
  return result === 0 && !stopped ? "Continue" : "StopIteration";
}
