/** CEL in a test's stead: Envoy's `expr_create` and `expr_evaluate` for a few texts whose outcomes are known. */
import { Status, type Emulator } from "../../../../../emulator/index.ts";
import type { Outcome } from "./evaluate.ts";
import type { Request } from "./request.ts";

const INT_ONE = "\x01\0\0\0\0\0\0\0";

/** What one of the texts comes to for a request. */
export function outcomeOf(expression: string, request: Request): Outcome {
  if (expression === "true") return true;
  if (expression === "false") return false;
  if (expression !== "request.method == 'GET'") return "error";
  const method = request.headers.find(([name]) => name === ":method")?.[1];
  // A header that is not there is no value that could be compared.
  return method === undefined ? "error" : method === "GET";
}

/** Has the emulator compile and evaluate them (Envoy `source/extensions/common/wasm/foreign.cc`). */
export function addExpressions(emulator: Emulator): void {
  const known: string[] = [];
  emulator.foreignFunctions.set("expr_create", (text) => {
    if (text.includes("(")) return Status.BadExpression;
    known.push(text);
    return String.fromCharCode(known.length, 0, 0, 0);
  });
  emulator.foreignFunctions.set("expr_evaluate", (token, context) => {
    const text = known[token.charCodeAt(0) - 1];
    const byte = (value: boolean): string => (value ? "\x01" : "\0");
    if (text === "true" || text === "false") return byte(text === "true");
    if (text === "1") return INT_ONE;
    if (text !== "request.method == 'GET'") return Status.InternalFailure;
    const method = context.property(["request", "method"]);
    return typeof method === "string" ? byte(method === "GET") : Status.InternalFailure;
  });
}
