import { readMilliseconds } from "../../../assembly/config/duration";
import { isHeaderName } from "../../../assembly/config/header-name";
import { Place } from "../../../assembly/config/place";
import { environmentVariable } from "../../../assembly/host/environment";
import { HeaderList } from "../../../assembly/host/header-list";
import { Region } from "../../../assembly/memory/region";
import { isFieldValue } from "../../../assembly/text/ascii";
import { Text, utf8 } from "../../../assembly/text/text";
import { Writer } from "../../../assembly/text/writer";
import { putHex } from "../formats/digits";
import { newId } from "../ids";
import { Collector } from "./collector";

/**
 * Reads where spans are sent: by Istio's service and port, as MeshConfig's extensionProviders name it, or by a cluster's own name.
 * `place` is `opentelemetry` or `zipkin`, and `http` where the path, the timeout and the headers of it stand.
 */
export function readCollector(place: Place, http: Place, isZipkin: bool, region: Region): Collector {
  const collector = changetype<Collector>(region.take(offsetof<Collector>()));
  collector.isZipkin = isZipkin;
  const service = place.field(utf8("service"));
  const port = place.field(utf8("port"));
  const cluster = place.field(utf8("cluster"));
  const authority = http.field(utf8("authority"));
  const number = port.integer(1, 65535, isZipkin ? 9411 : 4318);
  const named = cluster.nonEmptyString();
  let host: Text | null = null;
  if (named != null) {
    if (service.present) service.error(utf8("write service and port, or cluster, not both"));
    if (port.present) port.error(utf8("a cluster has its port already"));
    collector.cluster = Text.copy(region, named.start, named.length);
    const written = authority.nonEmptyString();
    if (written == null && named.contains(0x7c)) {
      authority.error(utf8("required beside a cluster with such a name: no server takes it for its own (400)"));
    }
    host = written == null ? collector.cluster : Text.copy(region, written.start, written.length);
  } else if (service.required()) {
    host = readService(service, number, collector, region);
    if (authority.present) authority.error(utf8("only beside cluster: of a service it is its host and port"));
  }
  collector.path = readPath(http.field(utf8("path")), isZipkin, region);
  collector.timeout = readMilliseconds(http.field(utf8("timeout")), isZipkin ? 5000 : 10000);
  const headers = HeaderList.open(region);
  headers.add(utf8(":method"), utf8("POST"));
  headers.add(utf8(":path"), collector.path);
  if (host != null) headers.add(utf8(":authority"), host);
  headers.add(utf8("content-type"), isZipkin ? utf8("application/json") : utf8("application/x-protobuf"));
  headers.add(utf8("user-agent"), utf8("OTel-OTLP-Exporter-Signalbox/0.1.0"));
  // The sidecar of the collector must not record what brings it spans.
  headers.add(utf8("traceparent"), unsampled(region));
  headers.add(utf8("b3"), utf8("0"));
  readHeaders(http.field(utf8("headers")), headers, region);
  collector.headers = headers.encode();
  return collector;
}

/** Reads `[namespace/]host`; names the cluster as istiod does, and gives `host:port`. */
function readService(place: Place, port: i64, collector: Collector, region: Region): Text | null {
  const written = place.nonEmptyString();
  if (written == null) return null;
  const slash = written.position(0x2f);
  const from = slash < written.length ? slash + 1 : 0;
  const host = Text.copy(region, written.start + from, written.length - from);
  if (!host.contains(0x2e) || host.contains(0x2f) || host.contains(0x3a) || host.contains(0x7c)) {
    place.expected(utf8("a host as istiod names it, such as jaeger-collector.observability.svc.cluster.local"));
    return null;
  }
  const writer = Writer.open();
  writer.text(utf8("outbound|"));
  writer.integer(port);
  writer.text(utf8("||"));
  writer.text(host);
  collector.cluster = writer.finish(region);
  const authority = Writer.open();
  authority.text(host);
  authority.byte(0x3a);
  authority.integer(port);
  return authority.finish(region);
}

function readPath(place: Place, isZipkin: bool, region: Region): Text {
  const written = place.nonEmptyString();
  if (written == null) return isZipkin ? utf8("/api/v2/spans") : utf8("/v1/traces");
  if (load<u8>(written.start) != 0x2f || !isFieldValue(written.start, written.length)) {
    place.expected(utf8('a path that begins with "/"'));
  }
  return Text.copy(region, written.start, written.length);
}

function readHeaders(place: Place, into: HeaderList, region: Region): void {
  if (!place.list()) return;
  let item = place.first();
  while (item != null) {
    readHeader(item, into, region);
    item = item.next();
  }
}

function readHeader(place: Place, into: HeaderList, region: Region): void {
  if (!place.required() || !place.object()) return;
  const name = place.field(utf8("name"));
  const value = place.field(utf8("value"));
  const envName = place.field(utf8("envName"));
  place.noOtherFields();
  if (!name.required()) return;
  const written = name.nonEmptyString();
  if (value.present == envName.present) return place.error(utf8("write value or envName, and not both"));
  if (written == null) return;
  const lowered = Text.lowered(region, written);
  if (load<u8>(lowered.start) == 0x3a || !isHeaderName(lowered) || isOwn(lowered)) {
    return name.expected(utf8("a header that the filter does not write itself"));
  }
  const text: Text | null = value.present ? value.string() : fromEnvironment(envName, region);
  if (text == null) return;
  if (!isFieldValue(text.start, text.length))
    return value.expected(utf8("a header's value, without control characters"));
  into.add(lowered, Text.copy(region, text.start, text.length));
}

function fromEnvironment(place: Place, region: Region): Text | null {
  const name = place.nonEmptyString();
  if (name == null) return null;
  const value = environmentVariable(region, name);
  if (value == null) {
    place.error(utf8("the plugin's environment has no such variable: name it in the WasmPlugin's vmConfig.env"));
  }
  return value;
}

function isOwn(name: Text): bool {
  return (
    name.equals(utf8("host")) ||
    name.equals(utf8("content-length")) ||
    name.equals(utf8("content-type")) ||
    name.equals(utf8("user-agent")) ||
    name.equals(utf8("traceparent")) ||
    name.equals(utf8("b3"))
  );
}

/** A context that says that its trace is not recorded. */
function unsampled(region: Region): Text {
  const text = changetype<Text>(region.take(sizeof<u32>() + 55));
  text.length = 55;
  let at = text.start;
  store<u32>(at, 0x2d3030);
  at = putHex(putHex(at + 3, newId(), 16), newId(), 16);
  store<u8>(at, 0x2d);
  at = putHex(at + 1, newId(), 16);
  store<u8>(at, 0x2d);
  store<u16>(at + 1, 0x3030);
  return text;
}
