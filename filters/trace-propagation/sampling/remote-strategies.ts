import { readDocument } from "../../../assembly/config/document";
import { Place } from "../../../assembly/config/place";
import { Report, ReportLine } from "../../../assembly/config/report";
import { OrderedIndex, Rule } from "../../../assembly/match/ordered-index";
import { Region } from "../../../assembly/memory/region";
import { firstOfEach } from "../../../assembly/request/request";
import { Fact, SlotTable } from "../../../assembly/request/slots";
import { Value } from "../../../assembly/request/value";
import { Text, utf8 } from "../../../assembly/text/text";
import { TextTable } from "../../../assembly/text/text-table";
import { isGrpc, spanName } from "../reporting/span-name";
import { Operation } from "./operation";
import { MILLI } from "./rate-limiter";

/** So many operations of a service have a strategy of their own, as in OpenTelemetry's samplers (`samplers/jaegerremote`: `maxOperations`). */
const MAX_OPERATIONS: u32 = 256;
const MAX_A_SECOND: f64 = 1_000_000;

/**
 * What Jaeger says how a service's traces are sampled (jaeger-idl `proto/api_v2/sampling.proto: SamplingStrategyResponse`): a probability, a limit of
 * traces a second, or a probability for each operation, with limits at least and at most. Operations are known for good once they were
 * named, so that what an answer needs is there from the last one.
 */
@unmanaged
export class RemoteStrategies {
  /** The names of operations (`reporting.operations`); null if there are none. */
  routes: OrderedIndex | null;
  /** What holds if no operation has a strategy of its own: for the whole service, or for operations that have none. */
  otherwise: Operation;
  /** Whether that is a limit of traces a second and nothing else, of so many thousandths. */
  isLimit: bool;
  limit: u64;
  /** What names of metrics begin with; and whether the host keeps what they count. */
  private prefix: Text;
  private counted: bool;
  private region: Region;
  /** The operations that were ever named, of which those of the last answer count. */
  private operations: TextTable;
  private named: u32;
  private answer: u32;
  private hasOperations: bool;
  /** Slots. */
  private method: u32;
  private path: u32;
  private contentType: u32;

  /** Before the first answer the probability is `initial`. */
  static open(initial: f64, slots: SlotTable, region: Region): RemoteStrategies {
    const strategies = changetype<RemoteStrategies>(region.take(offsetof<RemoteStrategies>()));
    strategies.region = region;
    strategies.operations = TextTable.open(region);
    strategies.otherwise = changetype<Operation>(region.take(offsetof<Operation>()));
    strategies.otherwise.take(initial);
    strategies.method = slots.slot(Fact.HEADER, utf8(":method"));
    strategies.path = slots.slot(Fact.HEADER, utf8(":path"));
    strategies.contentType = slots.slot(Fact.HEADER, utf8("content-type"));
    return strategies;
  }

  /** Metrics of bounds are defined when an answer asks for them. */
  define(prefix: Text, counted: bool): void {
    this.prefix = Text.copy(this.region, prefix.start, prefix.length);
    this.counted = counted;
  }

  /** What decides for the current request. */
  current(): Operation {
    if (!this.hasOperations) return this.otherwise;
    const routes = this.routes;
    const rule: Rule | null = routes == null ? null : routes.first();
    const route: Text | null = rule == null ? null : changetype<Text | null>(rule.outcome);
    const path: Value | null = isGrpc(firstOfEach(this.contentType)) ? firstOfEach(this.path) : null;
    const name = spanName(firstOfEach(this.method), path, route);
    const known = this.operations.find(name.start, name.length);
    if (known == null) return this.otherwise;
    const operation = changetype<Operation>(known.value);
    return operation.answer == this.answer ? operation : this.otherwise;
  }

