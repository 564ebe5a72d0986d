import { fromArray, type ByteString } from "./bytes.ts";
import { serializeMetadata } from "./metadata.ts";
import { select, serialize, Struct, type PropertyValue } from "./property-value.ts";
import { Status } from "./status.ts";

/**
 * The properties of a stream as a test gives them: a tree, such as `{connection: {mtls: true}}`, or a function from the
 * segments of a path to bytes, undefined where there is nothing.
 */
export type Properties =
  { readonly [name: string]: PropertyValue } | ((path: readonly string[]) => Uint8Array | ByteString | undefined);

/** Names that are known wherever there is a stream; on their own they have no bytes (Envoy 1.40.0 gives 3). */
const ACTIVATION = new Set([
  "connection",
  "destination",
  "filter_state",
  "request",
  "response",
  "source",
  "upstream",
  "upstream_filter_state",
  "xds",
]);

/** Whether a path names one of Envoy's own attribute groups as a whole. */
export function isGroup(path: readonly string[]): boolean {
  return path.length === 1 && ACTIVATION.has(path[0]!);
}

/** The bytes at a path, or the status that says why there are none. */
export function lookUp(properties: Properties, path: readonly string[]): ByteString | number {
  if (typeof properties === "function") {
    const found = properties(path);
    if (found === undefined) return Status.NotFound;
    return typeof found === "string" ? found : fromArray(found);
  }
  const value = select(properties, path);
  if (value === undefined) return Status.NotFound;
  if (path.length === 1 && path[0] === "metadata" && !(value instanceof Uint8Array)) return serializeMetadata(value);
  if (value instanceof Struct) return serialize(value) ?? Status.SerializationFailure;
  return serialize(value) ?? Status.SerializationFailure;
}
