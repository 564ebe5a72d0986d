import { MetricType, defineCounter, defineMetric } from "../../assembly/host/metrics";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";

/** The metrics of the filter as a whole, of which those that Envoy's fault filter has too are named as there. */
@unmanaged
export class Counters {
  delaysInjected: u32;
  abortsInjected: u32;
  /** Faults that `maxActiveFaults` kept from happening. */
  overflow: u32;
  /** Faults that `budget` kept from happening. */
  overBudget: u32;
  /** Faults that were drawn for a request that is exempt. */
  exempted: u32;
  /** A gauge: the streams that a fault befell and that have not ended, in the whole process. */
  active: u32;

  define(): void {
    this.delaysInjected = defineCounter(utf8("fault_injection.delays_injected"));
    this.abortsInjected = defineCounter(utf8("fault_injection.aborts_injected"));
    this.overflow = defineCounter(utf8("fault_injection.faults_overflow"));
    this.overBudget = defineCounter(utf8("fault_injection.faults_over_budget"));
    this.exempted = defineCounter(utf8("fault_injection.faults_exempted"));
    this.active = defineMetric(MetricType.GAUGE, utf8("fault_injection.active_faults"));
  }
}

/** The counters of one entry. */
@unmanaged
export class RouteCounters {
  delaysInjected: u32;
  abortsInjected: u32;

  static open(region: Region): RouteCounters {
    return changetype<RouteCounters>(region.take(offsetof<RouteCounters>()));
  }

  /** `scratch` holds the names until they are defined. */
  define(scratch: Region, name: Text): void {
    this.delaysInjected = routeCounter(scratch, name, utf8(".delays_injected"));
    this.abortsInjected = routeCounter(scratch, name, utf8(".aborts_injected"));
  }
}

function routeCounter(scratch: Region, name: Text, what: Text): u32 {
  return defineCounter(Text.joined(scratch, utf8("fault_injection.route."), name, what));
}
