import { defineCounter } from "../../../assembly/host/metrics";
import { Region } from "../../../assembly/memory/region";
import { Text, utf8 } from "../../../assembly/text/text";

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
  /** Requests that `keep` would have reported, but for a limit of it. */
  keptLimited: u32;
  /** Requests to the collector that it took; those that are repeated; those that came to nothing. */
  exportsSent: u32;
  exportsRetried: u32;
  exportsFailed: u32;

  define(): void {
    const scratch = Region.open();
    this.recorded = counter(scratch, utf8("spans.recorded"));
    this.sent = counter(scratch, utf8("spans.sent"));
    this.queueFull = counter(scratch, utf8("spans.dropped.queue_full"));
    this.noCluster = counter(scratch, utf8("spans.dropped.no_cluster"));
    this.rejected = counter(scratch, utf8("spans.dropped.rejected"));
    this.gaveUp = counter(scratch, utf8("spans.dropped.gave_up"));
    this.keptLimited = counter(scratch, utf8("spans.kept_limited"));
    this.exportsSent = counter(scratch, utf8("exports.sent"));
    this.exportsRetried = counter(scratch, utf8("exports.retried"));
    this.exportsFailed = counter(scratch, utf8("exports.failed"));
    scratch.close();
  }
}

function counter(scratch: Region, name: Text): u32 {
  return defineCounter(Text.joined(scratch, utf8("trace_propagation."), name, utf8("")));
}
