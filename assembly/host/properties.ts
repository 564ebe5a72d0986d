import { proxy_get_property, proxy_set_property } from "@solo-io/proxy-runtime/assembly/imports";
import { Text } from "../text/text";
import { Status } from "./status";

const out: usize = memory.data(8, 8);

/** Where `readProperty` put the value, and how many bytes it is. */
export let propertyStart: usize = 0;
export let propertyLength: u32 = 0;

/**
 * Reads a property. `path` is its segments with a NUL between two, written as one literal: `utf8("xds\0node")`.
 *
 * Strings come raw, integers as 8 bytes little-endian, booleans as one byte, messages serialised. NotFound means that
 * there is none; an evaluation error is InternalFailure. Since Envoy 1.33 there is no top-level `node`, only `xds\0node`,
 * the one `xds` attribute that can be read outside a stream.
 */
export function readProperty(path: Text): Status {
  const status = <Status>proxy_get_property(path.start, path.length, out, out + 4);
  if (status == Status.OK) {
    propertyStart = load<usize>(out);
    propertyLength = load<u32>(out + 4);
  } else {
    propertyLength = 0;
  }
  return status;
}

/**
 * Sets filter state under the key `wasm.` + `path`, for access logs (`%FILTER_STATE(wasm.key:PLAIN)%`) and other filters.
 * Only within a stream; there is no such call for dynamic metadata.
 */
export function writeProperty(path: Text, value: Text): Status {
  return <Status>proxy_set_property(path.start, path.length, value.start, value.length);
}

/** The whole number that a property is; `otherwise` if the host does not tell one. */
export function integerProperty(path: Text, otherwise: i64): i64 {
  return readProperty(path) == Status.OK && propertyLength == 8 ? load<i64>(propertyStart) : otherwise;
}
