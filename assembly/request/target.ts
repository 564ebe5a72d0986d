import { pathLength } from "./path-length";
import { addPart } from "./request";
import { Fact, Slot } from "./slots";
import { addValue } from "./states";
import { Value } from "./value";

const QUESTION: u8 = 0x3f;

/** `:path` without query and fragment, as routes match it. */
export function readPath(slot: Slot, target: Value | null): void {
  if (target != null) addValue(slot.number, target.start, pathLength(target.start, target.length));
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
