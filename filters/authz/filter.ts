import { Outcome } from "../../assembly/plugin/outcome";
import { utf8 } from "../../assembly/text/text";
import { count } from "./count";
import { decide } from "./decide";
import { deny, denyWith } from "./deny";
import { Plan } from "./plan";

export { activate } from "./activate";
export { readPlan as read } from "./read-plan";

/** Without a configuration every request is refused: nobody can say what was to be guarded. */
export function unconfigured(): Outcome {
  return denyWith(utf8("authz_not_configured"));
}

/** Allows or refuses the request, counts and logs the verdict, or answers with it if the sender may ask for it. */
export function onRequestHeaders(plan: Plan): Outcome {
  const verdict = decide(plan);
  const explain = plan.explain;
  if (explain != null && explain.isAsked()) return explain.answer(verdict);
  count(plan, verdict);
  const log = plan.log;
  if (log != null) log.record(verdict, plan.counters.unlogged);
  return verdict.allowed ? Outcome.CONTINUE : deny(verdict);
}
