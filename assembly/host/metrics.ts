import {
  proxy_define_metric,
  proxy_get_metric,
  proxy_increment_metric,
  proxy_record_metric,
} from "@solo-io/proxy-runtime/assembly/imports";
import { Region } from "../memory/region";
import { hashText } from "../text/hash";
import { Text } from "../text/text";
import { Status } from "./status";

/** The kinds (proxy-wasm 0.2.1, `proxy_metric_type_t`). */
export const enum MetricType {
  COUNTER = 0,
  GAUGE = 1,
  HISTOGRAM = 2,
}

/** For `reserveGauge`. */
export const NO_LIMIT: u64 = u64.MAX_VALUE;

/** Stands for a metric that the host did not define; counting on it does nothing. */
export const NO_METRIC: u32 = 0xffffffff;

/** A metric that this VM has defined. */
@unmanaged
class DefinedMetric {
  name: Text;
  type: MetricType;
  id: u32;
  next: DefinedMetric | null;
}

const BUCKETS: u32 = 256;
const buckets: usize = memory.data(1024, 4);
const out: usize = memory.data(8, 8);
let region: Region | null = null;

/**
 * The id of a metric; `NO_METRIC` where the host refuses it.
 *
 * Metrics are one per process and name, and the host gives a new id at every call and keeps it for the VM's life: so each
 * name is defined once per VM, however often a configuration is pushed, and its id is remembered here. Names appear with
 * `wasmcustom.` before them in Envoy's stats.
 */
export function defineMetric(type: MetricType, name: Text): u32 {
  const bucket = buckets + ((hashText(name.start, name.length) % BUCKETS) << 2);
  let known = changetype<DefinedMetric | null>(load<usize>(bucket));
  while (known != null) {
    if (known.type == type && known.name.equals(name)) return known.id;
    known = known.next;
  }
  if (<Status>proxy_define_metric(type, name.start, name.length, out) != Status.OK) return NO_METRIC;
  const id = load<u32>(out);
  remember(bucket, type, name, id);
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

/** Sets a gauge or records a value of a histogram. On a counter the host adds instead: use `incrementMetric` there. */
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

/** The process-wide value of a counter or gauge; 0 where the host does not give it (it gives no histogram's). */
export function metricValue(id: u32): u64 {
  if (id == NO_METRIC || <Status>proxy_get_metric(id, out) != Status.OK) return 0;
  return load<u64>(out);
}

function remember(bucket: usize, type: MetricType, name: Text, id: u32): void {
  let kept = region;
  if (kept == null) {
    kept = Region.open();
    region = kept;
  }
  const metric = changetype<DefinedMetric>(kept.take(offsetof<DefinedMetric>()));
  metric.name = Text.copy(kept, name.start, name.length);
  metric.type = type;
  metric.id = id;
  metric.next = changetype<DefinedMetric | null>(load<usize>(bucket));
  store<usize>(bucket, changetype<usize>(metric));
}
