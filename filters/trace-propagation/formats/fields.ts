import { Value } from "../../../assembly/request/value";
import { Text } from "../../../assembly/text/text";

const BLANK: u8 = 0x20;

/** The field that `nextField` found last. */
export let fieldStart: usize = 0;
export let fieldLength: u32 = 0;

/**
 * Finds the field that begins at an address: what stands there up to the separator or the end, without leading blanks. Gives
 * where the next one begins, which is behind the end where there is none.
 */
export function nextField(start: usize, end: usize, separator: u8): usize {
  let at = start;
  while (at < end && load<u8>(at) == BLANK) at++;
  fieldStart = at;
  while (at < end && load<u8>(at) != separator) at++;
  fieldLength = <u32>(at - fieldStart);
  return at + 1;
}

/** Whether the field that was found begins with a name, its `=` included; what is behind that is then the field. */
export function takeName(name: Text): bool {
  const length = name.length;
  if (fieldLength < length || !name.is(fieldStart, length)) return false;
  fieldStart += length;
  fieldLength -= length;
  return true;
}

/**
 * Writes the fields of a header's values that are not the format's own, as `isOwn` says of the field that was found, each with a
 * separator before it; gives the address behind them. They need no more bytes than `roomFor` says.
 */
export function putOthers(at: usize, values: Value | null, separator: u8, isOwn: () => bool): usize {
  let next = at;
  let value = values;
  while (value != null) {
    const end = value.start + value.length;
    for (let from = value.start; from < end;) {
      from = nextField(from, end, separator);
      if (fieldLength == 0 || isOwn()) continue;
      store<u8>(next, separator);
      memory.copy(next + 1, fieldStart, fieldLength);
      next += 1 + fieldLength;
    }
    value = value.next;
  }
  return next;
}

/** How many bytes the fields of a header's values may need. */
export function roomFor(values: Value | null): u32 {
  let room: u32 = 0;
  let value = values;
  while (value != null) {
    room += value.length + 1;
    value = value.next;
  }
  return room;
}
