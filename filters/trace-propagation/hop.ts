import { keepForStream, takeFromStream } from "../../assembly/host/streams";
import { rootIdOfNewRequest } from "../../assembly/host/roots";
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
export function keepHop(stream: u32): Hop {
  let hop = free;
  if (hop == null) hop = changetype<Hop>(heap.alloc(offsetof<Hop>()));
  else free = hop.next;
  memory.fill(changetype<usize>(hop), 0, offsetof<Hop>());
  keepForStream(stream, rootIdOfNewRequest(stream), changetype<usize>(hop));
  return hop;
}

/** The record of a stream that is over, taken from it; null where none was kept. Give it back with `endHop`. */
export function takeHop(stream: u32): Hop | null {
  return changetype<Hop | null>(takeFromStream(stream));
}

/** Ends what the record stands for. */
export function endHop(hop: Hop): void {
  const flight = hop.flight;
  if (flight != null) endFlight(flight);
  const arrangement = hop.arrangement;
  if (arrangement != null) arrangement.end();
  hop.next = free;
  free = hop;
}
