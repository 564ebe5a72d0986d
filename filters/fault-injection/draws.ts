import { randomBits } from "../../assembly/host/random";
import { bitsOf, nextState } from "../../assembly/text/split-mix";
import { xxHash64 } from "../../assembly/text/xxhash64";

/** Of so many equally likely cases a share is told (Envoy's `FractionalPercent` with the denominator MILLION). */
const MILLION: u64 = 1000000;
/** 2^52: so many numbers, and the halves between them, a double can tell apart below 1. */
const UNITS: f64 = 4503599627370496.0;

let keyed = false;
let state: u64 = 0;

/** From here on draws are random: from the VM's generator (`assembly/host/random.ts`). */
export function drawAtRandom(): void {
  keyed = false;
}

/**
 * From here on draws follow from a key of the request, its `length` bytes at `start`: the same ones for the same key and
 * seed, wherever and whenever. SplitMix64, begun with XXH64 of the key, whose seed tells apart what must not be drawn alike.
 */
export function drawBy(start: usize, length: u32, seed: u64): void {
  keyed = true;
  state = xxHash64(start, length, seed);
}

/** The next 64 bits. */
export function drawBits(): u64 {
  if (!keyed) return randomBits();
  state = nextState(state);
  return bitsOf(state);
}

/**
 * Whether a case of probability `numerator` / 1,000,000 has come about: never for 0, always for 1,000,000 and more. By
 * Envoy's arithmetic (`source/common/protobuf/utility.cc: ProtobufPercentHelper::evaluateFractionalPercent`).
 */
export function drawHolds(numerator: u32): bool {
  return drawBits() % MILLION < <u64>numerator;
}

/** A number between 0 and 1, neither of which it ever is: each of 2^52 evenly spaced ones as likely as the others. */
export function drawUnit(): f64 {
  return (<f64>(drawBits() >> 12) + 0.5) / UNITS;
}
