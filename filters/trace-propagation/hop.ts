import { Stream } from "../../assembly/plugin/stream";
import { Arrangement } from "./arrangement";
import { Flight, endFlight } from "./join/alone";

/**
 * What is kept of a request until it is over, where there is reason to keep anything. What a span is made of has its place here:
 * ids, when it began, whether it is recorded. Pooled.
 */
@unmanaged
export class Hop {
  /** It is in flight, for `join.whenAlone`. */
  flight: Flight | null;
  /** It is watched for what Envoy's own tracer makes of its headers. */
  arrangement: Arrangement | null;
  next: Hop | null;
}

let free: Hop | null = null;

/** The record of the current request, kept for its stream. */
export function keepHop(stream: Stream<Hop>): Hop {
  let hop = free;
  if (hop == null) hop = changetype<Hop>(heap.alloc(offsetof<Hop>()));
  else free = hop.next;
  memory.fill(changetype<usize>(hop), 0, offsetof<Hop>());
  stream.keep(hop);
  return hop;
}

/** Ends what the record stands for, when the stream is over. */
export function endHop(hop: Hop): void {
  const arrangement = hop.arrangement;
  releaseHop(hop);
  if (arrangement != null) arrangement.end();
}

/** The same, if nobody can say what became of the stream. */
export function releaseHop(hop: Hop): void {
  const flight = hop.flight;
  if (flight != null) endFlight(flight);
  hop.next = free;
  free = hop;
}
