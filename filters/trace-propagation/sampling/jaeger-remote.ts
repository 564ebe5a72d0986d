import { monotonicTime } from "../../../assembly/host/clock";
import { callBody, callBodyLength, callStatus, readCallBody } from "../../../assembly/host/http-call";
import { LogLevel, logBytes, logs } from "../../../assembly/host/log";
import { defineCounter, incrementMetric } from "../../../assembly/host/metrics";
import { readShared, sharedLength, sharedStart, sharedVersion, writeShared } from "../../../assembly/host/shared-data";
import { Status } from "../../../assembly/host/status";
import { arenaTake } from "../../../assembly/memory/arena";
import { Region } from "../../../assembly/memory/region";
import { CallOut } from "../../../assembly/plugin/call-outs";
import { NANOSECONDS_PER_MILLISECOND, NANOSECONDS_PER_SECOND } from "../../../assembly/text/nanoseconds";
import { Text, sameBytes, utf8 } from "../../../assembly/text/text";
import { Writer } from "../../../assembly/text/writer";
import { Errand } from "../errand";
import { growingWait } from "../growing-wait";
import { Upstream } from "../upstream";
import { Trouble, Troubles } from "../reporting/troubles";
import { Verdict, answeredStatus, blame, readVerdict } from "../reporting/verdict";
import { RemoteStrategies } from "./remote-strategies";

/** An answer is waited for so long, in milliseconds. */
const TIMEOUT: u32 = 2000;
/** So long after one worker has asked nobody else asks, and they look for the answer so often, in nanoseconds. */
const ASKING: u64 = 3 * NANOSECONDS_PER_SECOND;
const SOON: u64 = NANOSECONDS_PER_SECOND;
/** A larger answer is refused. */
const MAX_BODY: u32 = 256 << 10;
/** Of an answer so much is logged. */
const SHOWN: u32 = 500;

/**
 * What the workers share, under a key of the shared data: when Jaeger is to be asked next and when its last answer came, in nanoseconds of the monotonic clock;
 * how often in a row there was none; and that answer.
 */
const NEXT: usize = 0;
const CAME: usize = 8;
const FAILURES: usize = 16;
const ANSWER: u32 = 20;

/**
 * `jaegerRemote`: asks Jaeger by which strategies this service's traces are sampled. Of all workers of the proxy, and all plugins that ask the same, one asks in an
 * interval: whose timer comes first, and can write so into the shared data. The others find its answer there, a second later at most.
 * While Jaeger does not answer, or what it answers is not right, the last strategies stay.
 */
@unmanaged
export class JaegerRemote extends Errand {
  strategies: RemoteStrategies;
  /** In nanoseconds. */
  interval: u64;
  upstream: Upstream;
  /** The service that it asks for; null for what spans say. */
  service: Text | null;
  private headers: Text;
  private key: Text;
  private troubles: Troubles;
  private updated: u32;
  private failed: u32;
  /** When the answer came that is in force; 0 before the first. */
  private came: u64;
  private isLeaving: bool;

  /** Gets what it asks with: what is asked for, of the service, and the headers of such a request. */
  serve(path: Text, headers: Text, region: Region): void {
    this.headers = headers;
    this.troubles = Troubles.open(region, this.upstream.cluster, true);
    this.key = Text.joined(region, utf8("trace-propagation.strategies.1."), this.upstream.cluster, path);
  }

  /** Goes on by what other workers know, and begins to ask. */
  activate(): void {
    this.updated = defineCounter(utf8("trace_propagation.sampling.remote.updated"));
    this.failed = defineCounter(utf8("trace_propagation.sampling.remote.failed"));
    this.look();
    if (sharedLength < ANSWER) writeShared(this.key, this.record(), ANSWER, 0);
    this.wait(NANOSECONDS_PER_MILLISECOND);
  }

  /** The timer is called: it is time to ask, or another worker may have done so. */
  due(root: u32): void {
    this.root = root;
    const now = monotonicTime();
    const left = this.look() - now;
    // In the past, or later than this plugin ever waits.
    if (left == 0 || left > max(this.interval, ASKING)) return this.ask(now);
    this.wait(left <= ASKING ? min(left, SOON) : left);
  }

  private ask(now: u64): void {
    const record = this.record();
    store<u64>(record, now + ASKING, NEXT);
    const written = writeShared(this.key, record, max(sharedLength, ANSWER), sharedVersion);
    if (written == Status.CAS_MISMATCH) return this.wait(SOON);
    const word = changetype<usize>(this);
    if (CallOut.send(this.owner, this.root, word, this.upstream.cluster, this.headers, 0, 0, TIMEOUT)) return;
    this.fail(callStatus == Status.BAD_ARGUMENT ? Trouble.NO_CLUSTER : Trouble.NO_HOST);
  }

