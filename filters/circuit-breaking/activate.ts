import { countsMetrics } from "../../assembly/host/metrics";
import { LogLevel, log } from "../../assembly/host/log";
import { later, laterEach } from "../../assembly/memory/agenda";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { Mode } from "./breaker";
import { CircuitMetrics } from "./counters";
import { Guard } from "./guard";
import { Keys, shareKeys } from "./keys";
import { makeCircuit, shareCircuit, vacantCircuit } from "./make";
import { Plan } from "./plan";
import { Sharing } from "./sharing";

/**
 * Writes to the host what belongs to a configuration that was accepted: its metrics, and the records that its circuits share. If the host
 * does not do its part nothing opens, which a warning says.
 */
export function activate(plan: Plan): void {
  plan.counters.define();
  laterEach<Guard>(plan.guards.first, activateGuard);
  later<Plan>(warnOfHost, plan);
}

/** Says what the host does not do. */
function warnOfHost(plan: Plan): bool {
  if (plan.sharing.refused) {
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
  return true;
}

function activateGuard(guard: Guard): void {
  const breaker = guard.breaker;
  const sharing = guard.sharing;
  const replaced = sharing.standing.replaced;
  const scratch = Region.open();
  const name = circuitName(sharing, breaker.name, scratch);
  const metrics = CircuitMetrics.open(name, scratch);
  breaker.rejected = metrics.counter(utf8("rejected"));
  if (breaker.mode <= Mode.METRICS_ONLY) {
    breaker.opened = metrics.counter(utf8("opened"));
    const keys = guard.keys;
    if (keys == null) {
      const circuit = makeCircuit(breaker, name, 0);
      guard.circuit = circuit;
      if (!shareCircuit(circuit, replaced)) sharing.refused = true;
    } else if (!activateKeys(keys, name, metrics, replaced, scratch)) {
      sharing.refused = true;
    }
  }
  metrics.close();
  scratch.close();
}

function activateKeys(keys: Keys, name: Text, metrics: CircuitMetrics, replaced: bool, scratch: Region): bool {
  keys.name = Text.copy(keys.breaker.region, name.start, name.length);
  keys.assignments = metrics.counter(utf8("assignments"));
  keys.vacant = vacantCircuit(keys.breaker);
  return shareKeys(keys, replaced, scratch);
}

/** `<plugin>.<circuit>`: metrics and shared data are the process's. */
function circuitName(sharing: Sharing, circuit: Text, scratch: Region): Text {
  return Text.joined(scratch, sharing.plugin, utf8("."), circuit);
}
