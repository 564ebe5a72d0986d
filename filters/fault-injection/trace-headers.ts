import { Region } from "../../assembly/memory/region";
import { firstValue } from "../../assembly/request/request";
import { Fact, SlotTable } from "../../assembly/request/slots";
import { Value } from "../../assembly/request/value";
import { utf8 } from "../../assembly/text/text";

/** Digits of the part of a trace's id that all formats have: its lower 64 bits. */
const DIGITS: u32 = 16;
/** Where the id begins in `traceparent`, and how many digits it has (W3C Trace Context §3.2.2). */
const ID_START: u32 = 3;
const ID_DIGITS: u32 = 32;
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
   * The lower 64 bits of the current request's trace id, as 16 digits: of `traceparent`, else of `b3` or `x-b3-traceid` (B3
   * Propagation). Null where none of them has one.
   */
  id(): Value | null {
    const parent = firstValue(this.traceparent);
    if (parent != null && parent.length > ID_START + ID_DIGITS) {
      return Value.of(parent.start + (ID_START + ID_DIGITS - DIGITS), DIGITS);
    }
    const single = firstValue(this.b3);
    const id = single != null ? lastDigits(single) : null;
    if (id != null) return id;
    const multiple = firstValue(this.b3TraceId);
    return multiple != null ? lastDigits(multiple) : null;
  }
}

/** The last digits before the first dash, or of all; null where they are too few. */
function lastDigits(value: Value): Value | null {
  let length: u32 = 0;
  while (length < value.length && load<u8>(value.start + length) != DASH) length++;
  return length < DIGITS ? null : Value.of(value.start + (length - DIGITS), DIGITS);
}
