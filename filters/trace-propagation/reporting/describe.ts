import { arenaTake } from "../../../assembly/memory/arena";
import { integerProperty, propertyLength, propertyStart, readProperty } from "../../../assembly/host/properties";
import { Status } from "../../../assembly/host/status";
import { firstOfEach } from "../../../assembly/request/request";
import { pathLength } from "../../../assembly/request/path-length";
import { Value } from "../../../assembly/request/value";
import { Text, utf8 } from "../../../assembly/text/text";
import { Attributes } from "./attribute";
import { hostLength, hostStart, port, splitEndpoint } from "./endpoint";
import { putByte, putDecimal } from "../formats/digits";
import { Hop } from "./hop";
import { Ended } from "./outcome";
import { redactedQuery } from "./redacted";
import { NO_HEADER, Reporting } from "./reporting";
import { isKnownMethod, spanName } from "./span-name";
import { validText } from "./valid-text";
import { Span, SpanKind } from "./span";

const MILLIONTHS: u64 = 1_000_000;
/** Of a number with so many digits behind its point. */
const LONGEST_PARAM: u32 = 28;
/** W3C Trace Context §3.3.1.5: so much of it must be passed on. */
const LONGEST_TRACESTATE: u32 = 512;

/**
 * Describes the request that is over, whose headers are in `reporting.slots`: gives a span its name, its attributes and its error
 * (OpenTelemetry, "HTTP spans" and "gRPC"; the names without a namespace are those of Envoy's own tracers).
 */
export function describe(span: Span, hop: Hop, ended: Ended): void {
  const reporting = hop.reporting;
  const attributes = Attributes.open(null, reporting.maxTagLength);
  span.attributes = attributes;
  const slots = reporting.ended;
  const original = firstOfEach(slots.originalPath);
  const path: Value | null = original == null ? firstOfEach(slots.path) : original;
  const query = path == null ? 0 : pathLength(path.start, path.length);
  nameSpan(span, reporting, firstOfEach(slots.method), hop.isGrpc ? path : null, hop.route);
  addUrl(attributes, reporting, path, query, span.kind);
  addValue(attributes, utf8("user_agent.original"), firstOfEach(slots.userAgent));
  if (ended.status > 0) attributes.integer(utf8("http.response.status_code"), ended.status);
  if (ended.grpcStatus >= 0) attributes.integer(utf8("rpc.grpc.status_code"), ended.grpcStatus);
  const error = ended.error(span.kind);
  span.error = error;
  addValue(attributes, utf8("error.type"), error);
  addValue(attributes, utf8("response_flags"), ended.flagNames());
  addPeer(attributes, span.kind);
  addProtocol(attributes);
  addProperty(attributes, utf8("upstream_cluster"), utf8("xds\0cluster_name"));
  addValue(attributes, utf8("guid:x-request-id"), firstOfEach(slots.requestId));
  addSampler(attributes, hop);
  const kept = hop.kept;
  if (kept != null) {
    attributes.text(utf8("signalbox.kept"), kept.why);
    attributes.text(utf8("signalbox.kept.policy"), kept.name);
  }
  addTags(attributes, reporting);
  const tracestate = firstOfEach(slots.tracestate);
  const told: Value | null =
    tracestate == null ? null : validText(tracestate.start, tracestate.length, LONGEST_TRACESTATE);
  span.tracestate = told == null ? 0 : told.start;
  span.tracestateLength = told == null ? 0 : told.length;
}

/** Gives the span its name, and what that is made of. */
function nameSpan(
  span: Span,
  reporting: Reporting,
  method: Value | null,
  grpcPath: Value | null,
  route: Text | null,
): void {
  const attributes = span.attributes;
  if (method != null && isKnownMethod(method)) {
    addValue(attributes, utf8("http.request.method"), method);
  } else {
    attributes.text(utf8("http.request.method"), utf8("_OTHER"));
    addValue(attributes, utf8("http.request.method_original"), method);
  }
  if (route != null) attributes.text(utf8("http.route"), route);
  let name = spanName(method, grpcPath, route);
  if (grpcPath != null && name.start == grpcPath.start + 1) {
    name = validText(name.start, name.length, reporting.maxTagLength);
    attributes.text(utf8("rpc.system"), utf8("grpc"));
    attributes.bytes(utf8("rpc.method"), name.start, name.length);
  }
  span.name = name.start;
  span.nameLength = name.length;
}

