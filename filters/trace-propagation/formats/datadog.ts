import { arenaTake } from "../../../assembly/memory/arena";
import { Value } from "../../../assembly/request/value";
import { Text, utf8 } from "../../../assembly/text/text";
import { Sampling, TraceContext } from "../context";
import { decimal, hexLow, isNumber, putDecimal, putHex, readHex } from "./digits";
import { fieldLength, fieldStart, nextField, putOthers, roomFor, takeName } from "./fields";
import { Header, line } from "./header";
import { ExtractResult } from "./extract-result";

/** The headers' places in their row. */
const TRACE_ID: u32 = 0;
const PARENT_ID: u32 = 1;
const PRIORITY: u32 = 2;
const TAGS: u32 = 3;

const COMMA: u8 = 0x2c;
const MINUS: u8 = 0x2d;
const ID_DIGITS: u32 = 16;

/**
 * Reads Datadog's headers: the lower half of the trace's id and the parent's id in decimal, a priority, and the upper half
 * among the tags (Datadog, "Trace Context Propagation", "Datadog format"). With no parent's id, or 0, there is no span; without
 * a trace's id the priority and the tags say nothing, as for Datadog's own tracers.
 */
export function readDatadog(row: usize, into: TraceContext): ExtractResult {
  const traceId = Header.at(row, TRACE_ID).value;
  const parentId = Header.at(row, PARENT_ID).value;
  const priority = Header.at(row, PRIORITY).value;
  if (traceId == null) return parentId == null ? ExtractResult.ABSENT : ExtractResult.INVALID;
  into.traceLow = readId(traceId);
  if (!isNumber) return ExtractResult.INVALID;
  readUpperHalf(Header.at(row, TAGS).value, into);
  if ((into.traceHigh | into.traceLow) == 0) return ExtractResult.INVALID;
  if (parentId != null) {
    into.spanId = readId(parentId);
    if (!isNumber) return ExtractResult.INVALID;
  }
  return priority == null || readPriority(priority, into) ? ExtractResult.FOUND : ExtractResult.INVALID;
}

/** The number in a header that is there once; see `isNumber`. */
function readId(value: Value): u64 {
  return decimal(value.start, value.next == null ? value.length : 0);
}

/** A whole number: positive ones keep the trace, of which 2 is what a user asked for. */
function readPriority(value: Value, into: TraceContext): bool {
  const sign = <u32>(value.length > 0 && load<u8>(value.start) == MINUS);
  const priority = decimal(value.start + sign, value.length - sign);
  into.sampling = sign != 0 || priority == 0 ? Sampling.NO : priority == 2 ? Sampling.DEBUG : Sampling.YES;
  return isNumber && value.next == null;
}

/**
 * Takes the tag `_dd.p.tid`, if it has 16 hexadecimal digits. Datadog's own tracers ignore a malformed one and do not pass
 * it on.
 */
function readUpperHalf(tags: Value | null, into: TraceContext): void {
  let value = tags;
  while (value != null) {
    const end = value.start + value.length;
    for (let at = value.start; at < end;) {
      at = nextField(at, end, COMMA);
      if (!isUpperHalf()) continue;
      if (readHex(fieldStart, fieldStart + fieldLength, true) == ID_DIGITS && fieldLength == ID_DIGITS) {
        into.traceHigh = hexLow;
      } else {
        into.needsRewrite = true;
      }
    }
    value = value.next;
  }
}

function upperHalfName(): Text {
  return utf8("_dd.p.tid=");
}

function isUpperHalf(): bool {
  return takeName(upperHalfName());
}

/**
 * Makes the headers say a context. `came` is what they say of the same trace, null where they say nothing of it: other tags then
 * belong to another trace, and go. A priority that says the same already stays, as there is more than one for either decision.
 */
export function writeDatadog(row: usize, context: TraceContext, came: TraceContext | null): void {
  Header.at(row, TRACE_ID).set(line, putDecimal(line, context.traceLow));
  Header.at(row, PARENT_ID).set(line, putDecimal(line, context.spanId));
  if (came == null || came.sampling != context.sampling) Header.at(row, PRIORITY).setText(priorityOf(context));
  if (came == null || came.needsRewrite || came.traceHigh != context.traceHigh) {
    writeTags(Header.at(row, TAGS), context, came != null);
  }
}

function priorityOf(context: TraceContext): Text {
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

function writeTags(tags: Header, context: TraceContext, keepsOthers: bool): void {
  const others = keepsOthers ? tags.value : null;
  const name = upperHalfName();
  let start = arenaTake(name.length + ID_DIGITS + roomFor(others));
  let end = start;
  if (context.traceHigh != 0) {
    memory.copy(start, name.start, name.length);
    end = putHex(start + name.length, context.traceHigh, ID_DIGITS);
  }
  end = putOthers(end, others, COMMA, isUpperHalf);
  if (context.traceHigh == 0 && end != start) start++;
  if (end == start) tags.remove();
  else tags.set(start, end);
}