  /** Jaeger has answered, or Envoy says that it has not. */
  answered(headers: u32, bodySize: u32): void {
    if (readVerdict(headers, bodySize, true) != Verdict.TAKEN) {
      return this.fail(answeredStatus == 0 ? Trouble.NO_ANSWER : Trouble.REFUSED);
    }
    const scratch = Region.open();
    const problem = this.accept(bodySize, scratch);
    if (problem != null) {
      blame(problem);
      this.fail(Trouble.REFUSED);
    }
    scratch.close();
  }

  /** The configuration goes. */
  close(): void {
    this.isLeaving = true;
    if (this.place != 0) this.timers.remove(this);
    this.timers.stop();
  }

  /** Goes on by an answer, and tells it to the other workers; if it is not right, gives what is wrong, in `scratch`. */
  private accept(bodySize: u32, scratch: Region): Text | null {
    if (bodySize > MAX_BODY) return utf8("more than 256 KiB");
    if (!readCallBody(bodySize)) return utf8("no body");
    const size = callBodyLength;
    const now = monotonicTime();
    readShared(this.key);
    const isNew = sharedLength < ANSWER || !sameBytes(sharedStart + ANSWER, sharedLength - ANSWER, callBody, size);
    if (isNew || load<u64>(sharedStart, CAME) != this.came) {
      const problem = this.strategies.take(callBody, size, scratch);
      if (problem != null) return problem;
    }
    incrementMetric(this.updated, 1);
    const came = isNew ? now : load<u64>(sharedStart, CAME);
    const record = arenaTake(ANSWER + size);
    store<u64>(record, now + this.interval, NEXT);
    store<u64>(record, came, CAME);
    store<u32>(record, 0, FAILURES);
    memory.copy(record + ANSWER, callBody, size);
    writeShared(this.key, record, ANSWER + size, 0);
    this.came = came;
    if (isNew) this.tell(size);
    this.wait(this.interval);
    return null;
  }

  /** There is no answer, or none that is right: what is in force stays, and Jaeger is asked again, after a time that grows. */
  private fail(trouble: Trouble): void {
    incrementMetric(this.failed, 1);
    this.troubles.tell(trouble);
    readShared(this.key);
    const record = this.record();
    const failures = load<u32>(record, FAILURES);
    const longest = <u32>(this.interval / NANOSECONDS_PER_MILLISECOND);
    const wait = <u64>growingWait(failures, longest) * NANOSECONDS_PER_MILLISECOND;
    store<u32>(record, failures + 1, FAILURES);
    store<u64>(record, monotonicTime() + wait, NEXT);
    writeShared(this.key, record, max(sharedLength, ANSWER), 0);
    this.wait(wait);
  }

  /** Goes on by the answer that is in the shared data, if it is another one; gives when Jaeger is to be asked next. */
  private look(): u64 {
    if (readShared(this.key) != Status.OK || sharedLength < ANSWER) return 0;
    const start = sharedStart;
    const came = load<u64>(start, CAME);
    if (came != this.came) {
      const scratch = Region.open();
      this.strategies.take(start + ANSWER, sharedLength - ANSWER, scratch);
      scratch.close();
      this.came = came;
    }
    return load<u64>(start, NEXT);
  }

  /** What the workers share, as it was just read; zeroes if there is nothing, or something else. */
  private record(): usize {
    if (sharedLength >= ANSWER) return sharedStart;
    const record = arenaTake(ANSWER);
    memory.fill(record, 0, ANSWER);
    return record;
  }

  private wait(nanoseconds: u64): void {
    if (!this.isLeaving) this.timers.add(this, <u32>(nanoseconds / NANOSECONDS_PER_MILLISECOND));
  }

  /** Says in the log what holds from now on. */
  private tell(size: u32): void {
    if (!logs(LogLevel.INFO)) return;
    const line = Writer.open();
    line.text(utf8("trace-propagation: jaegerRemote: new strategies from cluster "));
    line.quoted(this.upstream.cluster.start, this.upstream.cluster.length, SHOWN);
    line.text(utf8(": "));
    line.plain(callBody, size, SHOWN);
    logBytes(LogLevel.INFO, line.start, line.length);
    line.close();
  }
}
