import { keepLength, keepMap } from "./snapshot.ts";
import { Status } from "./status.ts";

const TYPES = ["counter", "gauge", "histogram"] as const;
export type MetricType = (typeof TYPES)[number];

/** The low bits of a metric's id are its type (proxy-wasm-cpp-host wasm.h, `kMetricTypeMask`). */
const TYPE_MASK = 3;
const ID_STEP = 4;

/**
 * The custom statistics of a process: one value for each name and type, whatever defined it, without the prefix
 * `wasmcustom.` that Envoy gives them.
 */
export class Metrics {
  readonly counters = new Map<string, bigint>();
  readonly gauges = new Map<string, bigint>();
  /** Every value recorded, in order. */
  readonly histograms = new Map<string, bigint[]>();

  /** Where the emulated process would hold the value of a name. */
  of(type: "counter" | "gauge"): Map<string, bigint> {
    return type === "counter" ? this.counters : this.gauges;
  }

  snapshot(): () => void {
    const kept = [keepMap(this.counters), keepMap(this.gauges), keepMap(this.histograms)];
    const lengths = [...this.histograms.values()].map(keepLength);
    return () => [...kept, ...lengths].forEach((restore) => restore());
  }
}

interface Definition {
  type: MetricType;
  name: string;
}

/**
 * The metric ids of one VM (Envoy context.cc `defineMetric` and those after it). Each definition gives a new id, also of
 * a name that has one.
 */
export class MetricIds {
  private readonly defined = new Map<number, Definition>();
  private readonly last = [0, 1, 2];

  constructor(private readonly metrics: Metrics) {}

  /** The new id, or undefined for a type that there is not. */
  define(type: number, name: string): number | undefined {
    const typeName = TYPES[type];
    if (typeName === undefined) return undefined;
    const id = (this.last[type]! += ID_STEP);
    this.defined.set(id, { type: typeName, name });
    if (typeName === "histogram") {
      if (!this.metrics.histograms.has(name)) this.metrics.histograms.set(name, []);
    } else {
      const values = this.metrics.of(typeName);
      if (!values.has(name)) values.set(name, 0n);
    }
    return id;
  }

  increment(id: number, offset: bigint): number {
    if ((id & TYPE_MASK) > 1) return Status.BadArgument;
    const metric = this.defined.get(id);
    if (metric === undefined) return Status.NotFound;
    if (metric.type === "counter" && offset <= 0n) return Status.BadArgument;
    this.add(metric, offset);
    return Status.Ok;
  }

  record(id: number, value: bigint): number {
    const metric = this.defined.get(id);
    if (metric === undefined) return Status.NotFound;
    const unsigned = BigInt.asUintN(64, value);
    if (metric.type === "counter") this.add(metric, unsigned);
    else if (metric.type === "gauge") this.metrics.gauges.set(metric.name, unsigned);
    else this.metrics.histograms.get(metric.name)?.push(unsigned);
    return Status.Ok;
  }

  /** The value, or the status that says why there is none. */
  get(id: number): bigint | number {
    if ((id & TYPE_MASK) > 1) return Status.BadArgument;
    const metric = this.defined.get(id);
    if (metric === undefined || metric.type === "histogram") return Status.NotFound;
    return this.metrics.of(metric.type).get(metric.name) ?? 0n;
  }

  snapshot(): () => void {
    const defined = keepMap(this.defined);
    const last = [...this.last];
    return () => {
      defined();
      last.forEach((id, type) => (this.last[type] = id));
    };
  }

  /** The name of an id, for people. */
  name(id: number): string {
    return this.defined.get(id)?.name ?? `#${id}`;
  }

  private add({ type, name }: Definition, offset: bigint): void {
    if (type === "histogram") return;
    const values = this.metrics.of(type);
    // A gauge wraps below zero: Envoy 1.40.0 shows 18446744073709551615 for 0 less 1.
    values.set(name, BigInt.asUintN(64, (values.get(name) ?? 0n) + offset));
  }
}

/** The name of a metric's type, or its number. */
export function metricTypeName(type: number): string {
  return TYPES[type] ?? String(type);
}
