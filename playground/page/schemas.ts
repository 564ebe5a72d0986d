import { strFromU8, strToU8, unzlibSync } from "fflate";
import { parse } from "yaml";
import type { Schema } from "./offers.ts";

/** Put in by `tools/playground/build.ts`: the schemas of a WasmPlugin of each filter, as zlib's data in base64. */
declare const SCHEMAS: string;

let unpacked: Readonly<Record<string, Schema>> | undefined;

/**
 * The schema of a document: of a WasmPlugin, or of a pluginConfig alone; undefined for other kinds.
 *
 * @param filter the filter, if the document does not name one by its image
 */
export function schemaOf(document: string, filter: string): Schema | undefined {
  unpacked ??= JSON.parse(strFromU8(unzlibSync(strToU8(atob(SCHEMAS), true)))) as Record<string, Schema>;
  const name = Object.keys(unpacked).find((one) => one === imageIn(document)) ?? filter;
  const kind = /^kind:[ \t]*["']?(\w+)/m.exec(document)?.[1];
  const schema = unpacked[name];
  if (kind === "WasmPlugin") return schema;
  return kind === undefined && schema !== undefined
    ? { ...schema, then: { $ref: `#/definitions/${name}` } }
    : undefined;
}

/** `authz` of `url: oci://registry.example.com/signalbox/authz:0.1.0`. */
function imageIn(document: string): string | undefined {
  return /\burl:[ \t]*["']?[^\s"'#]*\/([\w-]+)(?:\.\w+)?(?:[:@][^\s/]*)?$/m.exec(document)?.[1];
}

/** The schema of a request: the fields of `signalbox explain --request`. */
export const REQUEST = parse(`
properties:
  method: { description: GET if absent, enum: [GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS] }
  path: { description: with its query; / if absent }
  host: { description: "the header Host, or :authority" }
  scheme: { description: http if absent, enum: [http, https] }
  headers: { description: names with values; a list is a repeated header }
  principal: { description: "the caller's SPIFFE ID; without one the request comes over plaintext" }
  claims: { description: claims of a verified token }
  direction: { description: which listener it comes to, enum: [INBOUND, OUTBOUND] }
  remoteIp: { description: "the client's address, after x-forwarded-for" }
  port: { description: the port that the connection was made to }
  sni: { description: the server name that TLS asked for }
  at: { description: "the time, RFC 3339; now if absent" }
`) as Schema;
