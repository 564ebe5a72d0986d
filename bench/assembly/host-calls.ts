/** One function for each host call that `host-calls.ts` measures; its generated modules call one of them per request. */
import {
  proxy_define_metric,
  proxy_get_header_map_pairs,
  proxy_get_header_map_value,
  proxy_get_metric,
  proxy_get_property,
  proxy_increment_metric,
  proxy_remove_header_map_value,
  proxy_replace_header_map_value,
} from "@solo-io/proxy-runtime/assembly/imports";
import { clock_time_get } from "../../assembly/host/wasi_snapshot_preview1";

const REQUEST_HEADERS = 0;
const RESPONSE_HEADERS = 2;
const MONOTONIC = 1;
const COUNTER = 0;
const ARENA_SIZE = 64 * 1024;
const arena = memory.data(ARENA_SIZE, 16);
const returned = memory.data(8, 8);
let used: usize = 0;
let metric: u32 = 0;

const END_USER = memory.data<u8>([101, 110, 100, 45, 117, 115, 101, 114]);
const X_SUBSET = memory.data<u8>([120, 45, 115, 117, 98, 115, 101, 116]);
const V2 = memory.data<u8>([118, 50]);
// "request\0host"
const REQUEST_HOST = memory.data<u8>([114, 101, 113, 117, 101, 115, 116, 0, 104, 111, 115, 116]);

// "request\0headers\0end-user", "request\0headers\0no-user"
const HEADER_PROPERTY = memory.data<u8>([
  114, 101, 113, 117, 101, 115, 116, 0, 104, 101, 97, 100, 101, 114, 115, 0, 101, 110, 100, 45, 117, 115, 101, 114,
]);
const ABSENT_HEADER_PROPERTY = memory.data<u8>([
  114, 101, 113, 117, 101, 115, 116, 0, 104, 101, 97, 100, 101, 114, 115, 0, 110, 111, 45, 117, 115, 101, 114,
]);
const NO_USER = memory.data<u8>([110, 111, 45, 117, 115, 101, 114]);

// "response\0code", "response\0flags"
const RESPONSE_CODE = memory.data<u8>([114, 101, 115, 112, 111, 110, 115, 101, 0, 99, 111, 100, 101]);
const RESPONSE_FLAGS = memory.data<u8>([114, 101, 115, 112, 111, 110, 115, 101, 0, 102, 108, 97, 103, 115]);

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_context_create(_context: u32, _parent: u32): void {}

export function malloc(size: usize): usize {
  const at = arena + used;
  used += (size + 7) & ~7;
  return used > <usize>ARENA_SIZE ? 0 : at;
}

export function reset(): void {
  used = 0;
}

export function defineMetric(): void {
  proxy_define_metric(COUNTER, X_SUBSET, 8, returned);
  metric = load<u32>(returned);
}

export function nothing(): void {}

export function incrementMetric(): void {
  proxy_increment_metric(metric, 1);
}

export function readMetric(): void {
  proxy_get_metric(metric, returned);
}

export function readPairs(): void {
  proxy_get_header_map_pairs(REQUEST_HEADERS, returned, returned + 4);
}

/** Where the pairs are that were read last. */
export function pairs(): usize {
  return load<u32>(returned);
}

export function readValue(): void {
  proxy_get_header_map_value(REQUEST_HEADERS, END_USER, 8, returned, returned + 4);
}

export function readProperty(): void {
  proxy_get_property(REQUEST_HOST, 12, returned, returned + 4);
}

export function readHeaderProperty(): void {
  proxy_get_property(HEADER_PROPERTY, 24, returned, returned + 4);
}

export function readAbsentHeaderProperty(): void {
  proxy_get_property(ABSENT_HEADER_PROPERTY, 23, returned, returned + 4);
}

export function readAbsentValue(): void {
  proxy_get_header_map_value(REQUEST_HEADERS, NO_USER, 7, returned, returned + 4);
}

export function replaceHeader(): void {
  proxy_replace_header_map_value(REQUEST_HEADERS, X_SUBSET, 8, V2, 2);
}

export function removeAbsentHeader(): void {
  proxy_remove_header_map_value(REQUEST_HEADERS, X_SUBSET, 8);
}

export function readResponsePairs(): void {
  proxy_get_header_map_pairs(RESPONSE_HEADERS, returned, returned + 4);
}

export function readClock(): void {
  clock_time_get(MONOTONIC, 1, returned);
}

export function readCode(): void {
  proxy_get_property(RESPONSE_CODE, 13, returned, returned + 4);
}

export function readFlags(): void {
  proxy_get_property(RESPONSE_FLAGS, 14, returned, returned + 4);
}
