import { Slot } from "./slots";
import { addValue } from "./states";
import { Value } from "./value";

const QUESTION: u8 = 0x3f;
const HASH: u8 = 0x23;

/** `:path` without query and fragment, as routes match it (Envoy `Http::PathUtil::removeQueryAndFragment`). */
export function readPath(slot: Slot, target: Value | null): void {
  if (target == null) return;
  let length: u32 = 0;
  while (length < target.length) {
    const byte = load<u8>(target.start + length);
    if (byte == QUESTION || byte == HASH) break;
    length++;
  }
  addValue(slot.number, target.start, length);
}

/**
 * The first value of a query parameter, not percent-decoded; a name without `=` has the empty value
 * (Envoy `Http::Utility::QueryParamsMulti::parseQueryString`).
 */
export function readQueryParameter(slot: Slot, target: Value | null): void {
  if (target == null) return;
  const end = target.start + target.length;
  let at = target.start;
  while (at < end && load<u8>(at) != QUESTION) at++;
  at++;
  while (at < end) {
    let stop = at;
    let equals: usize = 0;
    while (stop < end && load<u8>(stop) != 0x26) {
      if (equals == 0 && load<u8>(stop) == 0x3d) equals = stop;
      stop++;
    }
    const nameEnd = equals == 0 ? stop : equals;
    if (slot.name.is(at, <u32>(nameEnd - at))) {
      const value = equals == 0 ? stop : equals + 1;
      addValue(slot.number, value, <u32>(stop - value));
      return;
    }
    at = stop + 1;
  }
}
