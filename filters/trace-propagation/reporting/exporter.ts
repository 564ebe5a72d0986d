import { finishRoot } from "../../../assembly/host/contexts";
import { callStatus } from "../../../assembly/host/http-call";
import { incrementMetric } from "../../../assembly/host/metrics";
import { Status } from "../../../assembly/host/status";
import { Region } from "../../../assembly/memory/region";
import { CallOut } from "../../../assembly/plugin/call-outs";
import { Timers } from "../../../assembly/plugin/timers";
import { Errand } from "../errand";
import { growingWait } from "../growing-wait";
import { Batch, Batches } from "./batch";
import { Collector } from "./collector";
import { ENVELOPE, otlpSize, putEnvelope, putOtlp } from "./otlp";
import { ReportCounters } from "./report-counters";
import { Span } from "./span";
import { Trouble, Troubles } from "./troubles";
import { Verdict, answeredStatus, readVerdict, refusedSpans, retryAfter } from "./verdict";
import { putList, putZipkin, zipkinSize } from "./zipkin";

/** Milliseconds to wait at most after failures. */
const LONGEST_WAIT: u32 = 30000;
/** A batch that was sent so often is dropped. */
const MAX_ATTEMPTS: u32 = 10;
/** A cluster that Envoy does not know is looked for again after so long. */
const CLUSTER_WAIT: u32 = 30000;
/** A configuration that goes waits so long for the collector's answers: whoever pushes often must not leave many of them. */
const LAST_WAIT: u32 = 2000;

/**
 * The spans of one configuration on one worker on their way to the collector. A span is encoded once, behind those that wait. They are
 * sent when a batch is full, or `scheduledDelay` after the first of them, one request at a time, and sent again only as OTLP allows it. What
 * waits is bounded in count and bytes; requests of the proxy's clients wait for nothing here.
 *
 * It waits at the root's timer as long as spans are there and no request of its is on its way.
 */
@unmanaged
export class Exporter extends Errand {
  collector: Collector;
  counters: ReportCounters;
  /** How many spans wait at most, and go into a batch; and for how many milliseconds. */
  maxQueueSize: u32;
  maxExportBatchSize: u32;
  scheduledDelay: u32;
  private batches: Batches;
  private troubles: Troubles;
  /** Spans that wait or are on their way. */
  private queued: u32;
  /** The batch that takes spans; and those that are to be sent, of which the first may be on its way. */
  private filling: Batch | null;
  private first: Batch | null;
  private last: Batch | null;
  private isOnItsWay: bool;
  /** The collector is left alone until the timer is called. */
  private holdsBack: bool;
  /** The configuration has gone, and its root stays until no span waits. */
  private isLeaving: bool;
  private attempts: u32;
  /** Failures in a row. */
  private failures: u32;

  static open(region: Region, collector: Collector, timers: Timers): Exporter {
    const exporter = changetype<Exporter>(region.take(offsetof<Exporter>()));
    exporter.collector = collector;
    exporter.counters = changetype<ReportCounters>(region.take(offsetof<ReportCounters>()));
    exporter.timers = timers;
    exporter.batches = Batches.open(
      region,
      collector.isZipkin ? 0 : ENVELOPE + collector.who.length + collector.beside.length,
    );
    exporter.troubles = Troubles.open(region, collector.cluster, false);
    return exporter;
  }

  /** Takes a span that is over. It is recorded in any case, and dropped if there is no room. */
  add(span: Span): void {
    const collector = this.collector;
    incrementMetric(this.counters.recorded, 1);
    const size = collector.isZipkin ? zipkinSize(span, collector.who, collector.beside) : otlpSize(span);
    const batch = this.queued < this.maxQueueSize ? this.batchFor(size) : null;
    if (batch == null) {
      incrementMetric(this.counters.queueFull, 1);
      return this.troubles.tell(Trouble.QUEUE_FULL);
    }
    batch.end = collector.isZipkin
      ? putZipkin(batch.end, span, collector.who, collector.beside)
      : putOtlp(batch.end, span);
    batch.count++;
    this.queued++;
    if (batch.count >= this.maxExportBatchSize) this.endBatch();
    this.schedule();
  }

  /** The timer is called: `scheduledDelay` is over, the collector is tried again, or it had its time when the configuration went. */
  due(): void {
    this.holdsBack = false;
    if (this.isLeaving) {
      this.giveUp();
      return this.leave();
    }
    if (this.isOnItsWay) return;
    this.endBatch();
    this.send();
  }

  /**
   * The configuration goes, with all of its streams. What waits is sent at once, each batch once, unless the collector is to be left alone.
   * True if no span waits then; else the root must stay until `finishRoot`, for two seconds at most.
   */
  close(): bool {
    if (this.place != 0) this.timers.remove(this);
    this.isLeaving = true;
    if (this.holdsBack) this.giveUp();
    this.endBatch();
    if (!this.isOnItsWay) this.send();
    if (this.queued > 0 && !this.timers.add(this, LAST_WAIT)) this.giveUp();
    if (this.queued > 0) return false;
    this.timers.stop();
    return true;
  }

