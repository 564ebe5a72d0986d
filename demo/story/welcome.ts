import type { Places } from "../demo.ts";
import { PROPAGATE } from "../propagate.ts";
import type { Scene } from "./scene.ts";

/** What to open and to try, once the story is told. */
export function whatToTry(what: Pick<Scene, "gateway" | "traces" | "propagate"> & Places): string {
  const { gateway, traces, tracesOf, page, metrics, propagate, again } = what;
  const others = PROPAGATE.filter((one) => one !== propagate);
  return `
Open:
  ${page}   the report of the traces: timeline, graph of calls, tables
  ${traces}   ${tracesOf}, for signalbox trace
  ${metrics}

Try:
  curl ${gateway}/productpage
  curl -H 'end-user: jason' ${gateway}/productpage   # a fault, for Jason alone
  curl ${gateway}/answer-with/503   # ratings fails from now on; /answer-with/200 mends it
  npx signalbox trace doctor --since 10s ${traces}
  npx signalbox trace report --since 10s ${traces}
  ${others.map((one) => `PROPAGATE=${one} ${again}`).join("\n  ")}

Ctrl-C ends everything.
`;
}
