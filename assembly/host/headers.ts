import {
  proxy_add_header_map_value,
  proxy_get_header_map_pairs,
  proxy_remove_header_map_value,
  proxy_replace_header_map_value,
} from "@solo-io/proxy-runtime/assembly/imports";
import { Text } from "../text/text";
import { Status } from "./status";

/** Which headers (proxy-wasm 0.2.1, `proxy_map_type_t`). */
export const enum HeaderMap {
  REQUEST_HEADERS = 0,
  REQUEST_TRAILERS = 1,
  RESPONSE_HEADERS = 2,
  RESPONSE_TRAILERS = 3,
  HTTP_CALL_RESPONSE_HEADERS = 6,
  HTTP_CALL_RESPONSE_TRAILERS = 7,
}

const out: usize = memory.data(8, 8);

/** Where `readHeaderPairs` put the pairs, and how many bytes they are. */
export let pairsStart: usize = 0;
export let pairsSize: u32 = 0;

/**
 * Reads all headers at once, which costs what one costs and is the only way to see a repeated one: `get_header_map_value`
 * gives the first value alone.
 *
 * The encoding: a u32 count; for each header two u32, the lengths of its name and value; then name, NUL, value, NUL for
 * each. Names are lower-case. No headers are 0 bytes, not a count of 0. A map that the current callback cannot see also
 * reads as Ok with 0 bytes, so this cannot tell whether there is one.
 */
export function readHeaderPairs(map: HeaderMap): Status {
  const status = <Status>proxy_get_header_map_pairs(map, out, out + 4);
  if (status == Status.OK) {
    pairsStart = load<usize>(out);
    pairsSize = load<u32>(out + 4);
  } else {
    pairsSize = 0;
  }
  return status;
}

/**
 * Sets a header to one value, whatever was there. Under ABI 0.2.1 Envoy takes the route again after any write to request
 * headers (`test/envoy` asserts it), so no further call is made for that.
 */
export function replaceHeader(map: HeaderMap, name: Text, value: usize, length: u32): Status {
  return <Status>proxy_replace_header_map_value(map, name.start, name.length, value, length);
}

/** Adds a header beside those of the same name. */
export function addHeader(map: HeaderMap, name: Text, value: usize, length: u32): Status {
  return <Status>proxy_add_header_map_value(map, name.start, name.length, value, length);
}

/** Removes every header of that name; Ok where there is none. */
export function removeHeader(map: HeaderMap, name: Text): Status {
  return <Status>proxy_remove_header_map_value(map, name.start, name.length);
}
