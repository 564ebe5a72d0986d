import { Choice } from "../../../assembly/config/choice";
import { readMilliseconds } from "../../../assembly/config/duration";
import { laterObjects } from "../../../assembly/config/later-objects";
import { Place } from "../../../assembly/config/place";
import { MatchCompiler } from "../../../assembly/match/compiler";
import { OrderedIndex } from "../../../assembly/match/ordered-index";
import { RuleList } from "../../../assembly/match/rule-list";
import { later } from "../../../assembly/memory/agenda";
import { Region } from "../../../assembly/memory/region";
import { PluginReading } from "../../../assembly/plugin/reading";
import { reserveSlots } from "../../../assembly/request/request";
import { Fact, SlotTable } from "../../../assembly/request/slots";
import { Text, utf8 } from "../../../assembly/text/text";
import { readMatches } from "../read-matches";
import { Collector } from "./collector";
import { Exporter } from "./exporter";
import { otlpResource, otlpScope } from "./otlp";
import { readCollector } from "./read-collector";
import { readCustomTags } from "./read-custom-tags";
import { Reporting, SpanSlots } from "./reporting";
import { Reporter } from "./resource";
import { zipkinEndpoint, zipkinTags } from "./zipkin";

/** Istio's own limit of a tag's value (MeshConfig `extensionProviders[].opentelemetry.maxTagLength`); and none is longer than that. */
const TAG_LENGTH: i64 = 256;
const LONGEST_TAG: i64 = 4096;
/** OpenTelemetry's batch span processor (`specification/trace/sdk.md`), but for the delay: Istio ends a proxy 5 s after it drains. */
const QUEUE_SIZE: i64 = 2048;
const BATCH_SIZE: i64 = 512;
const DELAY: u32 = 1000;
const LONGEST_DELAY: u32 = 60000;
const MAX_QUEUED: i64 = 65536;
/** Jaeger's adaptive sampling looks at no more operations of a service. */
const MAX_OPERATIONS: u32 = 256;

/**
 * Reads `reporting`; null where it is not given. `participates`: whether each hop has a span id of its own. Tags, rules and operations are
 * read later (`memory/agenda.ts`), one at a time.
 */
export function readReporting(place: Place, participates: bool, reading: PluginReading): Reporting | null {
  if (!place.object()) return null;
  if (!participates) place.error(utf8("needs participate: true: else no header names the spans that are reported"));
  const region = reading.region;
  const reporting = changetype<Reporting>(region.take(offsetof<Reporting>()));
  readSlots(reporting, reading);
  readMode(place.field(utf8("match")), reporting);
  reporting.isGateway = reading.source().gateway;
  const exporter = readExporter(place, reporting, reading);
  readBatch(place.field(utf8("batch")), exporter);
  readCustomTags(place.field(utf8("customTags")), reporting, region);
  const lists = changetype<ListsReading>(reading.scratch.take(offsetof<ListsReading>()));
  lists.place = place;
  lists.reporting = reporting;
  lists.compiler = MatchCompiler.open(region, reading.slots);
  later<ListsReading>(readNextList, lists);
  return reporting;
}

function readSlots(reporting: Reporting, reading: PluginReading): void {
  reporting.path = reading.slots.slot(Fact.HEADER, utf8(":path"));
  reporting.userAgent = reading.slots.slot(Fact.HEADER, utf8("user-agent"));
  reporting.contentType = reading.slots.slot(Fact.HEADER, utf8("content-type"));
  const slots = SlotTable.open(reading.region, false);
  const ended = changetype<SpanSlots>(reading.region.take(offsetof<SpanSlots>()));
  ended.method = slots.slot(Fact.HEADER, utf8(":method"));
  ended.path = slots.slot(Fact.HEADER, utf8(":path"));
  ended.originalPath = slots.slot(Fact.HEADER, utf8("x-envoy-original-path"));
  ended.scheme = slots.slot(Fact.HEADER, utf8(":scheme"));
  ended.authority = slots.slot(Fact.HEADER, utf8(":authority"));
  ended.userAgent = slots.slot(Fact.HEADER, utf8("user-agent"));
  ended.requestId = slots.slot(Fact.HEADER, utf8("x-request-id"));
  ended.tracestate = slots.slot(Fact.HEADER, utf8("tracestate"));
  reporting.slots = slots;
  reporting.ended = ended;
}

/** `match.mode`, as in Telemetry: which direction's spans are reported. */
function readMode(place: Place, reporting: Reporting): void {
  let mode = 3;
  if (place.object()) {
    const choice = Choice.at(place.field(utf8("mode")));
    mode = choice.or(utf8("CLIENT"), 1).or(utf8("SERVER"), 2).or(utf8("CLIENT_AND_SERVER"), 3).value(3);
    place.noOtherFields();
  }
  reporting.reportsClient = (mode & 1) != 0;
  reporting.reportsServer = (mode & 2) != 0;
}

