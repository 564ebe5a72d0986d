/** A filter with each of the callbacks that circuit-breaking has for a request, which reads the request's headers and does nothing else. */
import { readPairs, reset } from "./host-calls";

export { malloc, proxy_abi_version_0_2_1, proxy_on_context_create } from "./host-calls";

export function proxy_on_request_headers(_context: u32, _headers: u32, _endOfStream: u32): u32 {
  reset();
  readPairs();
  return 0;
}

export function proxy_on_response_headers(_context: u32, _headers: u32, _endOfStream: u32): u32 {
  return 0;
}

export function proxy_on_response_body(_context: u32, _size: u32, _endOfStream: u32): u32 {
  return 0;
}

export function proxy_on_log(_context: u32): void {}
