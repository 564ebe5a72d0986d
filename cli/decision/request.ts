import { parse } from "yaml";
import { struct, utf8, type Headers, type PropertyValue, type StreamOptions } from "../../emulator/index.ts";
import { Failure } from "../failure.ts";
import { isObject, type Json } from "../input/resource.ts";
import { suggestion } from "../schema/problem.ts";

/** One request, as a user writes it. Every field has a default. */
export interface Request {
  /** GET */
  readonly method?: string;
  /** `/` */
  readonly path?: string;
  /** `:authority`; `localhost` */
  readonly host?: string;
  /** http */
  readonly scheme?: string;
  /** A list is a header that is repeated. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** The caller that its certificate names, with or without `spiffe://`; without one the request comes over plaintext. */
  readonly principal?: string;
  /** Claims of a token that jwt_authn verified. */
  readonly claims?: Json;
  /** Which listener it comes to: INBOUND, OUTBOUND; a gateway's where absent. */
  readonly direction?: string;
  /** The client's address, after `x-forwarded-for`. */
  readonly remoteIp?: string;
  /** The port that the connection was made to. */
  readonly port?: number;
  /** The server name that TLS asked for. */
  readonly sni?: string;
  /** The time, RFC 3339; now where absent. */
  readonly at?: string;
}

/** How each field is to be written. */
const FIELDS: Readonly<Record<keyof Request, [what: string, fits: (value: unknown) => boolean]>> = {
  method: ["a string", isString],
  path: ["a string that begins with /, or is *", (value) => isString(value) && /^(\/|\*$)/.test(value)],
  host: ["a string", isString],
  scheme: ["http or https", (value) => value === "http" || value === "https"],
  headers: [
    "names with strings, or lists of strings",
    (value) => isObject(value) && Object.values(value).every(isStrings),
  ],
  principal: ["a SPIFFE ID", isString],
  claims: ["an object", isObject],
  direction: ["INBOUND or OUTBOUND", (value) => value === "INBOUND" || value === "OUTBOUND"],
  remoteIp: ["an address", isString],
  port: ["a port", (value) => Number.isInteger(value)],
  sni: ["a string", isString],
  at: ["a time such as 2026-11-25T10:00:00Z", (value) => isString(value) && !Number.isNaN(Date.parse(value))],
};

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isStrings(value: unknown): boolean {
  return isString(value) || (Array.isArray(value) && value.every(isString));
}

/**
 * Checks what a user gave as a request.
 *
 * @param where what to call it in messages
 * @throws Failure where it is none
 */
export function requestOf(value: unknown, where: string): Request {
  if (!isObject(value)) throw new Failure(`${where}: expected an object, such as {method: GET, path: /}`);
  for (const [name, given] of Object.entries(value)) {
    const field = FIELDS[name as keyof Request];
    if (field === undefined)
      throw new Failure(`${where}: unknown field "${name}"${suggestion(name, Object.keys(FIELDS))}`);
    if (!field[1](given)) throw new Failure(`${where}.${name}: expected ${field[0]}, got ${JSON.stringify(given)}`);
  }
  return value as Request;
}

/** A request in YAML or JSON. Throws Failure where it is neither, or no request. */
export function parseRequest(text: string): Request {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new Failure(`--request: not YAML: ${(error as Error).message.split("\n")[0]}`);
  }
  return requestOf(value ?? {}, "--request");
}

/** The request as the emulator takes it. */
export function streamOf(request: Request): StreamOptions {
  const { method = "GET", path = "/", host = "localhost", scheme = "http", headers = {} } = request;
  const bytes = (value: string | string[]) => (Array.isArray(value) ? value.map(utf8) : utf8(value));
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), bytes(value)] as const);
  const pseudo = { ":method": method, ":scheme": scheme, ":authority": utf8(host), ":path": utf8(path) };
  return { requestHeaders: { ...pseudo, ...Object.fromEntries(given) } as Headers, properties: propertiesOf(request) };
}

/** The numbers of envoy.config.core.v3.TrafficDirection. */
const DIRECTIONS: Readonly<Record<string, number>> = { INBOUND: 1, OUTBOUND: 2 };

function propertiesOf(request: Request): Record<string, PropertyValue> {
  const { principal, claims, direction, remoteIp, port, sni } = request;
  const uri = principal?.replace(/^(spiffe:\/\/)?/, "spiffe://");
  const connection = {
    ...(uri !== undefined && { mtls: true, uri_san_peer_certificate: uri }),
    ...(sni !== undefined && { requested_server_name: sni }),
  };
  return {
    ...(Object.keys(connection).length > 0 && { connection }),
    ...(claims !== undefined && {
      metadata: { filter_metadata: { "envoy.filters.http.jwt_authn": struct({ payload: claims as never }) } },
    }),
    ...(direction !== undefined && { xds: { listener_direction: DIRECTIONS[direction] as number } }),
    ...(remoteIp !== undefined && { source: { address: `${remoteIp}:50000` } }),
    ...(port !== undefined && { destination: { port } }),
  };
}
