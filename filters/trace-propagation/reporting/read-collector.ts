import { readMilliseconds } from "../../../assembly/config/duration";
import { isHeaderName } from "../../../assembly/config/header-name";
import { Place } from "../../../assembly/config/place";
import { environmentVariable } from "../../../assembly/host/environment";
import { HeaderList } from "../../../assembly/host/header-list";
import { Region } from "../../../assembly/memory/region";
import { isFieldValue } from "../../../assembly/text/ascii";
import { Text, utf8 } from "../../../assembly/text/text";
import { ownHeaders, readUpstream } from "../upstream";
import { Collector } from "./collector";

/**
 * Reads where spans are sent: by Istio's service and port, as MeshConfig's extensionProviders name it, or by a cluster's own name.
 * `place` is `opentelemetry` or `zipkin`, and `http` where the path, the timeout and the headers of it stand.
 */
export function readCollector(place: Place, http: Place, isZipkin: bool, region: Region): Collector {
  const collector = changetype<Collector>(region.take(offsetof<Collector>()));
  collector.isZipkin = isZipkin;
  const upstream = readUpstream(place, http.field(utf8("authority")), isZipkin ? 9411 : 4318, region);
  collector.cluster = upstream.cluster;
  collector.path = readPath(http.field(utf8("path")), isZipkin, region);
  collector.timeout = readMilliseconds(http.field(utf8("timeout")), isZipkin ? 5000 : 10000);
  const headers = ownHeaders(utf8("POST"), collector.path, false, upstream, region);
  headers.add(utf8("content-type"), isZipkin ? utf8("application/json") : utf8("application/x-protobuf"));
  readHeaders(http.field(utf8("headers")), headers, region);
  collector.headers = headers.encode();
  return collector;
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
  let item = place.firstOfFew();
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
