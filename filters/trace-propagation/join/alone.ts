import { readShared, sharedLength, sharedStart, sharedVersion, writeShared } from "../../../assembly/host/shared-data";
import { Status } from "../../../assembly/host/status";
import { Region } from "../../../assembly/memory/region";
import { Text, utf8 } from "../../../assembly/text/text";
import { Writer } from "../../../assembly/text/writer";
import { Sampling, TraceContext } from "../context";

/** So often a write is tried that others are in the way of. */
const TRIES: u32 = 32;

/**
 * The requests that are in flight, in shared data: how many, and of each field of theirs the exclusive or. Of a single one that
 * is the field itself; so any number of them, begun and ended in any order by any worker, takes the same few bytes.
 */
@unmanaged
class Flights {
  count: u32;
  /** Whether one could not be counted: from then on it is not known how many there are. */
  broken: u32;
  traceHigh: u64;
  traceLow: u64;
  spanId: u64;
  /** In nanoseconds of the monotonic clock. */
  started: u64;
  sampling: u32;
  random: u32;
}

/** A request in flight, for its stream to keep until it ends. Pooled. */
@unmanaged
export class Flight {
  alone: Alone;
  context: TraceContext;
  started: u64;
  /** Whether it could be counted, and must be taken off again. */
  counted: bool;
  next: Flight | null;
}

/** `join.whenAlone`: what a workload sends while it serves exactly one request is taken to be for that one. */
@unmanaged
export class Alone {
  private key: Text;
  /** A request that is in flight for longer, in nanoseconds, is not believed to be. */
  private lifetime: u64;

  /** Opens a group's record; called while configuring, where Envoy's main thread comes before its workers. */
  static open(group: Text, lifetime: u64, region: Region): Alone {
    const alone = changetype<Alone>(region.take(offsetof<Alone>()));
    const writer = Writer.open();
    writer.text(utf8("trace-propagation.alone.1."));
    writer.text(group);
    alone.key = Text.copy(region, writer.start, writer.length);
    writer.close();
    alone.lifetime = lifetime;
    if (readShared(alone.key) == Status.NOT_FOUND) {
      writeShared(alone.key, region.take(offsetof<Flights>()), offsetof<Flights>(), 0);
    }
    return alone;
  }

  /** Counts a request with its context, null where that is not known; give it to `endFlight` when it ends. */
  begin(context: TraceContext | null, now: u64): Flight {
    let flight = free;
    if (flight == null) {
      flight = changetype<Flight>(heap.alloc(offsetof<Flight>()));
      flight.context = changetype<TraceContext>(heap.alloc(offsetof<TraceContext>()));
    } else {
      free = flight.next;
    }
    flight.alone = this;
    const kept = changetype<usize>(flight.context);
    if (context == null) memory.fill(kept, 0, offsetof<TraceContext>());
    else memory.copy(kept, changetype<usize>(context), offsetof<TraceContext>());
    flight.started = now;
    flight.counted = this.change(flight, 1);
    return flight;
  }

  /** Whether exactly one request is in flight, whose context is taken over then. */
  recall(into: TraceContext, now: u64): bool {
    if (allUnknown || readShared(this.key) != Status.OK || sharedLength != offsetof<Flights>()) return false;
    const flights = changetype<Flights>(sharedStart);
    if (flights.broken != 0 || flights.count != 1 || now == 0 || now - flights.started > this.lifetime) return false;
    if ((flights.traceHigh | flights.traceLow) == 0) return false;
    into.traceHigh = flights.traceHigh;
    into.traceLow = flights.traceLow;
    into.spanId = flights.spanId;
    into.sampling = <Sampling>flights.sampling;
    into.random = flights.random != 0;
    return true;
  }

  /** Counts a flight, or takes it off; false where the host does not let it: nobody knows from then on how many there are. */
  change(flight: Flight, by: i32): bool {
    const context = flight.context;
    for (let tries: u32 = 0; tries < TRIES; tries++) {
      if (readShared(this.key) != Status.OK || sharedLength != offsetof<Flights>()) break;
      const flights = changetype<Flights>(sharedStart);
      flights.count += by;
      flights.traceHigh ^= context.traceHigh;
      flights.traceLow ^= context.traceLow;
      flights.spanId ^= context.spanId;
      flights.started ^= flight.started;
      flights.sampling ^= <u32>context.sampling;
      flights.random ^= <u32>context.random;
      const status = writeShared(this.key, sharedStart, offsetof<Flights>(), sharedVersion);
      if (status == Status.OK) return true;
      if (status != Status.CAS_MISMATCH) break;
    }
    unknown.broken = 1;
    if (writeShared(this.key, changetype<usize>(unknown), offsetof<Flights>(), 0) != Status.OK) allUnknown = true;
    return false;
  }
}

/** A record of which nothing is known. */
const unknown: Flights = changetype<Flights>(memory.data(offsetof<Flights>(), 8));

/** Whether not even that could be written: this worker then relies on no record. */
let allUnknown = false;

/** A request ends; the record is another's to use. */
export function endFlight(flight: Flight): void {
  if (flight.counted) flight.alone.change(flight, -1);
  flight.next = free;
  free = flight;
}

let free: Flight | null = null;
