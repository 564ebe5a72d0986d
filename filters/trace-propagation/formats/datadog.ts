import { Text, sameBytes, utf8 } from "../../../assembly/text/text";
import { Sampling, TraceContext } from "../context";
import { isNumber, lowerHex } from "./digits";

const COMMA: u8 = 0x2c;

/** Where the tag that was found is in `x-datadog-tags`, with its name; no bytes where it is not there. */
export let tagStart: usize = 0;
export let tagLength: u32 = 0;

/** Finds the tag that holds a trace id's upper half (Datadog's tracers, "128-bit trace ids"). */
export function findUpperHalf(start: usize, length: u32): void {
  const name = utf8("_dd.p.tid=");
  const end = start + length;
  let at = start;
  tagLength = 0;
  while (at < end) {
    let stop = at;
    while (stop < end && load<u8>(stop) != COMMA) stop++;
    if (stop - at > name.length && sameBytes(at, name.length, name.start, name.length)) {
      tagStart = at;
      tagLength = <u32>(stop - at);
      return;
    }
    at = stop + 1;
  }
}

/** The upper half that the tags hold: 16 digits; 0 where there is none, or something else: Datadog's tracers then leave it aside too. */
export function upperHalf(start: usize, length: u32): u64 {
  findUpperHalf(start, length);
  const name: u32 = utf8("_dd.p.tid=").length;
  if (tagLength != name + 16) return 0;
  const value = lowerHex(tagStart + name, 16);
  return isNumber ? value : 0;
}

/** Reads a sampling priority: a whole number, above 0 for a trace to be kept, above 1 for one that a user wants kept; false where it is none. */
export function readPriority(start: usize, length: u32, into: TraceContext): bool {
  const negative = length > 0 && load<u8>(start) == 0x2d;
  const digits = length - <u32>negative;
  if (digits != 1) return false;
  const digit = <u32>load<u8>(start + <u32>negative) - 0x30;
  if (digit > 9) return false;
  if (negative || digit == 0) into.sampling = Sampling.NO;
  else into.sampling = digit == 1 ? Sampling.YES : Sampling.DEBUG;
  return true;
}

/** The priority for a decision; nothing where there is none. */
export function priorityOf(context: TraceContext): Text {
  switch (context.sampling) {
    case Sampling.NO:
      return utf8("0");
    case Sampling.YES:
      return utf8("1");
    case Sampling.DEBUG:
      return utf8("2");
  }
  return utf8("");
}
