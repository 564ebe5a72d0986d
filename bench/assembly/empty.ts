/** A filter that does nothing: what one callback costs, the floor of every Wasm filter. */

/** The host asks for an allocator though it never calls this one. */
export function malloc(_size: usize): usize {
  return 0;
}

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_request_headers(_context: u32, _headers: u32, _endOfStream: u32): u32 {
  return 0;
}
