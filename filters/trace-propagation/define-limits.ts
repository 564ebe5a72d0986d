import { LogLevel, log } from "../../assembly/host/log";
import { countsMetrics } from "../../assembly/host/metrics";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { KeepPolicy } from "./reporting/keep";
import { Plan } from "./plan";

/**
 * Defines the metrics of what is limited in a configuration that was accepted: `trace_propagation.sampling.<plugin>.<rule>.<what>`, and
 * `trace_propagation.keep.<plugin>.<policy>.<what>`.
 */
export function defineLimits(plan: Plan): void {
  const plugin = plan.plugin;
  if (plugin == null) return;
  const counted = countsMetrics(utf8("trace_propagation.self_test"));
  if (!counted) {
    log(
      LogLevel.WARN,
      utf8(
        "trace-propagation: rateLimiting and adaptive let nothing through: Envoy does not count this plugin's metrics; a stats_matcher must not leave out wasmcustom.trace_propagation",
      ),
    );
  }
  const scratch = Region.open();
  const ofSampling = Text.joined(scratch, utf8("trace_propagation.sampling."), plugin, utf8("."));
  let strategy = plan.sampler.counting;
  while (strategy != null) {
    strategy.define(Text.joined(scratch, ofSampling, strategy.name, utf8(".")), counted, scratch);
    strategy = strategy.next;
  }
  const ofKeep = Text.joined(scratch, utf8("trace_propagation.keep."), plugin, utf8("."));
  const reporting = plan.reporting;
  let policy: KeepPolicy | null = reporting == null ? null : reporting.keep;
  while (policy != null) {
    policy.define(Text.joined(scratch, ofKeep, policy.name, utf8(".")), counted, scratch);
    policy = policy.next;
  }
  scratch.close();
}
