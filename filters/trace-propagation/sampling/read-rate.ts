import { Place } from "../../../assembly/config/place";
import { Text, utf8 } from "../../../assembly/text/text";
import { MILLI } from "./rate-limiter";

const MOST: f64 = 1_000_000;
const NEAR: f64 = 0.000000001;

/**
 * A number up to `most`, of whole steps of which `scale` make 1; gives how many these are, at least `least`. `otherwise` steps if nothing
 * stands there, or if what does is reported. Steps below a billionth are not looked for.
 */
export function readSteps(place: Place, scale: f64, least: f64, most: f64, otherwise: f64, expected: Text): f64 {
  const value = place.number(otherwise / scale);
  const steps = Math.round(max<f64>(0, min<f64>(value, most)) * scale);
  if (steps >= least && abs(steps / scale - value) <= NEAR) return steps;
  place.expected(expected);
  return otherwise;
}

/** Traces a second, in thousandths of a trace; from `least` on, 0 or 1 of them. */
export function readRate(place: Place, least: f64, otherwise: f64): u64 {
  const expected = utf8("a number of traces a second from 0.001 to 1000000, in steps of 0.001");
  return <u64>readSteps(place, <f64>MILLI, least, MOST, otherwise, expected);
}

/** `rateLimiting: {maxTracesPerSecond}`, which is required, as thousandths of a trace a second. The place must be an object. */
export function readRateLimiting(place: Place): u64 {
  const most = place.field(utf8("maxTracesPerSecond"));
  const rate = most.required() ? readRate(most, 1, 1) : 1;
  place.noOtherFields();
  return rate;
}
