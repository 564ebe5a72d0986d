/** Any piece of an Envoy configuration in its JSON form. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A message of an Envoy configuration; a field that is undefined is left out. */
export interface JsonObject {
  readonly [field: string]: Json | undefined;
}

/** A `google.protobuf.Any`: `message` with its full protobuf name. */
export function typed(name: string, message: JsonObject = {}): JsonObject {
  return { "@type": `type.googleapis.com/${name}`, ...message };
}
