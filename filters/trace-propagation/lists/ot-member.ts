import { arenaTake } from "../../../assembly/memory/arena";
import { Value } from "../../../assembly/request/value";
import { isDigit, lower } from "../../../assembly/text/ascii";
import { utf8 } from "../../../assembly/text/text";
import { DIGITS, NONE, fractionDigits, readFraction, writeFraction } from "./fraction";
import { Tracestate } from "./tracestate";

/** Characters of the whole value at most (OpenTelemetry, "TraceState Handling"; W3C Trace Context, "Value"). */
const MAX_LENGTH: u32 = 256;
/** What a threshold adds to others at most: `;th:` and its digits. */
const THRESHOLD_ROOM: u32 = 4 + DIGITS;
const SEMICOLON: u32 = 0x3b;
const COLON: u32 = 0x3a;

/**
 * OpenTelemetry's member of a tracestate, `ot` ("TraceState Handling"): sub-keys with values, `th:fd70a;rv:6e6d1a75832a2f`, of
 * which those that are not known here are kept as they are. It lies in the arena.
 */
@unmanaged
export class OtMember {
  /** `th`, the threshold by which the sender was sampled, of 2^56; `NONE` where there is none or it is malformed. */
  threshold: u64;
  /** `rv`, the randomness that counts instead of the trace id's; `NONE` where there is none or it is malformed. */
  randomness: u64;
  /** What is before `th` and what is behind it, without the semicolons between. */
  private headStart: usize;
  private headEnd: usize;
  private tailStart: usize;
  private tailEnd: usize;
  private hasThreshold: bool;
  private hasRandomness: bool;

  /**
   * The `ot` of a tracestate. One that is malformed, or says one of the two sub-keys twice, is as none: nothing of it is
   * believed, nor kept where the member is written.
   */
  static of(tracestate: Tracestate): OtMember {
    const ot = changetype<OtMember>(arenaTake(offsetof<OtMember>()));
    ot.open(0, 0);
    const value = tracestate.find(utf8("ot"));
    if (value != null && !ot.read(value.start, value.start + value.length)) ot.open(0, 0);
    return ot;
  }

  /**
   * Puts the member with that threshold instead of its own to the front of its tracestate. `NONE` takes the threshold out, and
   * the member where it has no other sub-key. Where nothing changes all is left where it stands.
   *
   * False where the threshold would make the value longer than 256 characters: it is then without.
   */
  put(tracestate: Tracestate, threshold: u64): bool {
    if (threshold == this.threshold && this.hasThreshold == (threshold != NONE)) return true;
    const start = arenaTake(MAX_LENGTH + THRESHOLD_ROOM);
    const others = append(start, append(start, start, this.headStart, this.headEnd), this.tailStart, this.tailEnd);
    let end = threshold == NONE ? others : appendThreshold(start, others, threshold);
    const fits = end - start <= MAX_LENGTH;
    if (!fits) end = others;
    if (end == start) tracestate.delete(utf8("ot"));
    else tracestate.put(utf8("ot"), Value.of(start, <u32>(end - start)));
    return fits;
  }

  private open(start: usize, end: usize): void {
    this.threshold = NONE;
    this.randomness = NONE;
    this.headStart = start;
    this.headEnd = end;
    this.tailStart = end;
    this.tailEnd = end;
    this.hasThreshold = false;
    this.hasRandomness = false;
  }

  /** Reads the whole value; false where it is malformed. */
  private read(start: usize, end: usize): bool {
    this.open(start, end);
    let at = start;
    while (true) {
      const stop = endOfSubKey(at, end);
      if (stop == 0 || !this.take(at, stop)) return false;
      if (stop == end) return true;
      at = stop + 1;
    }
  }

  /** Notes a sub-key if it is one of the two; false where that was there already. */
  private take(start: usize, end: usize): bool {
    if (utf8("th:").begins(start, <u32>(end - start))) {
      if (this.hasThreshold) return false;
      this.hasThreshold = true;
      this.threshold = readFraction(start + 3, <u32>(end - start) - 3);
      this.headEnd = start > this.headStart ? start - 1 : start;
      if (end < this.tailEnd) this.tailStart = end + 1;
    } else if (utf8("rv:").begins(start, <u32>(end - start))) {
      if (this.hasRandomness) return false;
      this.hasRandomness = true;
      if (end - start == 3 + DIGITS) this.randomness = readFraction(start + 3, DIGITS);
    }
    return true;
  }
}

/** Where the sub-key that begins at `at` ends: at a semicolon or at the end. 0 where it is malformed. */
function endOfSubKey(from: usize, end: usize): usize {
  let at = from;
  while (at < end && isKeyByte(load<u8>(at), at > from)) at++;
  if (at == from || at == end || load<u8>(at) != COLON) return 0;
  at++;
  while (at < end && isValueByte(load<u8>(at))) at++;
  return at == end || load<u8>(at) == SEMICOLON ? at : 0;
}

function isKeyByte(byte: u32, digits: bool): bool {
  return byte - 0x61 < 26 || (digits && isDigit(byte));
}

function isValueByte(byte: u32): bool {
  if (lower(byte) - 0x61 < 26 || isDigit(byte)) return true;
  return byte == 0x2d || byte == 0x2e || byte == 0x5f;
}

/** Writes bytes at `at`, behind a semicolon if that is not the start; gives where they end. Nothing for no bytes. */
function append(start: usize, at: usize, from: usize, to: usize): usize {
  if (from == to) return at;
  let target = at;
  if (at != start) store<u8>(target++, SEMICOLON);
  memory.copy(target, from, to - from);
  return target + (to - from);
}

function appendThreshold(start: usize, at: usize, threshold: u64): usize {
  const name = utf8("th:");
  const digits = append(start, at, name.start, name.start + name.length);
  writeFraction(digits, threshold);
  return digits + fractionDigits(threshold);
}
