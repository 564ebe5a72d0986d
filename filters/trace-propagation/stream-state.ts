import { allocate } from "../../assembly/memory/heap";
import { Stream } from "../../assembly/plugin/stream";
import { TracerDetection } from "./tracer-detection";
import { Flight, endFlight } from "./join/alone";
import { Hop, releaseHop } from "./reporting/hop";
import { report } from "./reporting/report";

/** What is kept of a request until it is over, where there is reason to keep anything. Pooled. */
@unmanaged
export class StreamState {
  /** It is in flight, for `join.whenAlone`. */
  flight: Flight | null;
  /** It is watched for what Envoy's own tracer makes of its headers. */
  detection: TracerDetection | null;
  /** What its span is made of. */
  hop: Hop | null;
  next: StreamState | null;
}

let free: StreamState | null = null;

/** The record of the current request, kept for its stream. */
export function keepState(stream: Stream<StreamState>): StreamState {
  let state = free;
  if (state == null) state = changetype<StreamState>(allocate(offsetof<StreamState>()));
  else free = state.next;
  memory.fill(changetype<usize>(state), 0, offsetof<StreamState>());
  stream.keep(state);
  return state;
}

/** Ends what the record stands for, when the stream is over. */
export function endState(state: StreamState): void {
  const detection = state.detection;
  const hop = state.hop;
  state.hop = null;
  releaseState(state);
  if (hop != null) report(hop);
  if (detection != null) detection.end();
}

/** The same, if nobody can say what became of the stream. */
export function releaseState(state: StreamState): void {
  const flight = state.flight;
  if (flight != null) endFlight(flight);
  const hop = state.hop;
  if (hop != null) releaseHop(hop);
  state.next = free;
  free = state;
}
