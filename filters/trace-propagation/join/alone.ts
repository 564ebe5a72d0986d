import { allocate } from "../../../assembly/memory/heap";
import { Region } from "../../../assembly/memory/region";
import { SharedRecord } from "../../../assembly/shared/record";
import { utf8 } from "../../../assembly/text/text";
import { Sampling, TraceContext } from "../context";
import { Group } from "./group";

/** How many times a write is tried if other workers write in between. */
const MAX_TRIES: u32 = 32;

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
  /** What it is counted as: 1, or -1 when it is taken off. */
  by: i32;
  next: Flight | null;

  /** Counts it in the record, or takes it off; for `SharedRecord.update`. */
  apply(start: usize, length: u32): bool {
    if (length != offsetof<Flights>()) return false;
    const flights = changetype<Flights>(start);
    const context = this.context;
    flights.count += this.by;
    flights.traceHigh ^= context.traceHigh;
    flights.traceLow ^= context.traceLow;
    flights.spanId ^= context.spanId;
    flights.started ^= this.started;
    flights.sampling ^= <u32>context.sampling;
    flights.random ^= <u32>context.random;
    return true;
  }
}

/** `join.whenAlone`: what a workload sends while it serves exactly one request is taken to be for that one. */
@unmanaged
export class Alone {
  private record: SharedRecord;
  private group: Group;
  /** A request that is in flight for longer, in nanoseconds, is not believed to be. */
  private lifetime: u64;

  /** What a group of that name has in flight, once it is shared. */
  static open(group: Group, lifetime: u64, region: Region): Alone {
    const alone = changetype<Alone>(region.take(offsetof<Alone>()));
    alone.group = group;
    alone.record = SharedRecord.open(utf8("trace-propagation.alone.1."), group.name, offsetof<Flights>(), region);
    alone.lifetime = lifetime;
    return alone;
  }

  /** Makes the group's record, if there is none; all configurations share the group itself. */
  shareIn(group: Group): void {
    this.group = group;
    this.record.make();
  }

  /** Counts a request with its context, null where that is not known; give it to `endFlight` when it ends. */
  begin(context: TraceContext | null, now: u64): Flight {
    let flight = free;
    if (flight == null) {
      flight = changetype<Flight>(allocate(offsetof<Flight>()));
      flight.context = changetype<TraceContext>(allocate(offsetof<TraceContext>()));
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
    if (this.group.countIsUnknown) return false;
    const start = this.record.read();
    if (start == 0) return false;
    const flights = changetype<Flights>(start);
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
    flight.by = by;
    if (this.record.update<Flight>(flight, MAX_TRIES)) return true;
    unknown.broken = 1;
    if (!this.record.overwrite(changetype<usize>(unknown))) this.group.countIsUnknown = true;
    return false;
  }
}

/** A record of which nothing is known. */
const unknown: Flights = changetype<Flights>(memory.data(offsetof<Flights>(), 8));

/** A request ends; the record is another's to use. */
export function endFlight(flight: Flight): void {
  if (flight.counted) flight.alone.change(flight, -1);
  flight.next = free;
  free = flight;
}

let free: Flight | null = null;
