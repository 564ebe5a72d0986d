/** A filter that does nothing in each of the callbacks that trace-propagation has for a request. */

/** The host asks for an allocator though it never calls this one. */
export function malloc(_size: usize): usize {
  return 0;
}

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_context_create(_context: u32, _parent: u32): void {}

export function proxy_on_request_headers(_context: u32, _headers: u32, _endOfStream: u32): u32 {
  return 0;
}

export function proxy_on_log(_context: u32): void {}
