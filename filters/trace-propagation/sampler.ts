import { LogLevel, log } from "../../assembly/host/log";
import { countsMetrics } from "../../assembly/host/metrics";
import { OrderedIndex, Rule } from "../../assembly/match/ordered-index";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { TraceContext } from "./context";
import { OtMember } from "./ot-member";
import { randomnessOf } from "./sampling";
import { Strategy } from "./strategy";

/** How often a trace that begins here is recorded: by the strategy of the first rule that matches, else by that of no rule. */
@unmanaged
export class Sampler {
  /** Whose outcome is a `Strategy`. */
  rules: OrderedIndex;
  /** If no rule matches. */
  otherwise: Strategy;
  /** The strategies that have metrics. */
  counting: Strategy | null;
  /** The plugin's name, which is part of the names of metrics; null if there are none. */
  plugin: Text | null;

  /** Defines the metrics of a configuration that was accepted: `trace_propagation.sampling.<plugin>.<rule>.<what>`. */
  define(): void {
    const plugin = this.plugin;
    if (plugin == null) return;
    const counted = countsMetrics(utf8("trace_propagation.self_test"));
    if (!counted) {
      log(
        LogLevel.WARN,
        utf8(
          "trace-propagation: rateLimiting samples nothing: Envoy does not count this plugin's metrics; a stats_matcher must not leave out wasmcustom.trace_propagation",
        ),
      );
    }
    const scratch = Region.open();
    const ofPlugin = Text.joined(scratch, utf8("trace_propagation.sampling."), plugin, utf8("."));
    let strategy = this.counting;
    while (strategy != null) {
      strategy.define(Text.joined(scratch, ofPlugin, strategy.name, utf8(".")), counted, scratch);
      strategy = strategy.next;
    }
    scratch.close();
  }

  /** Decides for the current request's trace; gives what `Strategy.decide` gives. */
  decide(context: TraceContext, ot: OtMember): u64 {
    const rule = this.rules.first();
    const strategy = rule == null ? this.otherwise : changetype<Strategy>((<Rule>rule).outcome);
    return strategy.decide(context, randomnessOf(context.traceLow, ot));
  }
}
