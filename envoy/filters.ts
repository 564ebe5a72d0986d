import { Missing } from "../tools/envoy-binary.ts";
import { AUTHZ } from "./authz.ts";
import { CIRCUIT_BREAKING } from "./circuit-breaking.ts";
import type { Demonstration } from "./demonstration.ts";
import { FAULT_INJECTION } from "./fault-injection.ts";
import { HEADER_ROUTING } from "./header-routing.ts";
import { SIGNALBOX } from "./signalbox.ts";
import { TRACE_PROPAGATION } from "./trace-propagation.ts";

const ALL: readonly Demonstration[] = [
  SIGNALBOX,
  HEADER_ROUTING,
  AUTHZ,
  FAULT_INJECTION,
  TRACE_PROPAGATION,
  CIRCUIT_BREAKING,
];

/** What to show: the filter that `FILTER` names, else all of them in signalbox. Throws `Missing` where it names none. */
export function demonstration(): Demonstration {
  const wanted = process.env.FILTER || SIGNALBOX.filter;
  const found = ALL.find(({ filter }) => filter === wanted);
  if (found === undefined) {
    throw new Missing(`FILTER is ${wanted}, which is none of ${ALL.map(({ filter }) => filter).join(", ")}.`);
  }
  return found;
}
