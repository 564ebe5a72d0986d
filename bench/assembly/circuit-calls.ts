/**
 * The host calls that circuit-breaking makes for a call that succeeds while its circuit is closed, and nothing else: the headers of each
 * side, and a metric of each side. It has the same callbacks for a request.
 */
import { defineMetric, readMetric, readPairs, readResponsePairs, reset } from "./host-calls";

export { malloc, proxy_abi_version_0_2_1, proxy_on_context_create } from "./host-calls";

export function proxy_on_configure(_root: u32, _size: u32): u32 {
  defineMetric();
  return 1;
}

export function proxy_on_request_headers(_context: u32, _headers: u32, _endOfStream: u32): u32 {
  reset();
  readPairs();
  readMetric();
  return 0;
}

export function proxy_on_response_headers(_context: u32, _headers: u32, _endOfStream: u32): u32 {
  reset();
  readResponsePairs();
  readMetric();
  return 0;
}

export function proxy_on_response_body(_context: u32, _size: u32, _endOfStream: u32): u32 {
  return 0;
}

export function proxy_on_log(_context: u32): void {}
