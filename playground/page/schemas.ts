import { strFromU8, strToU8, unzlibSync } from "fflate";
import type { Request } from "../../cli/decision/request.ts";
import { imageName } from "../../cli/input/image-name.ts";
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
  const url = /\burl:[ \t]*["']?([^\s"']+)/.exec(document)?.[1];
  const named = imageName(url);
  const name = named in unpacked ? named : filter;
  const kind = /^kind:[ \t]*["']?(\w+)/m.exec(document)?.[1];
  const schema = unpacked[name];
  if (kind === "WasmPlugin") return schema;
  return kind === undefined && schema !== undefined
    ? { ...schema, then: { $ref: `#/definitions/${name}` } }
    : undefined;
}

/** The fields of a request: one for each of `signalbox explain --request`, which the type sees to. */
const REQUEST_FIELDS: Readonly<Record<keyof Request, Schema>> = {
  method: { description: "GET if absent", enum: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] },
  path: { description: "with its query; / if absent" },
  host: { description: "the header Host, or :authority" },
  scheme: { description: "http if absent", enum: ["http", "https"] },
  headers: { description: "names with values; a list is a repeated header" },
  principal: { description: "the caller's SPIFFE ID; without one the request comes over plaintext" },
  claims: { description: "claims of a verified token" },
  direction: { description: "which listener it comes to", enum: ["INBOUND", "OUTBOUND"] },
  remoteIp: { description: "the client's address, after x-forwarded-for" },
  port: { description: "the port that the connection was made to" },
  sni: { description: "the server name that TLS asked for" },
  at: { description: "the time, RFC 3339; now if absent" },
};

export const REQUEST: Schema = { properties: REQUEST_FIELDS };
