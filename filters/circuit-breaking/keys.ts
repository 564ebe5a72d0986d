import { monotonicTime } from "../../assembly/host/clock";
import { incrementMetric, metricValue } from "../../assembly/host/metrics";
import { Status } from "../../assembly/host/status";
import { firstValue } from "../../assembly/request/request";
import { Region } from "../../assembly/memory/region";
import { SharedRecord } from "../../assembly/shared/record";
import { Text, utf8 } from "../../assembly/text/text";
import { xxHash64 } from "../../assembly/text/xxhash64";
import { Breaker } from "./breaker";
import { Circuit } from "./circuit";
import { Directory, DirectoryCopy, NOWHERE, directorySize } from "./directory";
import { makeCircuit, resetCircuit } from "./make";
import { CircuitState } from "./record";
import { NANOSECONDS_PER_MILLISECOND } from "../../assembly/text/nanoseconds";

const TRIES: u32 = 8;

/**
 * The circuits of the keys of one breaker: a fixed number of places, of which a key is given one when its first call fails, or with
 * rates when its first call comes. All others are closed, and cost nothing.
 */
@unmanaged
export class Keys {
  breaker: Breaker;
  /** The plugin's and the breaker's name, which the places' are made of. */
  name: Text;
  /** The slot of the fact that is the key. */
  slot: u32;
  /** How many places there are. */
  places: u32;
  directory: SharedRecord;
  /** Made at the first request, as is `circuits`: a plan may have many keys that this worker never sees. */
  private copy: DirectoryCopy;
  /** A counter that rises when a key is given a place: each worker then reads the directory again. */
  assignments: u32;
  private seen: u64;
  /** The address of a `Circuit` for each place, which is made when it is needed first. */
  private circuits: usize;
  /** Stands for the circuits of all keys that have no place. */
  vacant: Circuit;
  /** The key that is to be given a place, and the place; for `apply`. */
  private wanted: u64;
  private found: u32;
  private now: u64;

  /** Nothing is known of the directory yet. */
  forget(): void {
    this.seen = u64.MAX_VALUE;
  }

  /** The circuit at a place. */
  at(place: u32): Circuit {
    const address = this.circuits + place * sizeof<usize>();
    const made = load<usize>(address);
    if (made != 0) return changetype<Circuit>(made);
    const circuit = makeCircuit(this.breaker, this.name, place + 1);
    store<usize>(address, changetype<usize>(circuit));
    return circuit;
  }

  /** The place of a key as far as this worker knows, who hears of all. */
  find(key: u64): u32 {
    const assignments = metricValue(this.assignments);
    if (this.circuits == 0) this.open();
    if (assignments != this.seen) {
      const start = this.directory.read();
      this.copy.take(this.isOwn(start) ? changetype<Directory>(start) : null, this.places);
      if (start != 0) this.seen = assignments;
    }
    return this.copy.find(key);
  }

  /** Gives a key a place; `NOWHERE` if all are those of open circuits, or the host does not do its part. */
  assign(key: u64): u32 {
    this.wanted = key;
    this.found = NOWHERE;
    this.now = monotonicTime() / NANOSECONDS_PER_MILLISECOND;
    const counters = this.breaker.counters;
    const status = this.directory.change<Keys>(this, TRIES);
    if (status == Status.OK) {
      resetCircuit(this.at(this.found));
      incrementMetric(this.assignments, 1);
      return this.found;
    }
    if (status != Status.BAD_ARGUMENT) incrementMetric(counters.errors, 1);
    else if (this.found != NOWHERE) return this.found;
    else incrementMetric(counters.keysOverflow, 1);
    return NOWHERE;
  }

  /** Puts the key into a place of the directory, if it has none; for `SharedRecord.change`. */
  apply(start: usize, length: u32): bool {
    this.found = NOWHERE;
    if (length != directorySize(this.places) || !this.isOwn(start)) return false;
    const directory = changetype<Directory>(start);
    for (let place: u32 = 0; place < this.places; place++) {
      if (directory.keyAt(place) != this.wanted) continue;
      this.found = place;
      return false;
    }
    this.found = this.freePlace(directory);
    if (this.found == NOWHERE) return false;
    directory.put(this.found, this.wanted);
    return true;
  }

  /** A place that is free, else that of the circuit that may be forgotten first: closed or, if none is, open and over; idle for longest. */
  private freePlace(directory: Directory): u32 {
    let best = NOWHERE;
    let bestClosed = false;
    let bestSince: u64 = 0;
    for (let place: u32 = 0; place < this.places; place++) {
      if (directory.keyAt(place) == 0) return place;
      const circuit = this.at(place);
      const since = metricValue(circuit.idleSince);
      const closed = metricValue(circuit.stateGauge) == CircuitState.CLOSED;
      if (!closed && since > this.now) continue;
      if (best != NOWHERE && (closed == bestClosed ? since >= bestSince : bestClosed)) continue;
      best = place;
      bestClosed = closed;
      bestSince = since;
    }
    return best;
  }

  private open(): void {
    const region = this.breaker.region;
    this.copy = DirectoryCopy.open(this.places, region);
    this.circuits = region.take(this.places * sizeof<usize>());
  }

  private isOwn(start: usize): bool {
    return start != 0 && changetype<Directory>(start).hash == this.breaker.hash;
  }
}

/** The hash of the current request's key; 0 if it has none. */
export function keyOf(keys: Keys): u64 {
  const value = firstValue(keys.slot);
  return value == null ? 0 : xxHash64(value.start, value.length, 0) | 1;
}

/** The circuit of a key: the vacant one, which is closed, if it has none yet. */
export function circuitOf(keys: Keys, key: u64): Circuit {
  let place = keys.find(key);
  if (place == NOWHERE && keys.breaker.policy.hasRates) place = keys.assign(key);
  return place == NOWHERE ? keys.vacant : keys.at(place);
}

/**
 * Makes the directory, without a key, if there is none of this configuration; false if the host does not let that come about. If the
 * configuration was `replaced`, one of another stays, as it is a newer one's. `scratch` holds what goes to the host.
 */
export function shareKeys(keys: Keys, replaced: bool, scratch: Region): bool {
  const region = keys.breaker.region;
  const size = directorySize(keys.places);
  keys.forget();
  keys.directory = SharedRecord.open(utf8("circuit-breaking.keys.1."), keys.name, size, region);
  const known = keys.directory.read();
  if (known != 0 && (replaced || changetype<Directory>(known).hash == keys.breaker.hash)) return true;
  const fresh = scratch.take(size);
  changetype<Directory>(fresh).hash = keys.breaker.hash;
  const shared = keys.directory.overwrite(fresh);
  incrementMetric(keys.assignments, 1);
  return shared;
}
