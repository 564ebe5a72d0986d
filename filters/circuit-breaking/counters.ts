import { MetricType, defineCounter, defineMetric } from "../../assembly/host/metrics";
import { Text, utf8 } from "../../assembly/text/text";
import { Region } from "../../assembly/memory/region";
import { Writer } from "../../assembly/text/writer";

/** The counters of the filter as a whole. */
@unmanaged
export class Counters {
  opened: u32;
  closed: u32;
  halfOpened: u32;
  rejected: u32;
  /** What `METRICS_ONLY` let pass. */
  wouldReject: u32;
  probes: u32;
  /** Requests that went on, and results that did not count, because the host did not do its part. */
  errors: u32;
  /** Failures of keys that there was no circuit left for. */
  keysOverflow: u32;

  define(): void {
    this.opened = defineCounter(utf8("circuit_breaking.opened"));
    this.closed = defineCounter(utf8("circuit_breaking.closed"));
    this.halfOpened = defineCounter(utf8("circuit_breaking.half_opened"));
    this.rejected = defineCounter(utf8("circuit_breaking.rejected"));
    this.wouldReject = defineCounter(utf8("circuit_breaking.would_reject"));
    this.probes = defineCounter(utf8("circuit_breaking.probes"));
    this.errors = defineCounter(utf8("circuit_breaking.errors"));
    this.keysOverflow = defineCounter(utf8("circuit_breaking.keys_overflow"));
  }
}

/** Defines the metrics of one circuit: `circuit_breaking.circuit.<plugin>.<circuit>.<what>`. */
@unmanaged
export class CircuitMetrics {
  private writer: Writer;
  private prefix: u32;
  private scratch: Region;

  /** `name` is the plugin's and the circuit's, with a dot between; `scratch` holds the names until they are defined. */
  static open(name: Text, scratch: Region): CircuitMetrics {
    const metrics = changetype<CircuitMetrics>(scratch.take(offsetof<CircuitMetrics>()));
    const writer = Writer.open();
    writer.text(utf8("circuit_breaking.circuit."));
    writer.text(name);
    writer.byte(0x2e);
    metrics.writer = writer;
    metrics.prefix = writer.length;
    metrics.scratch = scratch;
    return metrics;
  }

  counter(what: Text): u32 {
    return defineCounter(this.named(what));
  }

  gauge(what: Text): u32 {
    return defineMetric(MetricType.GAUGE, this.named(what));
  }

  close(): void {
    this.writer.close();
  }

  private named(what: Text): Text {
    const writer = this.writer;
    writer.length = this.prefix;
    writer.text(what);
    return Text.copy(this.scratch, writer.start, writer.length);
  }
}
