import { parseDocument } from "yaml";
import { Failure } from "../failure.ts";
import { isObject, type Json } from "../input/resource.ts";
import { inPlainWords } from "../input/yaml-error.ts";
import { suggestion } from "../schema/problem.ts";

/** One request, as a user writes it. Every field has a default. */
export interface Request {
  /** GET if absent. */
  readonly method?: string;
  /** With its query; `/` if absent. Normalized as Envoy does. */
  readonly path?: string;
  /** `:authority`; `localhost` if absent, and there is no header `Host`. */
  readonly host?: string;
  /** http */
  readonly scheme?: string;
  /** A list is a header that is repeated. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** The caller that its certificate names, with or without `spiffe://`; without one the request comes over plaintext. */
  readonly principal?: string;
  /** Claims of a token that jwt_authn verified. */
  readonly claims?: Json;
  /** Which listener it comes to: INBOUND, OUTBOUND; if absent, the one that the plugin's `match` is for. */
  readonly direction?: string;
  /** The client's address, after `x-forwarded-for`. */
  readonly remoteIp?: string;
  /** The port that the connection was made to; if absent, that of the host, else 80, or 443 with https. */
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
  refuseMalformed(value, where);
  return value as Request;
}

/** The name of a header (RFC 9110, 5.1). */
const TOKEN = /^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/;

/** @throws Failure for what Envoy answers 400 to before any filter is asked, and for what is said twice */
function refuseMalformed({ path = "/", host, headers = {} }: Request, where: string): void {
  if (/[^\x21-\x7e]|#|%00/.test(path)) {
    const encoded = encodeURI(path).replaceAll("#", "%23");
    const hint = path.includes("%00") ? "" : `; write ${encoded}`;
    throw new Failure(`${where}.path: Envoy answers 400 to ${JSON.stringify(path)}${hint}`);
  }
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(":"))
      throw new Failure(`${where}.headers: ${name} is no header: write method, scheme, host or path`);
    if (!TOKEN.test(name)) throw new Failure(`${where}.headers: ${JSON.stringify(name)} is not the name of a header`);
    if ([value].flat().some((one) => /[\0\r\n]/.test(one))) {
      throw new Failure(`${where}.headers.${name}: a value has no line breaks and no NUL`);
    }
    if (name.toLowerCase() === "host" && host !== undefined) {
      throw new Failure(`${where}: host and the header ${name} both say the host: give one`);
    }
  }
}

/**
 * A request in YAML or JSON.
 *
 * @param where what to call it in messages
 * @throws Failure where it is neither, or no request
 */
export function parseRequest(text: string, where = "--request"): Request {
  return requestOf(parseYaml(text, where) ?? {}, where);
}

/**
 * A value in YAML or JSON.
 *
 * @param where what to call it in messages
 * @throws Failure where it is neither
 */
export function parseYaml(text: string, where: string): unknown {
  let fault: string;
  try {
    const document = parseDocument(text, { prettyErrors: false });
    const [error] = document.errors;
    if (error === undefined) return document.toJS() as unknown;
    fault = inPlainWords(error, text);
  } catch (error) {
    fault = (error as Error).message;
  }
  throw new Failure(`${where}: not YAML: ${fault}`);
}
