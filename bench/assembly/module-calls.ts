/**
 * The host calls that `signalbox` makes for the decisions of the suite `module`, and nothing else: one read of the headers, a counter
 * of trace-propagation's and two of authz', `x-subset` written. It has the same callbacks for a request.
 */
import { defineMetric, incrementMetric, readPairs, replaceHeader, reset } from "./host-calls";

export { malloc, proxy_abi_version_0_2_1, proxy_on_context_create } from "./host-calls";

export function proxy_on_configure(_root: u32, _size: u32): u32 {
  defineMetric();
  return 1;
}

export function proxy_on_request_headers(_context: u32, _headers: u32, _endOfStream: u32): u32 {
  reset();
  readPairs();
  incrementMetric();
  incrementMetric();
  incrementMetric();
  replaceHeader();
  return 0;
}

export function proxy_on_response_headers(_context: u32, _headers: u32, _endOfStream: u32): u32 {
  return 0;
}

export function proxy_on_log(_context: u32): void {}

export function proxy_on_done(_context: u32): u32 {
  return 1;
}
