import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { wasmFilter, type Json } from "../measure/bootstrap.ts";
import { PROJECT } from "../../tools/project.ts";
import { BEGUN, PASSED, PASSES, ROUTES, TRANSLATES } from "./traces.ts";
import type { Skipped, Variant } from "./variant.ts";

const MODULE = resolve(PROJECT, "build/trace-propagation.wasm");
/** Both sides of the join remember together, for longer than any run. */
const JOIN = { group: "bench", lifetime: "24h" };

/** This project's filter in each of its roles; the listener that receives comes before the one whose calls are joined. */
export function tracePropagation(): (Variant | Skipped)[] {
  return [
    ours("pass", "valid traceparent passed on", {}, PASSES),
    ours("b3", "B3 to W3C", { extract: ["b3-single"] }, TRANSLATES),
    ours(
      "root",
      "a new trace, sampled by its id",
      { extract: ["datadog"] },
      { answer: BEGUN, reads: [], routes: ROUTES },
    ),
    ours("participate", "a span id of its own", { participate: true }, { answer: BEGUN, reads: [], routes: ROUTES }),
    // Nothing else is tried of these two: another context under the same key would tear it, and nothing would be joined.
    ours(
      "remember",
      "join, the request that is remembered",
      { direction: "INBOUND", join: JOIN },
      { answer: PASSED, reads: [], routes: ROUTES },
    ),
    ours(
      "recall",
      "join, the call that is joined to it",
      { extract: ["datadog"], direction: "OUTBOUND", join: JOIN },
      { answer: PASSED, reads: [], routes: ROUTES },
    ),
  ];
}

function ours(
  role: string,
  what: string,
  configuration: Json,
  decides: Pick<Variant, "answer" | "reads" | "otherwise" | "routes">,
): Variant | Skipped {
  const name = `trace-propagation-${role}`;
  const title = `trace-propagation, ${what}`;
  if (!existsSync(MODULE)) return { name, title, reason: "build/trace-propagation.wasm is missing: make build" };
  return { name, title, ...decides, filters: [wasmFilter(name, MODULE, configuration)] };
}