function readExporter(place: Place, reporting: Reporting, reading: PluginReading): Exporter {
  const region = reading.region;
  const otlp = place.field(utf8("opentelemetry"));
  const zipkin = place.field(utf8("zipkin"));
  const istioTags = place.field(utf8("enableIstioTags")).boolean(true);
  const isZipkin = zipkin.present;
  if (otlp.present == isZipkin) place.error(utf8("write opentelemetry or zipkin, and not both"));
  const provider = isZipkin ? zipkin : otlp;
  let enriched = false;
  let longest: i64 = TAG_LENGTH;
  let collector = changetype<Collector>(region.take(offsetof<Collector>()));
  if (provider.object()) {
    const http = isZipkin ? provider : provider.field(utf8("http"));
    if (http.present) http.object();
    collector = readCollector(provider, http, isZipkin, region);
    longest = provider.field(utf8("maxTagLength")).integer(1, LONGEST_TAG, TAG_LENGTH);
    if (!isZipkin) {
      const choice = Choice.at(provider.field(utf8("serviceAttributeEnrichment")));
      enriched = choice.or(utf8("NONE"), 0).or(utf8("OTEL_SEMANTIC_CONVENTIONS"), 1).value(0) == 1;
      provider.refuse(utf8("grpc"), utf8("spans are sent by HTTP, to the port that takes OTLP/HTTP, 4318 as a rule"));
      http.noOtherFields();
    }
    provider.noOtherFields();
  }
  reporting.maxTagLength = <u32>longest;
  const reporter = Reporter.read(region, enriched, istioTags, <u32>longest);
  reporting.serviceName = reporter.serviceName;
  describeReporter(collector, reporter, region);
  const exporter = Exporter.open(region, collector, reading.timers);
  reporting.exporter = exporter;
  return exporter;
}

function describeReporter(collector: Collector, reporter: Reporter, region: Region): void {
  if (collector.isZipkin) {
    collector.who = zipkinEndpoint(region, reporter.serviceName, reporter.address);
    collector.beside = zipkinTags(region, reporter.tags);
  } else {
    collector.who = otlpResource(region, reporter.resource);
    collector.beside = otlpScope(region, utf8("signalbox"));
  }
}

/** `batch: {maxQueueSize, maxExportBatchSize, scheduledDelay}`, for each worker. */
function readBatch(place: Place, exporter: Exporter): void {
  let queue = QUEUE_SIZE;
  let batch = BATCH_SIZE;
  let delay = DELAY;
  if (place.object()) {
    queue = place.field(utf8("maxQueueSize")).integer(1, MAX_QUEUED, QUEUE_SIZE);
    const size = place.field(utf8("maxExportBatchSize"));
    batch = size.integer(1, MAX_QUEUED, min(BATCH_SIZE, queue));
    if (batch > queue) size.error(utf8("more than maxQueueSize: no batch could become so large"));
    const scheduled = place.field(utf8("scheduledDelay"));
    delay = readMilliseconds(scheduled, DELAY);
    if (delay < 100 || delay > LONGEST_DELAY) scheduled.expected(utf8("a duration from 100ms to 60s"));
    place.noOtherFields();
  }
  exporter.maxQueueSize = <u32>queue;
  exporter.maxExportBatchSize = <u32>batch;
  exporter.scheduledDelay = delay;
}

/** What is left to read after `customTags`: one list after the other. */
@unmanaged
class ListsReading {
  place: Place;
  reporting: Reporting;
  compiler: MatchCompiler;
  /** How many lists were begun. */
  begun: u32;
  /** The list that is read: whether it has names, and what was read of it. */
  names: bool;
  rules: RuleList;
}

/**
 * `rules: [{match, disableSpanReporting}]`, and `operations: [{match, name}]`, whose name is `http.route`, and so of the span's name: the first
 * of which a match holds counts.
 */
function readNextList(lists: ListsReading): bool {
  const place = lists.place;
  const reporting = lists.reporting;
  switch (lists.begun++) {
    case 0:
      reporting.rules = readList(place.field(utf8("rules")), lists, false);
      return false;
    case 1:
      reporting.operations = readList(place.field(utf8("operations")), lists, true);
      return false;
  }
  place.noOtherFields();
  reserveSlots(reporting.slots.count);
  return true;
}

/** Begins to read a list, of which each item is read later, in a step of its own (`memory/agenda.ts`); null if there is none. */
function readList(place: Place, lists: ListsReading, names: bool): OrderedIndex | null {
  if (!place.list()) return null;
  if (names && place.count > MAX_OPERATIONS) place.error(utf8("more than 256: names of spans must be few"));
  lists.names = names;
  lists.rules = RuleList.open(lists.compiler);
  laterObjects<ListsReading>(place, readItem, lists);
  return lists.rules.indexLater(place.report.region);
}

function readItem(item: Place, lists: ListsReading): void {
  const matches = item.field(utf8("match"));
  const outcome = lists.names
    ? readName(item.field(utf8("name")), lists.compiler.region)
    : readDisable(item.field(utf8("disableSpanReporting")));
  item.noOtherFields();
  readMatches(matches, lists.rules, outcome);
}

function readDisable(place: Place): usize {
  return place.required() && place.boolean(false) ? 1 : 0;
}

function readName(place: Place, region: Region): usize {
  const written: Text | null = place.required() ? place.nonEmptyString() : null;
  return written == null ? 0 : changetype<usize>(Text.copy(region, written.start, written.length));
}
