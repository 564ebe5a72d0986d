import { celEnv, parse, plan } from "@bufbuild/cel";
import { Status, fromUtf8, type Emulator } from "../../emulator/index.ts";

/**
 * Adds to an emulator the part of Envoy's foreign functions that a configuration needs: `expr_create` takes what is CEL by
 * its grammar. Evaluating is left to Envoy, whose attributes an expression is about, so `expr_evaluate` gives the
 * failure that an expression gives which cannot be evaluated.
 */
export function addExpressions(emulator: Emulator): void {
  let created = 0;
  const environment = celEnv();
  emulator.foreignFunctions.set("expr_create", (text) => {
    try {
      plan(environment, parse(fromUtf8(text)));
    } catch {
      return Status.BadArgument;
    }
    const number = ++created;
    return String.fromCharCode(number & 0xff, (number >> 8) & 0xff, (number >> 16) & 0xff, number >>> 24);
  });
  emulator.foreignFunctions.set("expr_evaluate", () => Status.BadArgument);
}