  /** Goes on by an answer, if all of it is right; else it stays as it is, and what is wrong is given, in `scratch`. */
  take(start: usize, length: u32, scratch: Region): Text | null {
    const report = Report.open(scratch, this.region);
    const answer = readDocument(report, start, length);
    this.read(answer, false, scratch);
    let problem: Text | null = null;
    const first = report.errors.first;
    if (first == null) this.read(answer, true, scratch);
    else problem = problemIn(first, scratch);
    report.close();
    return problem;
  }

  /** Reads an answer; what is wrong goes to its report. It is followed only if `follows`. */
  private read(answer: Place, follows: bool, scratch: Region): void {
    const operations = answer.field(utf8("operationSampling"));
    const limit = answer.field(utf8("rateLimitingSampling"));
    const probability = answer.field(utf8("probabilisticSampling"));
    if (operations.object()) return this.readOperations(operations, follows, scratch);
    if (limit.object()) {
      const rate = tracesPerSecond(limit.field(utf8("maxTracesPerSecond")));
      if (!follows) return;
      this.follow(rate > 0 ? 1 : 0, 0, rate, false, scratch);
      this.limit = rate;
      this.isLimit = rate > 0;
    } else if (probability.object()) {
      const share = samplingRate(probability.field(utf8("samplingRate")));
      if (follows) this.follow(share, 0, 0, false, scratch);
    } else {
      answer.error(utf8("no strategy"));
    }
  }

  private readOperations(place: Place, follows: bool, scratch: Region): void {
    const share = samplingRate(place.field(utf8("defaultSamplingProbability")));
    const least = tracesPerSecond(place.field(utf8("defaultLowerBoundTracesPerSecond")));
    const most = tracesPerSecond(place.field(utf8("defaultUpperBoundTracesPerSecond")));
    if (follows) this.follow(share, least, most, true, scratch);
    const list = place.field(utf8("perOperationStrategies"));
    if (!list.list()) return;
    let item = list.first();
    while (item != null) {
      const name = item.field(utf8("operation")).requiredString();
      const probability = item.field(utf8("probabilisticSampling"));
      probability.object();
      const own = samplingRate(probability.field(utf8("samplingRate")));
      if (follows && name != null) this.followFor(name, own, least, most, scratch);
      item = item.next();
    }
  }

  private follow(probability: f64, least: u64, most: u64, hasOperations: bool, scratch: Region): void {
    this.isLimit = false;
    this.hasOperations = hasOperations;
    this.answer++;
    this.otherwise.follow(probability, least, most, this.prefix, this.counted, this.region, scratch);
  }

  private followFor(name: Text, probability: f64, least: u64, most: u64, scratch: Region): void {
    let known = this.operations.find(name.start, name.length);
    if (known == null) {
      if (this.named == MAX_OPERATIONS) return;
      this.named++;
      known = this.operations.entry(Text.copy(this.region, name.start, name.length));
      known.value = <u32>this.region.take(offsetof<Operation>());
    }
    const operation = changetype<Operation>(known.value);
    operation.answer = this.answer;
    const prefix = Text.joined(scratch, this.prefix, name, utf8("."));
    operation.follow(probability, least, most, prefix, this.counted, this.region, scratch);
  }
}

/** A probability; 0 if there is none, as in protobuf's JSON. */
function samplingRate(place: Place): f64 {
  const value = place.number(0);
  if (value >= 0 && value <= 1) return value;
  place.expected(utf8("a number from 0 to 1"));
  return 0;
}

/** Traces a second, in thousandths of a trace. */
function tracesPerSecond(place: Place): u64 {
  const value = place.number(0);
  if (value >= 0 && value <= MAX_A_SECOND) return <u64>(value * <f64>MILLI + 0.5);
  place.expected(utf8("a number from 0 to 1000000"));
  return 0;
}

/** The words of an error, without the name that the root of a configuration has. */
function problemIn(line: ReportLine, scratch: Region): Text {
  const text = line.text;
  const root = utf8("pluginConfig: ");
  const from = text.startsWith(root) ? root.length : 0;
  return Text.copy(scratch, text.start + from, text.length - from);
}