function addUrl(attributes: Attributes, reporting: Reporting, path: Value | null, query: u32, kind: SpanKind): void {
  const scheme = firstOfEach(reporting.ended.scheme);
  const authority = firstOfEach(reporting.ended.authority);
  const secure = scheme != null && utf8("https").is(scheme.start, scheme.length);
  if (authority != null) {
    splitEndpoint(authority.start, authority.length);
    attributes.bytes(utf8("server.address"), hostStart, hostLength);
    attributes.integer(utf8("server.port"), port != 0 ? port : secure ? 443 : 80);
  }
  if (path == null) return;
  const end = path.start + path.length;
  const rest = path.start + query;
  const redacted: Value | null = rest < end ? redactedQuery(rest + 1, <u32>(end - rest) - 1) : null;
  if (kind == SpanKind.SERVER) {
    attributes.bytes(utf8("url.path"), path.start, query);
    addValue(attributes, utf8("url.scheme"), scheme);
    addValue(attributes, utf8("url.query"), redacted);
    return;
  }
  if (authority == null || scheme == null) return;
  const host = hostOf(authority);
  let length = scheme.length + 3 + host.length + query;
  if (redacted != null) length += 1 + redacted.length;
  const url = arenaTake(length);
  let at = put(url, scheme.start, scheme.length);
  at = put(put(put(at, utf8("://").start, 3), host.start, host.length), path.start, query);
  if (redacted != null) put(put(at, utf8("?").start, 1), redacted.start, redacted.length);
  attributes.bytes(utf8("url.full"), url, length);
}

/** An authority without its user info. */
function hostOf(authority: Value): Value {
  let start: u32 = 0;
  for (let i: u32 = 0; i < authority.length; i++) {
    if (load<u8>(authority.start + i) == 0x40) start = i + 1;
  }
  return Value.of(authority.start + start, authority.length - start);
}

/** Who is at the other end: a server's client, a client's upstream and how often it was asked. */
function addPeer(attributes: Attributes, kind: SpanKind): void {
  if (kind == SpanKind.SERVER) {
    if (readProperty(utf8("source\0address")) != Status.OK || propertyLength == 0) return;
    splitEndpoint(propertyStart, propertyLength);
    return attributes.bytes(utf8("client.address"), hostStart, hostLength);
  }
  const attempts = integerProperty(utf8("upstream\0request_attempt_count"), 1);
  if (attempts > 1) attributes.integer(utf8("http.request.resend_count"), attempts - 1);
  if (readProperty(utf8("upstream\0address")) != Status.OK || propertyLength == 0) return;
  splitEndpoint(propertyStart, propertyLength);
  attributes.bytes(utf8("network.peer.address"), hostStart, hostLength);
  if (port != 0) attributes.integer(utf8("network.peer.port"), port);
}

/**
 * What sampled the trace, if that was here. Of a root's span Jaeger's adaptive sampling counts by the first two how many traces there are (jaeger
 * `internal/sampling/samplingstrategy/adaptive/aggregator.go`, which takes a number as text).
 */
function addSampler(attributes: Attributes, hop: Hop): void {
  const strategy = hop.strategy;
  if (strategy == null) return;
  attributes.text(utf8("sampler.type"), hop.samplerType);
  const start = arenaTake(LONGEST_PARAM);
  let at = putByte(putDecimal(start, hop.samplerParam / MILLIONTHS), 0x2e);
  let rest = hop.samplerParam % MILLIONTHS;
  do {
    rest *= 10;
    at = putByte(at, 0x30 + <u32>(rest / MILLIONTHS));
    rest %= MILLIONTHS;
  } while (rest != 0);
  attributes.bytes(utf8("sampler.param"), start, <u32>(at - start));
  attributes.text(utf8("sampling.rule"), strategy.name);
}

/** `HTTP/1.1` is told as `1.1`. */
function addProtocol(attributes: Attributes): void {
  const before = utf8("HTTP/");
  if (readProperty(utf8("request\0protocol")) != Status.OK || propertyLength <= before.length) return;
  if (!before.is(propertyStart, before.length)) return;
  attributes.bytes(utf8("network.protocol.version"), propertyStart + before.length, propertyLength - before.length);
}

function addTags(attributes: Attributes, reporting: Reporting): void {
  let tag = reporting.firstTag;
  while (tag != null) {
    const value: Value | null = tag.slot == NO_HEADER ? null : firstOfEach(tag.slot);
    if (value != null) attributes.bytes(tag.name, value.start, value.length);
    else attributes.known(tag.name, tag.otherwise);
    tag = tag.next;
  }
}

function addProperty(attributes: Attributes, key: Text, path: Text): void {
  if (readProperty(path) == Status.OK && propertyLength > 0) attributes.bytes(key, propertyStart, propertyLength);
}

function addValue(attributes: Attributes, key: Text, value: Value | null): void {
  if (value != null) attributes.bytes(key, value.start, value.length);
}

function put(at: usize, start: usize, length: u32): usize {
  memory.copy(at, start, length);
  return at + length;
}
