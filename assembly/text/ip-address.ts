import { Region } from "../memory/region";
import { isDigit } from "./ascii";
import { Text } from "./text";

/** The room that `parseAddress` and `parseEndpoint` need for what they write, in bytes. */
export const MAX_ADDRESS_LENGTH: u32 = 16;
/** The highest port (RFC 9293 §3.1: 16 bits). */
export const MAX_PORT: u32 = 65535;

const IPV4: u32 = 4;
const IPV6: u32 = 16;

/** Where a configuration's address is read to. */
const parsed: usize = memory.data(16, 8);

const PERCENT: u8 = 0x25;
const DOT: u8 = 0x2e;
const SLASH: u8 = 0x2f;
const ZERO: u8 = 0x30;
const COLON: u8 = 0x3a;
const OPENING: u8 = 0x5b;
const CLOSING: u8 = 0x5d;

/**
 * A block of IP addresses (CIDR, RFC 4632 §3.1): those of its family whose first `bits` bits are its prefix's. An IPv4
 * block holds no IPv6 address, none that maps an IPv4 address either (Envoy `Network::Address::CidrRange::isInRange`).
 */
@unmanaged
export class AddressBlock {
  /** The first address in network order, 4 bytes of IPv4, 16 of IPv6; the bits behind the first `bits` are 0. */
  prefix: Text;
  /** How many bits of an address count: at most 32 of IPv4, 128 of IPv6. */
  bits: u32;

  /**
   * A block as Istio's `ipBlocks`, `source.ip` and the like have it, in `region`: `10.0.0.0/8`, or an address alone, which
   * is a block of one (istio `pilot/pkg/networking/util: AddrStrToPrefix`). Null for what Go's `netip.ParsePrefix` and
   * `netip.ParseAddr` refuse, such as leading zeros. As there, an address that stands alone may have a zone, which does
   * not count. Bits of the host may be set: Envoy clears them.
   */
  static parse(region: Region, text: Text): AddressBlock | null {
    const end = text.start + text.length;
    const slash = lastPosition(SLASH, text.start, end);
    const size = parseAddress(text.start, <u32>(slash - text.start), parsed);
    if (size == 0) return null;
    let bits: i32 = size * 8;
    if (slash != end) {
      if (position(PERCENT, text.start, slash) != slash) return null;
      bits = parseBits(slash + 1, end, size * 8);
      if (bits < 0) return null;
    }
    clearHost(parsed, size, bits);
    const block = changetype<AddressBlock>(region.take(offsetof<AddressBlock>()));
    block.prefix = Text.copy(region, parsed, size);
    block.bits = bits;
    return block;
  }
}

/** Whether a binary address of `length` bytes is in the block of this prefix and this many bits. */
export function isInBlock(prefix: Text, bits: u32, start: usize, length: u32): bool {
  if (length != prefix.length) return false;
  const whole = bits >> 3;
  if (memory.compare(start, prefix.start, whole) != 0) return false;
  const rest = bits & 7;
  return rest == 0 || (load<u8>(start + whole) ^ load<u8>(prefix.start + whole)) >> (8 - rest) == 0;
}

/**
 * Reads an address as Go's `netip.ParseAddr` does: IPv4 with dots and without leading zeros; IPv6 of RFC 4291 §2.2, which
 * may have a zone (RFC 4007 §11) that does not count. `::ffff:1.2.3.4` is IPv6.
 *
 * It is written to `out` in network order. Gives how many bytes it has, 4 or 16; 0 where it is none.
 */
export function parseAddress(start: usize, length: u32, out: usize): u32 {
  const end = start + length;
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at);
    if (byte == DOT) return parseIpv4(start, end, out) ? IPV4 : 0;
    if (byte == COLON) return parseIpv6(start, end, out) ? IPV6 : 0;
    if (byte == PERCENT) return 0;
  }
  return 0;
}

/**
 * Reads the address of one end of a connection as Envoy writes it (`Network::Address::Instance::asString`): `1.2.3.4:80`,
 * `[::1]:80`, or the same without a port, where an IPv6 address may also stand without brackets. Gives what `parseAddress`
 * gives; 0 also for what is no IP address, such as a pipe's path or `envoy://` of an internal listener.
 */
export function parseEndpoint(start: usize, length: u32, out: usize): u32 {
  const end = start + length;
  if (length > 0 && load<u8>(start) == OPENING) {
    const closing = position(CLOSING, start, end);
    if (closing == end || (closing + 1 != end && !isPort(closing + 1, end))) return 0;
    return parseAddress(start + 1, <u32>(closing - start - 1), out) == IPV6 ? IPV6 : 0;
  }
  const colon = position(COLON, start, end);
  const isAlone = colon == end || position(COLON, colon + 1, end) != end;
  if (isAlone) return parseAddress(start, length, out);
  return isPort(colon, end) ? parseAddress(start, <u32>(colon - start), out) : 0;
}

