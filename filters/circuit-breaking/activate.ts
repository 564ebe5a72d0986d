import { countsMetrics } from "../../assembly/host/metrics";
import { LogLevel, log } from "../../assembly/host/log";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { Mode } from "./breaker";
import { CircuitMetrics } from "./counters";
import { Guard } from "./guard";
import { Keys, shareKeys } from "./keys";
import { makeCircuit, shareCircuit, vacantCircuit } from "./make";
import { Plan } from "./plan";

/**
 * Writes to the host what belongs to a configuration that was accepted: its metrics, and the records that its circuits share. If the host
 * does not do its part nothing opens, which a warning says.
 */
export function activate(plan: Plan): void {
  plan.counters.define();
  let shared = true;
  let guard = plan.guards.first;
  while (guard != null) {
    if (!activateGuard(plan, guard)) shared = false;
    guard = guard.next;
  }
  if (!shared) {
    log(LogLevel.WARN, utf8("circuit-breaking: no circuit opens: Envoy takes no shared data from this plugin"));
  }
  if (!countsMetrics(utf8("circuit_breaking.self_test"))) {
    log(
      LogLevel.WARN,
      utf8(
        "circuit-breaking: no circuit opens: Envoy does not count this plugin's metrics; a stats_matcher must not leave out wasmcustom.circuit_breaking",
      ),
    );
  }
}

function activateGuard(plan: Plan, guard: Guard): bool {
  const breaker = guard.breaker;
  const scratch = Region.open();
  const name = circuitName(plan, breaker.name, scratch);
  const metrics = CircuitMetrics.open(name, scratch);
  breaker.rejected = metrics.counter(utf8("rejected"));
  let shared = true;
  if (breaker.mode <= Mode.METRICS_ONLY) {
    breaker.opened = metrics.counter(utf8("opened"));
    const keys = guard.keys;
    if (keys == null) {
      const circuit = makeCircuit(breaker, name, 0);
      guard.circuit = circuit;
      shared = shareCircuit(circuit);
    } else {
      shared = activateKeys(keys, name, metrics);
    }
  }
  metrics.close();
  scratch.close();
  return shared;
}

function activateKeys(keys: Keys, name: Text, metrics: CircuitMetrics): bool {
  keys.name = Text.copy(keys.breaker.region, name.start, name.length);
  keys.assignments = metrics.counter(utf8("assignments"));
  keys.vacant = vacantCircuit(keys.breaker);
  return shareKeys(keys);
}

/** `<plugin>.<circuit>`: metrics and shared data are the process's. */
function circuitName(plan: Plan, circuit: Text, scratch: Region): Text {
  return Text.joined(scratch, plan.plugin, utf8("."), circuit);
}
