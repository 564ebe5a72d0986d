import { arenaTake } from "../../../assembly/memory/arena";
import { Value } from "../../../assembly/request/value";
import { utf8 } from "../../../assembly/text/text";

/** Bytes of what a secret becomes. */
const REDACTED: u32 = 8;

/**
 * A query whose secrets are replaced by `REDACTED`: those of the parameters that OpenTelemetry names (semantic conventions, "HTTP spans":
 * `url.query`). It stays where it is if it has none, else it is put together in the arena.
 */
export function redactedQuery(start: usize, length: u32): Value {
  const end = start + length;
  let secrets: u32 = 0;
  for (let at = start; at < end; at = nextParameter(at, end)) {
    if (isSecret(at, nameEnd(at, end))) secrets++;
  }
  if (secrets == 0) return Value.of(start, length);
  const copy = arenaTake(length + secrets * REDACTED);
  let to = copy;
  let at = start;
  while (at < end) {
    const next = nextParameter(at, end);
    const name = nameEnd(at, end);
    if (isSecret(at, name)) {
      // The name with its "=".
      to = put(to, at, name + 1);
      to = put(to, utf8("REDACTED").start, utf8("REDACTED").start + REDACTED);
      if (load<u8>(next - 1) == 0x26) store<u8>(to++, 0x26);
    } else {
      to = put(to, at, next);
    }
    at = next;
  }
  return Value.of(copy, <u32>(to - copy));
}

function put(to: usize, start: usize, end: usize): usize {
  memory.copy(to, start, end - start);
  return to + (end - start);
}

/** Where the next parameter begins, behind `&`. */
function nextParameter(from: usize, end: usize): usize {
  let at = from;
  while (at < end) {
    if (load<u8>(at++) == 0x26) break;
  }
  return at;
}

/** Where a parameter's name ends: at its `=`, or where it has none at the parameter's end. */
function nameEnd(from: usize, end: usize): usize {
  let at = from;
  while (at < end && load<u8>(at) != 0x3d && load<u8>(at) != 0x26) at++;
  return at;
}

function isSecret(start: usize, end: usize): bool {
  const length = <u32>(end - start);
  // All have one of these lengths.
  if (length < 3 || load<u8>(end) != 0x3d) return false;
  return (
    utf8("sig").is(start, length) ||
    utf8("Signature").is(start, length) ||
    utf8("AWSAccessKeyId").is(start, length) ||
    utf8("X-Amz-Signature").is(start, length) ||
    utf8("X-Amz-Credential").is(start, length) ||
    utf8("X-Amz-Security-Token").is(start, length) ||
    utf8("X-Goog-Signature").is(start, length)
  );
}
