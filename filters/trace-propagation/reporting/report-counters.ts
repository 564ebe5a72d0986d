import { defineCounter } from "../../../assembly/host/metrics";
import { utf8 } from "../../../assembly/text/text";

/** What became of spans and of the requests that carry them. Each recorded span is sent or dropped, once it no longer waits. */
@unmanaged
export class ReportCounters {
  recorded: u32;
  sent: u32;
  /** No room in the queue; the cluster is unknown; the collector refused them; it took them at no attempt. */
  queueFull: u32;
  noCluster: u32;
  rejected: u32;
  gaveUp: u32;
  /** Requests to the collector that it took; those that are repeated; those that came to nothing. */
  exportsSent: u32;
  exportsRetried: u32;
  exportsFailed: u32;

  define(): void {
    this.recorded = defineCounter(utf8("trace_propagation.spans.recorded"));
    this.sent = defineCounter(utf8("trace_propagation.spans.sent"));
    this.queueFull = defineCounter(utf8("trace_propagation.spans.dropped.queue_full"));
    this.noCluster = defineCounter(utf8("trace_propagation.spans.dropped.no_cluster"));
    this.rejected = defineCounter(utf8("trace_propagation.spans.dropped.rejected"));
    this.gaveUp = defineCounter(utf8("trace_propagation.spans.dropped.gave_up"));
    this.exportsSent = defineCounter(utf8("trace_propagation.exports.sent"));
    this.exportsRetried = defineCounter(utf8("trace_propagation.exports.retried"));
    this.exportsFailed = defineCounter(utf8("trace_propagation.exports.failed"));
  }
}
