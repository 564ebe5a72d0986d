import { fromUtf8, type ByteString, type Emulator } from "../../emulator/index.ts";

/**
 * Notes each expression whose evaluation comes to neither true nor false: Envoy's `expr_evaluate` then fails, and the filter
 * decides without it. To be called once the emulator has its functions for expressions.
 *
 * @returns the list to which their texts are added, each once
 */
export function watchExpressions({ foreignFunctions }: Emulator): string[] {
  const create = foreignFunctions.get("expr_create");
  const evaluate = foreignFunctions.get("expr_evaluate");
  const texts = new Map<ByteString, string>();
  const failed: string[] = [];
  if (create === undefined || evaluate === undefined) return failed;
  foreignFunctions.set("expr_create", (text, context) => {
    const token = create(text, context);
    if (typeof token === "string") texts.set(token, fromUtf8(text));
    return token;
  });
  foreignFunctions.set("expr_evaluate", (token, context) => {
    const outcome = evaluate(token, context);
    const text = texts.get(token);
    if (typeof outcome === "number" && text !== undefined && !failed.includes(text)) failed.push(text);
    return outcome;
  });
  return failed;
}
