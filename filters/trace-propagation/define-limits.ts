import { LogLevel, log } from "../../assembly/host/log";
import { countsMetrics } from "../../assembly/host/metrics";
import { later } from "../../assembly/memory/agenda";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { KeepPolicy } from "./reporting/keep";
import { Plan } from "./plan";

/**
 * Defines the metrics of what is limited in a configuration that was accepted: `trace_propagation.sampling.<plugin>.<rule>.<what>`, and
 * `trace_propagation.keep.<plugin>.<policy>.<what>`. Each rule's are defined later (`memory/agenda.ts`), in a step of its own.
 */
export function defineLimits(plan: Plan): void {
  if (plan.plugin == null) return;
  const counted = countsMetrics(utf8("trace_propagation.self_test"));
  if (!counted) {
    log(
      LogLevel.WARN,
      utf8(
        "trace-propagation: rateLimiting and adaptive let nothing through: Envoy does not count this plugin's metrics; a stats_matcher must not leave out wasmcustom.trace_propagation",
      ),
    );
  }
  plan.countsMetrics = counted;
  plan.toDefine = plan.sampler.counting;
  later<Plan>(defineNext, plan);
}

/** Defines the metrics of the next rule that has some; after the last those of `keep`. */
function defineNext(plan: Plan): bool {
  const plugin = plan.plugin;
  const strategy = plan.toDefine;
  if (plugin == null) return true;
  const scratch = Region.open();
  if (strategy == null) {
    defineKeep(plan, Text.joined(scratch, utf8("trace_propagation.keep."), plugin, utf8(".")), scratch);
  } else {
    const prefix = Text.joined(scratch, utf8("trace_propagation.sampling."), plugin, utf8("."));
    strategy.define(Text.joined(scratch, prefix, strategy.name, utf8(".")), plan.countsMetrics, scratch);
    plan.toDefine = strategy.next;
  }
  scratch.close();
  return strategy == null;
}

function defineKeep(plan: Plan, prefix: Text, scratch: Region): void {
  const reporting = plan.reporting;
  let policy: KeepPolicy | null = reporting == null ? null : reporting.keep;
  while (policy != null) {
    policy.define(Text.joined(scratch, prefix, policy.name, utf8(".")), plan.countsMetrics, scratch);
    policy = policy.next;
  }
}
