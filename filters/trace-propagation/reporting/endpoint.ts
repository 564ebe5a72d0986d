import { isDigit } from "../../../assembly/text/ascii";

/** What `splitEndpoint` found: the host, without the brackets of an IPv6 address, and the port, 0 if there is none. */
export let hostStart: usize = 0;
export let hostLength: u32 = 0;
export let port: u32 = 0;

/** Takes `host:port` apart, of an `:authority` or of an address as Envoy tells it; user info before `@` is left out. */
export function splitEndpoint(from: usize, size: u32): void {
  let start = from;
  const end = from + size;
  for (let at = from; at < end; at++) {
    if (load<u8>(at) == 0x40) start = at + 1;
  }
  port = 0;
  let until = end;
  let value: u32 = 0;
  let scale: u32 = 1;
  let at = end;
  while (at > start && isDigit(load<u8>(at - 1)) && scale <= 10000) {
    value += (load<u8>(--at) - 0x30) * scale;
    scale *= 10;
  }
  if (at > start && at < end && load<u8>(at - 1) == 0x3a && !isBareAddress(start, at - 1) && value < 65536) {
    port = value;
    until = at - 1;
  }
  if (until - start >= 2 && load<u8>(start) == 0x5b && load<u8>(until - 1) == 0x5d) {
    start++;
    until--;
  }
  hostStart = start;
  hostLength = <u32>(until - start);
}

/** Whether what stands before a last colon has one itself without brackets: an IPv6 address that has no port. */
function isBareAddress(start: usize, end: usize): bool {
  for (let at = start; at < end; at++) {
    if (load<u8>(at) == 0x3a) return load<u8>(end - 1) != 0x5d;
  }
  return false;
}
