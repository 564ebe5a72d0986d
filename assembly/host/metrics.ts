import {
  proxy_define_metric,
  proxy_get_metric,
  proxy_increment_metric,
  proxy_record_metric,
} from "@solo-io/proxy-runtime/assembly/imports";
import { Region } from "../memory/region";
import { Text } from "../text/text";
import { TextTable } from "../text/text-table";
import { Status } from "./status";

/** The kinds that are used (proxy-wasm 0.2.1, `proxy_metric_type_t`). */
export const enum MetricType {
  COUNTER = 0,
  GAUGE = 1,
}

/** For `reserveGauge`. */
export const NO_LIMIT: u64 = u64.MAX_VALUE;

/** Stands for a metric that the host did not define; counting on it does nothing. */
export const NO_METRIC: u32 = 0xffffffff;

const out: usize = memory.data(8, 8);
/** The metrics that this VM has defined, by name, a table for each type: the ids plus 1, or `NO_METRIC` if the host refused. */
const defined: usize = memory.data(8, 4);

/**
 * The id of a metric; `NO_METRIC` where the host refuses it.
 *
 * Metrics are one per process and name, and the host gives a new id at every call and keeps it for the VM's life: so each
 * name is defined once per VM, however often a configuration is pushed, and its id is remembered here. Names appear with
 * `wasmcustom.` before them in Envoy's stats.
 */
export function defineMetric(type: MetricType, name: Text): u32 {
  const table = tableOf(type);
  const known = table.entry(name);
  if (known.value != 0 && known.value != NO_METRIC) return known.value - 1;
  if (known.value == 0) known.text = Text.copy(table.region, name.start, name.length);
  known.value = NO_METRIC;
  if (<Status>proxy_define_metric(type, name.start, name.length, out) != Status.OK) return NO_METRIC;
  const id = load<u32>(out);
  known.value = id + 1;
  return id;
}

/** The id of a counter, as `defineMetric` gives it. */
export function defineCounter(name: Text): u32 {
  return defineMetric(MetricType.COUNTER, name);
}

/** Adds to a counter (which takes no negative `by`) or a gauge. */
export function incrementMetric(id: u32, by: i64): void {
  if (id != NO_METRIC) proxy_increment_metric(id, by);
}

/** Sets a gauge. On a counter the host adds instead: use `incrementMetric` there. */
export function recordMetric(id: u32, value: u64): void {
  if (id != NO_METRIC) proxy_record_metric(id, value);
}

/**
 * Takes one of the places that a gauge counts: adds 1 and gives true if the gauge is then within `limit`; else takes that back and
 * gives false, also if the host does not tell the gauge's value. Give the place back with `incrementMetric(id, -1)`.
 *
 * Counting first and looking then never lets more happen than the limit, whatever other workers do meanwhile; looking first may.
 * `NO_LIMIT` only counts.
 */
export function reserveGauge(id: u32, limit: u64): bool {
  incrementMetric(id, 1);
  if (limit == NO_LIMIT) return true;
  const taken = metricValue(id);
  if (taken != 0 && taken <= limit) return true;
  incrementMetric(id, -1);
  return false;
}

/** The process-wide value of a counter or gauge; 0 where the host does not give it. */
export function metricValue(id: u32): u64 {
  if (id == NO_METRIC || <Status>proxy_get_metric(id, out) != Status.OK) return 0;
  return load<u64>(out);
}

/**
 * Whether the process keeps what the plugin's metrics count: a `stats_matcher` that leaves them out lets each call succeed and counts
 * nothing. `selfTest` is the name of a gauge to try it with.
 */
export function countsMetrics(selfTest: Text): bool {
  const gauge = defineMetric(MetricType.GAUGE, selfTest);
  incrementMetric(gauge, 1);
  const counts = metricValue(gauge) != 0;
  incrementMetric(gauge, -1);
  return counts;
}

/** The table of a type of metric; it lives as long as the VM. */
function tableOf(type: MetricType): TextTable {
  const at = defined + <usize>type * sizeof<usize>();
  let table = changetype<TextTable | null>(load<usize>(at));
  if (table == null) {
    table = TextTable.open(Region.open());
    store<usize>(at, changetype<usize>(table));
  }
  return table;
}
