import { MetricType, defineMetric } from "../../assembly/host/metrics";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";

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

  static define(region: Region): Counters {
    const counters = changetype<Counters>(region.take(offsetof<Counters>()));
    counters.delaysInjected = defineMetric(MetricType.COUNTER, utf8("fault_injection.delays_injected"));
    counters.abortsInjected = defineMetric(MetricType.COUNTER, utf8("fault_injection.aborts_injected"));
    counters.overflow = defineMetric(MetricType.COUNTER, utf8("fault_injection.faults_overflow"));
    counters.overBudget = defineMetric(MetricType.COUNTER, utf8("fault_injection.faults_over_budget"));
    counters.exempted = defineMetric(MetricType.COUNTER, utf8("fault_injection.faults_exempted"));
    counters.active = defineMetric(MetricType.GAUGE, utf8("fault_injection.active_faults"));
    return counters;
  }
}

/** The counters of one entry. */
@unmanaged
export class RouteCounters {
  delaysInjected: u32;
  abortsInjected: u32;

  /** `scratch` holds the names until they are defined. */
  static define(region: Region, scratch: Region, name: Text): RouteCounters {
    const counters = changetype<RouteCounters>(region.take(offsetof<RouteCounters>()));
    counters.delaysInjected = routeCounter(scratch, name, utf8(".delays_injected"));
    counters.abortsInjected = routeCounter(scratch, name, utf8(".aborts_injected"));
    return counters;
  }
}

function routeCounter(scratch: Region, name: Text, what: Text): u32 {
  const writer = Writer.open();
  writer.text(utf8("fault_injection.route."));
  writer.text(name);
  writer.text(what);
  const metric = Text.copy(scratch, writer.start, writer.length);
  writer.close();
  return defineMetric(MetricType.COUNTER, metric);
}
