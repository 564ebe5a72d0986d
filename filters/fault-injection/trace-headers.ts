import { Region } from "../../assembly/memory/region";
import { firstValue } from "../../assembly/request/request";
import { Fact, SlotTable } from "../../assembly/request/slots";
import { Value } from "../../assembly/request/value";
import { isDigit } from "../../assembly/text/ascii";
import { utf8 } from "../../assembly/text/text";

/** Digits of the part of a trace's id that all formats have: its lower 64 bits. */
const DIGITS: u32 = 16;
/** The characters of a `traceparent` at least, and where the id ends in it (W3C Trace Context §3.2.2). */
const LENGTH: u32 = 55;
const ID_END: u32 = 35;
const DASH: u8 = 0x2d;

/** The slots of the headers that a trace's id is in. */
@unmanaged
export class TraceHeaders {
  private traceparent: u32;
  private b3: u32;
  private b3TraceId: u32;

  static open(region: Region, slots: SlotTable): TraceHeaders {
    const headers = changetype<TraceHeaders>(region.take(offsetof<TraceHeaders>()));
    headers.traceparent = slots.slot(Fact.HEADER, utf8("traceparent"));
    headers.b3 = slots.slot(Fact.HEADER, utf8("b3"));
    headers.b3TraceId = slots.slot(Fact.HEADER, utf8("x-b3-traceid"));
    return headers;
  }

  /**
   * The lower 64 bits of the current request's trace id, as 16 digits in lower case: of `traceparent`, else of `b3` or
   * `x-b3-traceid` (B3 Propagation). Null where none of them has one, all zeroes being none.
   */
  id(): Value | null {
    const parent = firstValue(this.traceparent);
    let id = parent != null && isTraceparent(parent) ? digitsBefore(parent.start + ID_END) : null;
    if (id != null) return id;
    const single = firstValue(this.b3);
    id = single != null ? lastDigits(single) : null;
    if (id != null) return id;
    const multiple = firstValue(this.b3TraceId);
    return multiple != null ? lastDigits(multiple) : null;
  }
}

function isTraceparent(value: Value): bool {
  return value.length >= LENGTH && load<u8>(value.start, 2) == DASH && load<u8>(value.start, 35) == DASH;
}

/** The last digits before the first dash, or of all; null where they are too few. */
function lastDigits(value: Value): Value | null {
  let length: u32 = 0;
  while (length < value.length && load<u8>(value.start + length) != DASH) length++;
  return length < DIGITS ? null : digitsBefore(value.start + length);
}

/** The digits that end at an address; null where they are none, or zeroes alone. */
function digitsBefore(end: usize): Value | null {
  const start = end - DIGITS;
  let zeroes: u32 = 0;
  for (let at = start; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (!isDigit(byte) && byte - 0x61 >= 6) return null;
    if (byte == 0x30) zeroes++;
  }
  return zeroes == DIGITS ? null : Value.of(start, DIGITS);
}
