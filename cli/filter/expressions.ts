import { celEnv, celUint, isCelError, parse, plan, type CelInput } from "@bufbuild/cel";
import { create } from "@bufbuild/protobuf";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import { Status, fromUtf8, type ByteString, type Context, type Emulator } from "../../emulator/index.ts";
import { ATTRIBUTES } from "./cel/attributes.ts";
import { checkCel } from "./cel/check.ts";
import { shown } from "./cel/finding.ts";
import { plainCel } from "./cel/plain.ts";
import type { CelType } from "./cel/types.ts";

/** What evaluates one expression: true, false, or an error. */
type Evaluate = (attributes: Record<string, CelInput>) => unknown;

/** What was found out about the expressions that a filter had compiled. */
export interface Expressions {
  /** For each that was not compiled, in order, what is wrong with it. */
  readonly refused: string[][];
  /** What is odd about those that were, by their text. */
  readonly warnings: Map<string, string[]>;
  /** Those that could not be evaluated, each once for each reason: Envoy's `expr_evaluate` then fails. */
  readonly unevaluated: Unevaluated[];
}

/** An expression that could not be evaluated for a request, and why. */
export interface Unevaluated {
  readonly expression: string;
  readonly reason: string;
}

/**
 * Adds to an emulator Envoy's foreign functions for CEL (source/extensions/common/wasm/foreign.cc): `expr_create` and
 * `expr_evaluate`.
 *
 * `expr_create` also refuses what Envoy compiles and can never evaluate (`checkCel`), as that would let nothing through and say
 * nothing. Evaluated is by another implementation than Envoy's, over the attributes that the emulator knows.
 */
export function addExpressions(emulator: Emulator): Expressions {
  const created: { text: string; evaluate: Evaluate }[] = [];
  const found: Expressions = { refused: [], warnings: new Map(), unevaluated: [] };
  emulator.foreignFunctions.set("expr_create", (bytes) => {
    const text = fromUtf8(bytes);
    const findings = checkCel(text);
    const told = (warns: boolean): string[] =>
      findings.filter(({ kind }) => (kind === "warning") === warns).map((finding) => shown(text, finding));
    if (told(false).length > 0) {
      found.refused.push(told(false));
      return Status.BadArgument;
    }
    if (findings.length > 0) found.warnings.set(text, told(true));
    const number = created.push({ text, evaluate: planned(text) }) - 1;
    return String.fromCharCode(number & 0xff, (number >> 8) & 0xff, (number >> 16) & 0xff, number >>> 24);
  });
  emulator.foreignFunctions.set("expr_evaluate", (number, context) => {
    const expression = created[Number(littleEndian(number))];
    if (expression === undefined) return Status.NotFound;
    const outcome = expression.evaluate(attributesOf(context, emulator.clock.realtime));
    if (typeof outcome === "boolean") return outcome ? "\x01" : "\0";
    const reason = isCelError(outcome) ? outcome.message : reasonOf(outcome);
    const known = found.unevaluated.some((one) => one.expression === expression.text && one.reason === reason);
    if (!known) found.unevaluated.push({ expression: expression.text, reason });
    return Status.InternalFailure;
  });
  return found;
}

function planned(text: string): Evaluate {
  try {
    return plan(celEnv(), parse(plainCel(text))) as Evaluate;
  } catch {
    return () => undefined;
  }
}

function reasonOf(outcome: unknown): string {
  return outcome === undefined ? "this command cannot, though Envoy may" : "it is neither true nor false";
}

/** The values of the attributes that there are, in the types that CEL has for them. */
function attributesOf(context: Context, now: bigint): Record<string, CelInput> {
  const groups: Record<string, Record<string, CelInput>> = {
    request: {
      headers: headersOf(context),
      time: create(TimestampSchema, { seconds: now / 1_000_000_000n, nanos: Number(now % 1_000_000_000n) }),
    },
  };
  for (const [group, type] of Object.entries(ATTRIBUTES)) {
    if (type.kind !== "group") continue;
    for (const [name, { kind }] of Object.entries(type.fields)) {
      const bytes = context.property([group, name]);
      const value = typeof bytes === "string" ? valueOf(kind, bytes) : undefined;
      if (value !== undefined) groups[group] = { ...groups[group], [name]: value };
    }
  }
  return groups as Record<string, CelInput>;
}

/** A value as Envoy hands it to a module; undefined where that does not show it whole. */
function valueOf(kind: CelType["kind"], bytes: ByteString): CelInput | undefined {
  if (kind === "string") return fromUtf8(bytes);
  if (kind === "bool") return bytes === "\x01";
  if (kind === "int") return BigInt.asIntN(64, littleEndian(bytes));
  return kind === "uint" ? celUint(littleEndian(bytes)) : undefined;
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