  /** The collector has answered, or Envoy says that it has not. */
  answered(headers: u32, bodySize: u32): void {
    const batch = this.first;
    if (batch == null || !this.isOnItsWay) return;
    this.isOnItsWay = false;
    this.settle(batch, headers, bodySize);
    if (this.isLeaving && this.queued == 0) this.leave();
  }

  private settle(batch: Batch, headers: u32, bodySize: u32): void {
    const verdict = readVerdict(headers, bodySize, this.collector.isZipkin);
    if (verdict == Verdict.LATER) {
      this.troubles.tell(answeredStatus == 0 ? Trouble.NO_ANSWER : Trouble.LATER);
      return this.retry(batch, retryAfter);
    }
    this.failures = 0;
    const counters = this.counters;
    if (verdict == Verdict.TAKEN) {
      const refused = <u32>min<u64>(refusedSpans, batch.count);
      incrementMetric(counters.exportsSent, 1);
      incrementMetric(counters.sent, batch.count - refused);
      if (refused > 0) {
        incrementMetric(counters.rejected, refused);
        this.troubles.tell(Trouble.PARTIAL);
      }
    } else {
      incrementMetric(counters.exportsFailed, 1);
      incrementMetric(counters.rejected, batch.count);
      this.troubles.tell(Trouble.REFUSED);
    }
    this.release(batch);
    this.schedule();
  }

  /** A batch with room for so many bytes; null if there is none. */
  private batchFor(size: u32): Batch | null {
    let batch = this.filling;
    if (batch != null && !batch.fits(size)) {
      if (batch.count == 0) return null;
      this.endBatch();
      batch = null;
    }
    if (batch == null) {
      batch = this.batches.take();
      this.filling = batch;
    }
    return batch != null && batch.fits(size) ? batch : null;
  }

  /** The batch that takes spans takes no more. */
  private endBatch(): void {
    const batch = this.filling;
    if (batch == null || batch.count == 0) return;
    this.filling = null;
    const last = this.last;
    if (last == null) this.first = batch;
    else last.next = batch;
    this.last = batch;
  }

  private release(batch: Batch): void {
    this.first = batch.next;
    if (batch.next == null) this.last = null;
    this.queued -= batch.count;
    this.attempts = 0;
    this.batches.give(batch);
  }

  /** Sees that what waits is sent: a full batch at once, others by the timer. */
  private schedule(): void {
    if (this.isOnItsWay || this.holdsBack) return;
    if (this.first != null) return this.send();
    if (this.queued > 0 && this.place == 0) this.timers.add(this, this.scheduledDelay);
  }

  private send(): void {
    const batch = this.first;
    if (batch == null) return;
    if (this.place != 0) this.timers.remove(this);
    const collector = this.collector;
    const start = collector.isZipkin
      ? batch.spans
      : putEnvelope(batch.spans, batch.end, collector.who, collector.beside);
    const end = collector.isZipkin ? putList(batch.spans, batch.end) : batch.end;
    this.attempts++;
    this.isOnItsWay = CallOut.send(
      this.owner,
      this.root,
      changetype<usize>(this),
      collector.cluster,
      collector.headers,
      start,
      <u32>(end - start),
      collector.timeout,
    );
    if (this.isOnItsWay) return;
    if (callStatus != Status.BAD_ARGUMENT) {
      this.troubles.tell(Trouble.NO_HOST);
      return this.retry(batch, 0);
    }
    incrementMetric(this.counters.exportsFailed, 1);
    incrementMetric(this.counters.noCluster, batch.count);
    this.troubles.tell(Trouble.NO_CLUSTER);
    this.release(batch);
    this.holdBack(CLUSTER_WAIT);
  }

  /** Has a batch wait for another attempt, for so many milliseconds or, if that is 0, for longer each time; or drops it. */
  private retry(batch: Batch, milliseconds: u32): void {
    if (this.attempts < MAX_ATTEMPTS && !this.isLeaving) {
      incrementMetric(this.counters.exportsRetried, 1);
    } else {
      incrementMetric(this.counters.exportsFailed, 1);
      incrementMetric(this.counters.gaveUp, batch.count);
      this.release(batch);
    }
    const failures = this.failures++;
    this.holdBack(milliseconds > 0 ? milliseconds : growingWait(failures, LONGEST_WAIT));
  }

  private holdBack(milliseconds: u32): void {
    if (this.isLeaving) this.giveUp();
    else this.holdsBack = this.timers.add(this, milliseconds);
  }

  /** Drops what waits or is on its way. */
  private giveUp(): void {
    incrementMetric(this.counters.gaveUp, this.queued);
    this.queued = 0;
    this.isOnItsWay = false;
    this.filling = null;
    this.first = null;
  }

  /** Lets the root go. */
  private leave(): void {
    this.timers.stop();
    finishRoot();
  }
}
