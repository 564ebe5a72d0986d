import { Place } from "../config/place";
import { Region } from "../memory/region";
import { sameIgnoringCase } from "../text/ascii";
import { Text, utf8 } from "../text/text";
import { Writer } from "../text/writer";

/** Whether a key of `headers` stands for a claim of the request's token and not for a header. */
export function isClaimKey(key: Text): bool {
  const start = utf8("@request.auth.claims");
  return key.length >= start.length && sameIgnoringCase(key.start, start.length, start.start, start.length);
}

/**
 * The claim that `@request.auth.claims.a.b` or `@request.auth.claims[a][b]` names, as its segments with a NUL between two
 * (istio `pkg/jwt: ToRoutingClaim`): the bracket form is for names with a dot in them. Null with a report where the key
 * is neither.
 */
export function readClaimKey(place: Place, region: Region): Text | null {
  const key = place.key;
  const skip = utf8("@request.auth.claims").length;
  const path = Writer.open();
  const well = writeSegments(path, key.start + skip, key.start + key.length);
  const text = path.finish(region);
  if (well) return text;
  place.error(utf8('not the name of a claim: write "@request.auth.claims.name" or "@request.auth.claims[name][name]"'));
  return null;
}

function writeSegments(path: Writer, start: usize, end: usize): bool {
  if (start == end) return false;
  const brackets = load<u8>(start) == 0x5b;
  if (!brackets && load<u8>(start) != 0x2e) return false;
  let at = start;
  while (at < end) {
    if (load<u8>(at) != (brackets ? 0x5b : 0x2e)) return false;
    const from = ++at;
    while (at < end && load<u8>(at) != (brackets ? 0x5d : 0x2e)) at++;
    if (at == from || (brackets && at == end)) return false;
    if (path.length > 0) path.byte(0);
    path.bytes(from, <u32>(at - from));
    if (brackets) at++;
  }
  return true;
}
