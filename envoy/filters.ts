import { Missing } from "../tools/envoy-binary.ts";
import { AUTHZ } from "./authz.ts";
import type { Demonstration } from "./demonstration.ts";
import { FAULT_INJECTION } from "./fault-injection.ts";
import { HEADER_ROUTING } from "./header-routing.ts";
import { TRACE_PROPAGATION } from "./trace-propagation.ts";

const ALL: readonly Demonstration[] = [HEADER_ROUTING, AUTHZ, FAULT_INJECTION, TRACE_PROPAGATION];

/** The filter to show: the one that `FILTER` names, else header-routing. Throws `Missing` where it names none. */
export function demonstration(): Demonstration {
  const wanted = process.env.FILTER || HEADER_ROUTING.filter;
  const found = ALL.find(({ filter }) => filter === wanted);
  if (found === undefined) {
    throw new Missing(`FILTER is ${wanted}, which is none of ${ALL.map(({ filter }) => filter).join(", ")}.`);
  }
  return found;
}
