import { Text } from "./text";
import { Writer } from "./writer";
import { arenaTake } from "../memory/arena";

let kept: Writer | null = null;

/**
 * An empty line that a request's callback puts together: details, a log line. It is the same each time, so that nothing is
 * allocated once it has grown to its lines; one at a time.
 */
export function beginLine(): Writer {
  let line = kept;
  if (line == null) {
    line = Writer.open();
    kept = line;
  }
  line.clear();
  return line;
}

/** A copy of what was written, that lives until the callback ends. */
export function textOf(line: Writer): Text {
  const text = arenaTake(sizeof<u32>() + line.length);
  store<u32>(text, line.length);
  memory.copy(text + sizeof<u32>(), line.start, line.length);
  return changetype<Text>(text);
}
