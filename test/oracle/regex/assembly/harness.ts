/** The engine as a module of its own, for a caller outside that writes patterns and texts into its memory. */
import "../../../../assembly/host/abort";
import { Region } from "../../../../assembly/memory/region";
import { Text } from "../../../../assembly/text/text";
import { Regex, RegexError, compileRegex } from "../../../../assembly/text/regex";

const ROOM: u32 = 1 << 20;
const room = heap.alloc(ROOM);

let region = Region.open();
let regex: Regex | null = null;
let error = RegexError.within(region);

/** Where the caller writes what `compile` and `matches` read: a megabyte. */
export function input(): usize {
  return room;
}

/** Compiles the `length` bytes of the input, in place of the pattern before. Gives whether it was accepted. */
export function compile(length: u32): bool {
  region.close();
  region = Region.open();
  error = RegexError.within(region);
  regex = compileRegex(region, Text.copy(region, room, length), error);
  return regex != null;
}

/** Why the pattern was refused. */
export function errorKind(): u32 {
  return error.kind;
}

export function errorOffset(): u32 {
  return error.offset;
}

export function errorMessage(): usize {
  return error.message.start;
}

export function errorMessageLength(): u32 {
  return error.message.length;
}

/** Whether the `length` bytes of the input match. */
export function matches(length: u32): bool {
  const compiled = regex;
  return compiled != null && compiled.matches(room, length);
}

export function looks(): u64 {
  const compiled = regex;
  return compiled == null ? 0 : compiled.looks;
}

export function size(): u32 {
  const compiled = regex;
  return compiled == null ? 0 : compiled.size;
}

export function prefix(): usize {
  const compiled = regex;
  return compiled == null ? 0 : compiled.literalPrefix.start;
}

export function prefixLength(): u32 {
  const compiled = regex;
  return compiled == null ? 0 : compiled.literalPrefix.length;
}

/** Bytes that the compiled pattern holds. */
export function held(): usize {
  return region.size;
}