function parseIpv4(start: usize, end: usize, out: usize): bool {
  let at = start;
  for (let i: u32 = 0; i < IPV4; i++) {
    if (i > 0) {
      if (at == end || load<u8>(at) != DOT) return false;
      at++;
    }
    const first = at;
    let value: u32 = 0;
    while (at < end && at - first < 3 && isDigit(load<u8>(at))) value = value * 10 + (load<u8>(at++) - ZERO);
    const digits = at - first;
    if (digits == 0 || value > 255 || (digits > 1 && load<u8>(first) == ZERO)) return false;
    store<u8>(out + i, value);
  }
  return at == end;
}

function parseIpv6(start: usize, end: usize, out: usize): bool {
  const stop = position(PERCENT, start, end);
  if (stop + 1 == end) return false;
  let at = start;
  let size: u32 = 0;
  /** How many bytes come before `::`; negative without one. */
  let gap: i32 = -1;
  if (stop - at >= 2 && load<u8>(at) == COLON && load<u8>(at + 1) == COLON) {
    gap = 0;
    at += 2;
  }
  while (at < stop && size < IPV6) {
    const first = at;
    let group: u32 = 0;
    while (at < stop && at - first < 4 && hexValue(load<u8>(at)) < 16) group = (group << 4) | hexValue(load<u8>(at++));
    if (at == first) return false;
    if (at < stop && load<u8>(at) == DOT) {
      if ((gap < 0 && size != IPV6 - IPV4) || size > IPV6 - IPV4) return false;
      if (!parseIpv4(first, stop, out + size)) return false;
      size += IPV4;
      at = stop;
      break;
    }
    store<u8>(out + size, group >> 8);
    store<u8>(out + size, group, 1);
    size += 2;
    if (at == stop) break;
    if (load<u8>(at) != COLON || at + 1 == stop) return false;
    at++;
    if (load<u8>(at) == COLON) {
      if (gap >= 0) return false;
      gap = size;
      at++;
    }
  }
  if (at != stop) return false;
  if (gap < 0) return size == IPV6;
  if (size == IPV6) return false;
  const behind = size - gap;
  memory.copy(out + IPV6 - behind, out + gap, behind);
  memory.fill(out + gap, 0, IPV6 - size);
  return true;
}

/** The decimal number of bits up to `most`, without leading zeros; -1 where it is none. */
function parseBits(start: usize, end: usize, most: u32): i32 {
  if (start == end || (end - start > 1 && load<u8>(start) == ZERO)) return -1;
  const bits = parseDecimal(start, end);
  return bits <= most ? bits : -1;
}

/** Whether a colon and the number of a port stand there. */
function isPort(start: usize, end: usize): bool {
  return load<u8>(start) == COLON && start + 1 < end && parseDecimal(start + 1, end) <= MAX_PORT;
}

/** The decimal number that all these bytes are, however long; `u32.MAX_VALUE` where they are none, or one past a port's. */
function parseDecimal(start: usize, end: usize): u32 {
  let value: u32 = 0;
  for (let at = start; at < end; at++) {
    const digit = load<u8>(at);
    if (!isDigit(digit)) return u32.MAX_VALUE;
    value = value * 10 + (digit - ZERO);
    if (value > MAX_PORT) return u32.MAX_VALUE;
  }
  return value;
}

/** Sets the bits behind the first `bits` of an address to 0. */
function clearHost(address: usize, size: u32, bits: u32): void {
  for (let i: u32 = 0; i < size; i++) {
    const kept = max<i32>(min<i32>(bits - i * 8, 8), 0);
    store<u8>(address + i, (<u32>load<u8>(address + i)) & ~(0xff >> kept));
  }
}

/** The value of a hexadecimal digit; 16 or more for every other byte. */
function hexValue(byte: u32): u32 {
  if (isDigit(byte)) return byte - ZERO;
  const letter = (byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 16;
}

/** Where that byte stands first; `end` where it does not. */
function position(byte: u8, start: usize, end: usize): usize {
  let at = start;
  while (at < end && load<u8>(at) != byte) at++;
  return at;
}

/** Where that byte stands last; `end` where it does not. */
function lastPosition(byte: u8, start: usize, end: usize): usize {
  for (let at = end; at > start; at--) {
    if (load<u8>(at - 1) == byte) return at - 1;
  }
  return end;
}
