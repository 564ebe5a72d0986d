/**
 * The least that a filter in AssemblyScript can do for the decision that `bench` measures: raw imports, an arena that is
 * reset at each callback, no configuration. One read of the headers as pairs, `end-user` compared, `x-subset` written.
 */
import { proxy_get_header_map_pairs, proxy_replace_header_map_value } from "@solo-io/proxy-runtime/assembly/imports";

const REQUEST_HEADERS = 0;
const ARENA_SIZE = 16 * 1024;
const arena = memory.data(ARENA_SIZE, 16);
let used: usize = 0;

/** Where the host puts what it returns: a pointer and a size. */
const returned = memory.data(8, 8);

// "end-user", "jason", "x-subset", "v2", "v1"
const END_USER = memory.data<u8>([101, 110, 100, 45, 117, 115, 101, 114]);
const JASON = memory.data<u8>([106, 97, 115, 111, 110]);
const X_SUBSET = memory.data<u8>([120, 45, 115, 117, 98, 115, 101, 116]);
const V2 = memory.data<u8>([118, 50]);
const V1 = memory.data<u8>([118, 49]);

/** The host's allocator for what it returns; 0 (the host then fails the call) where it does not fit. */
export function malloc(size: usize): usize {
  const at = arena + used;
  used += (size + 7) & ~7;
  return used > <usize>ARENA_SIZE ? 0 : at;
}

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_request_headers(_context: u32, _headers: u32, _endOfStream: u32): u32 {
  used = 0;
  const jason = readEndUserIsJason();
  proxy_replace_header_map_value(REQUEST_HEADERS, X_SUBSET, 8, jason ? V2 : V1, 2);
  return 0;
}

function readEndUserIsJason(): bool {
  if (proxy_get_header_map_pairs(REQUEST_HEADERS, returned, returned + 4) != 0) return false;
  const pairs = <usize>load<u32>(returned);
  if (load<u32>(returned, 4) == 0) return false;
  const count = load<u32>(pairs);
  let sizes = pairs + 4;
  let at = sizes + (count << 3);
  for (let i: u32 = 0; i < count; i++) {
    const nameSize = load<u32>(sizes);
    const valueSize = load<u32>(sizes, 4);
    if (nameSize == 8 && memory.compare(at, END_USER, 8) == 0) {
      return valueSize == 5 && memory.compare(at + 9, JASON, 5) == 0;
    }
    at += nameSize + valueSize + 2;
    sizes += 8;
  }
  return false;
}
