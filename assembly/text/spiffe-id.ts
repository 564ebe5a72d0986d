import { isDigit } from "./ascii";
import { utf8 } from "./text";

/** The most bytes of a whole ID, and of its trust domain (SPIFFE-ID §2.3). */
const MAX_ID_LENGTH: u32 = 2048;
export const MAX_TRUST_DOMAIN_LENGTH: u32 = 255;

const DOT: u8 = 0x2e;
const SLASH: u8 = 0x2f;

/**
 * Whether these bytes are a SPIFFE ID in the one form that it may have (SPIFFE-ID §2): the scheme in lower case; a trust
 * domain of `a` to `z`, digits, `.`, `-` and `_`; then nothing, or segments, each behind a slash, of letters, digits and
 * those three, none of them empty, `.` or `..`. So there is no query, fragment, port, percent-encoding or slash at the end,
 * and two that differ in a byte differ.
 */
export function isSpiffeId(start: usize, length: u32): bool {
  const scheme = utf8("spiffe://");
  if (length <= scheme.length || length > MAX_ID_LENGTH || !scheme.is(start, scheme.length)) return false;
  const end = start + length;
  const domain = start + scheme.length;
  let at = segmentEnd(domain, end);
  if (at == domain || at - domain > MAX_TRUST_DOMAIN_LENGTH) return false;
  for (let i = domain; i < at; i++) {
    if (!isTrustDomainByte(load<u8>(i))) return false;
  }
  while (at < end) {
    const stop = segmentEnd(at + 1, end);
    if (!isPathSegment(at + 1, stop)) return false;
    at = stop;
  }
  return true;
}

/** Where the segment that starts there ends: at the next slash or at `end`. */
export function segmentEnd(start: usize, end: usize): usize {
  let at = start;
  while (at < end && load<u8>(at) != SLASH) at++;
  return at;
}

function isPathSegment(start: usize, end: usize): bool {
  let dots: u32 = 0;
  for (let at = start; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (!isTrustDomainByte(byte) && byte - 0x41 >= 26) return false;
    if (byte == DOT) dots++;
  }
  const length = <u32>(end - start);
  return length > 2 || dots < length;
}

function isTrustDomainByte(byte: u32): bool {
  return isDigit(byte) || byte - 0x61 < 26 || byte == DOT || byte == 0x2d || byte == 0x5f;
}
