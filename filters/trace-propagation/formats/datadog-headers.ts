import { arenaTake } from "../../../assembly/host/arena";
import { utf8 } from "../../../assembly/text/text";
import { Sampling, TraceContext } from "../context";
import { findUpperHalf, priorityOf, readPriority, tagLength, tagStart, upperHalf } from "./datadog";
import { decimal, isNumber, putDecimal, putHex } from "./digits";
import { Header } from "./headers";
import { Reading } from "./reading";

const line: usize = memory.data(32, 8);
const COMMA: u8 = 0x2c;

/**
 * Reads Datadog's headers, the first being `x-datadog-trace-id`: ids in decimal, a priority, and the upper half of the trace id among the tags.
 * Without a parent's id, or with 0, there is no span.
 */
export function readDatadogHeaders(first: Header, into: TraceContext): Reading {
  const parent = changetype<Header>(first.next);
  const priority = changetype<Header>(parent.next);
  const tags = changetype<Header>(priority.next);
  const traceId = first.value;
  const parentId = parent.value;
  const decision = priority.value;
  into.random = false;
  into.sampling = Sampling.UNDECIDED;
  if (decision != null && (decision.next != null || !readPriority(decision.start, decision.length, into)))
    return Reading.INVALID;
  if (traceId == null) {
    if (parentId != null) return Reading.INVALID;
    return decision == null ? Reading.ABSENT : Reading.DECISION;
  }
  into.traceLow = decimal(traceId.start, traceId.length);
  if (!isNumber || into.traceLow == 0 || traceId.next != null) return Reading.INVALID;
  into.spanId = parentId == null ? 0 : decimal(parentId.start, parentId.length);
  if (parentId != null && (!isNumber || parentId.next != null)) return Reading.INVALID;
  const propagated = tags.value;
  into.traceHigh = propagated == null ? 0 : upperHalf(propagated.start, propagated.length);
  return Reading.FOUND;
}

/** Writes them. Of the tags the one with the upper half is set, and the others stay. */
export function writeDatadogHeaders(first: Header, context: TraceContext): void {
  const parent = changetype<Header>(first.next);
  const priority = changetype<Header>(parent.next);
  const tags = changetype<Header>(priority.next);
  first.set(line, putDecimal(line, context.traceLow));
  parent.set(line, putDecimal(line, context.spanId));
  const decision = priorityOf(context);
  if (decision.length > 0) priority.setText(decision);
  else priority.remove();
  writeTags(tags, context.traceHigh);
}

function writeTags(tags: Header, high: u64): void {
  const value = tags.value;
  const start: usize = value == null ? 0 : value.start;
  const length: u32 = value == null ? 0 : value.length;
  findUpperHalf(start, length);
  if (high == 0 && tagLength == 0) return;
  const name = utf8("_dd.p.tid=");
  const written = arenaTake(length + 1 + name.length + 16);
  let end = written;
  if (length > 0) {
    const before = tagLength == 0 ? length : <u32>(tagStart - start);
    memory.copy(end, start, before);
    end += before;
    if (tagLength > 0) {
      // The comma behind the tag goes with it; where it was the last one, the one before it does.
      const rest = <u32>(start + length - (tagStart + tagLength));
      if (rest > 0) {
        memory.copy(end, tagStart + tagLength + 1, rest - 1);
        end += rest - 1;
      } else if (end > written) {
        end--;
      }
    }
  }
  if (high != 0) {
    if (end > written) store<u8>(end++, COMMA);
    memory.copy(end, name.start, name.length);
    end = putHex(end + name.length, high, 16);
  }
  if (end == written) tags.remove();
  else tags.set(written, end);
}
