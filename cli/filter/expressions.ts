import { celEnv, parse, plan, type CelInput } from "@bufbuild/cel";
import { Status, fromUtf8, type ByteString, type Context, type Emulator } from "../../emulator/index.ts";

/** The attributes that expressions find here, by how Envoy writes their values (`emulator/attributes.ts`). */
const TEXTS: readonly (readonly [string, string])[] = [
  ["request", "path"],
  ["request", "url_path"],
  ["request", "query"],
  ["request", "host"],
  ["request", "scheme"],
  ["request", "method"],
  ["request", "referer"],
  ["request", "useragent"],
  ["request", "id"],
  ["source", "address"],
  ["destination", "address"],
  ["connection", "requested_server_name"],
  ["connection", "uri_san_peer_certificate"],
];
const NUMBERS: readonly (readonly [string, string])[] = [
  ["source", "port"],
  ["destination", "port"],
];
const FLAGS: readonly (readonly [string, string])[] = [["connection", "mtls"]];

/** What evaluates one expression: true, false, or an error. */
type Expression = (attributes: Record<string, CelInput>) => unknown;

/**
 * Adds to an emulator Envoy's foreign functions for CEL (source/extensions/common/wasm/foreign.cc): `expr_create` and
 * `expr_evaluate`, by a CEL of its own over the attributes that the emulator knows. An expression about others cannot be
 * evaluated, as natively where there is nothing of that name.
 */
export function addExpressions(emulator: Emulator): void {
  const created: Expression[] = [];
  const environment = celEnv();
  emulator.foreignFunctions.set("expr_create", (text) => {
    try {
      created.push(plan(environment, parse(fromUtf8(text))) as Expression);
    } catch {
      return Status.BadArgument;
    }
    const number = created.length - 1;
    return String.fromCharCode(number & 0xff, (number >> 8) & 0xff, (number >> 16) & 0xff, number >>> 24);
  });
  emulator.foreignFunctions.set("expr_evaluate", (number, context) => {
    const outcome = created[Number(littleEndian(number))]?.(attributesOf(context));
    if (outcome === true) return "\x01";
    return outcome === false ? "\0" : Status.BadArgument;
  });
}

function attributesOf(context: Context): Record<string, CelInput> {
  const groups: Record<string, Record<string, CelInput>> = { request: { headers: headersOf(context) } };
  const add = (names: typeof TEXTS, read: (bytes: ByteString) => CelInput): void => {
    for (const [group, name] of names) {
      const bytes = context.property([group, name]);
      if (typeof bytes === "string") groups[group] = { ...groups[group], [name]: read(bytes) };
    }
  };
  add(TEXTS, fromUtf8);
  add(NUMBERS, littleEndian);
  add(FLAGS, (bytes) => bytes === "\x01");
  return groups as Record<string, CelInput>;
}

/** The values of a repeated header are one, as Envoy joins them. */
function headersOf(context: Context): Record<string, string> {
  const REQUEST_HEADERS = 0;
  const all: Record<string, string> = {};
  for (const [name, value] of context.readableHeaders(REQUEST_HEADERS)?.pairs ?? []) {
    const text = fromUtf8(value);
    all[name] = all[name] === undefined ? text : `${all[name]},${text}`;
  }
  return all;
}

function littleEndian(bytes: ByteString): bigint {
  return [...bytes].reduceRight((number, byte) => (number << 8n) | BigInt(byte.charCodeAt(0)), 0n);
}
