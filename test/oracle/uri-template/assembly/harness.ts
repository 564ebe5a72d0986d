/** Path templates as a module of their own, for a caller outside that writes templates and paths into its memory. */
import "../../../../assembly/host/abort";
import { Region } from "../../../../assembly/memory/region";
import { Text } from "../../../../assembly/text/text";
import { UriTemplate, pathProblem } from "../../../../assembly/text/uri-template";

const ROOM: u32 = 1 << 16;
const room = heap.alloc(ROOM);

let region = Region.open();
let template: UriTemplate | null = null;

/** Where the caller writes what `problem` and `matches` read: 64 KiB. */
export function input(): usize {
  return room;
}

/** What is wrong with the `length` bytes of the input (a `Text`); 0, and they are compiled, where nothing is. */
export function problem(length: u32): usize {
  region.close();
  region = Region.open();
  const written = Text.copy(region, room, length);
  const wrong = pathProblem(written);
  template = wrong == null ? UriTemplate.compile(region, written) : null;
  return changetype<usize>(wrong);
}

/** Whether the compiled template matches the `length` bytes of the input. */
export function matches(length: u32): bool {
  const compiled = template;
  return compiled != null && compiled.matches(room, length);
}

/** How many bytes of the input every match starts with, if they are the template's `literalPrefix`; else -1. */
export function prefixOf(length: u32): i32 {
  const compiled = template;
  if (compiled == null) return -1;
  const prefix = compiled.literalPrefix;
  return prefix.length <= length && memory.compare(room, prefix.start, prefix.length) == 0 ? prefix.length : -1;
}
