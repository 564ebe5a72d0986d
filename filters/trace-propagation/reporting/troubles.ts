import { monotonicTime } from "../../../assembly/host/clock";
import { LogLevel, logBytes, logs } from "../../../assembly/host/log";
import { Region } from "../../../assembly/memory/region";
import { NANOSECONDS_PER_SECOND } from "../../../assembly/text/nanoseconds";
import { Text, utf8 } from "../../../assembly/text/text";
import { Writer } from "../../../assembly/text/writer";
import { answeredStatus, answeredWords } from "./verdict";

/** Why spans do not get to the collector, or strategies from Jaeger. */
export const enum Trouble {
  QUEUE_FULL = 0,
  NO_CLUSTER = 1,
  NO_HOST = 2,
  NO_ANSWER = 3,
  LATER = 4,
  REFUSED = 5,
  PARTIAL = 6,
}

const KINDS: u32 = 7;
/** Of each kind one line in so long. */
const QUIET: u64 = 60 * NANOSECONDS_PER_SECOND;
/** Of a collector's words so many bytes are told. */
const SHOWN: u32 = 200;

/** The lines are put together here. */
let writer: Writer | null = null;

/** Tells in the log why spans do not get to the collector, or strategies from Jaeger: of each kind at most a line a minute. */
@unmanaged
export class Troubles {
  private cluster: Text;
  /** Whether it is about the strategies of `jaegerRemote`. */
  private asks: bool;
  /** Of each kind when it may be told again. */
  private from: usize;

  static open(region: Region, cluster: Text, asks: bool): Troubles {
    const troubles = changetype<Troubles>(region.take(offsetof<Troubles>()));
    troubles.cluster = cluster;
    troubles.asks = asks;
    troubles.from = region.take(KINDS * sizeof<u64>());
    return troubles;
  }

  tell(trouble: Trouble): void {
    if (!logs(LogLevel.WARN)) return;
    const now = monotonicTime();
    const at = this.from + ((<usize>trouble) << 3);
    if (now < load<u64>(at)) return;
    store<u64>(at, now + QUIET);
    let line = writer;
    if (line == null) line = Writer.open();
    writer = line;
    line.clear();
    const asks = this.asks;
    line.text(utf8("trace-propagation: "));
    line.text(asks ? utf8("jaegerRemote: cluster ") : utf8("the collector at cluster "));
    line.quoted(this.cluster.start, this.cluster.length, SHOWN);
    line.text(whatHappened(trouble, asks));
    line.text(asks ? utf8("; sampling stays as it is") : whatOfSpans(trouble));
    if (trouble == Trouble.NO_CLUSTER) {
      line.text(
        utf8(
          ". In Istio: is the service's port right, and does a Sidecar resource leave the collector's namespace out of egress.hosts?",
        ),
      );
    }
    if (trouble >= Trouble.LATER && trouble != Trouble.PARTIAL) {
      line.text(utf8("; it answered "));
      line.integer(answeredStatus);
    }
    const words = answeredWords;
    if (trouble >= Trouble.LATER && words != null) {
      line.text(utf8(": "));
      line.plain(words.start, words.length, SHOWN);
    }
    logBytes(LogLevel.WARN, line.start, line.length);
  }
}

function whatHappened(trouble: Trouble, asks: bool): Text {
  switch (trouble) {
    case Trouble.QUEUE_FULL:
      return utf8(" is too slow: maxQueueSize is reached");
    case Trouble.NO_CLUSTER:
      return utf8(" is unknown to Envoy");
    case Trouble.NO_HOST:
      return utf8(" has no healthy host, or its circuit breaker is open");
    case Trouble.NO_ANSWER:
      return utf8(" did not answer");
    case Trouble.LATER:
      return utf8(" cannot take spans now");
    case Trouble.REFUSED:
      return asks ? utf8(" gives no strategies that are valid") : utf8(" refuses spans");
  }
  return utf8(" took a batch but for some of its spans");
}

function whatOfSpans(trouble: Trouble): Text {
  switch (trouble) {
    case Trouble.QUEUE_FULL:
    case Trouble.NO_CLUSTER:
      return utf8(", and spans are dropped");
    case Trouble.NO_HOST:
    case Trouble.NO_ANSWER:
      return utf8("; spans are sent again later");
    case Trouble.LATER:
      return utf8(", which are sent again later");
  }
  return utf8(", which are dropped");
}
