import { EightBytes, UPPER } from "../text/eight-bytes";
import { addPart } from "./request";
import { Fact, Slot } from "./slots";
import { addValue } from "./states";
import { Value } from "./value";

const QUESTION: u8 = 0x3f;
const HASH: u8 = 0x23;

/** `:path` without query and fragment, as routes match it (Envoy `Http::PathUtil::removeQueryAndFragment`). */
export function readPath(slot: Slot, target: Value | null): void {
  if (target != null) addValue(slot.number, target.start, pathLength(target));
}

/** How many bytes of a `:path` stand before its query or fragment; all if it has neither. */
export function pathLength(target: Value): u32 {
  const start = target.start;
  const end = start + target.length;
  let at = start;
  while (at + 8 <= end && !holdsEnd(load<u64>(at))) at += 8;
  while (at < end && !isEnd(load<u8>(at))) at++;
  return <u32>(at - start);
}

function isEnd(byte: u8): bool {
  return byte == QUESTION || byte == HASH;
}

/** Whether one of eight bytes ends a path. */
function holdsEnd(bytes: u64): bool {
  return ((EightBytes.marksOf(bytes, QUESTION) | EightBytes.marksOf(bytes, HASH)) & UPPER) != 0;
}

/**
 * The query parameters, of each the first value, not percent-decoded; a name without `=` has the empty value
 * (Envoy `Http::Utility::QueryParamsMulti::parseQueryString`).
 */
export function readQueryParameters(_slot: Slot, target: Value | null): void {
  if (target == null) return;
  const end = target.start + target.length;
  let at = target.start;
  while (at < end && load<u8>(at) != QUESTION) at++;
  at++;
  while (at < end) {
    const name = at;
    let equals: usize = 0;
    while (at < end && load<u8>(at) != 0x26) {
      if (equals == 0 && load<u8>(at) == 0x3d) equals = at;
      at++;
    }
    const nameEnd = equals == 0 ? at : equals;
    const value = equals == 0 ? at : equals + 1;
    addPart(Fact.QUERY_PARAMETER, name, <u32>(nameEnd - name), value, <u32>(at - value));
    at++;
  }
}
