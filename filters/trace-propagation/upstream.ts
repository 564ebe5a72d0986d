import { Place } from "../../assembly/config/place";
import { HeaderList } from "../../assembly/host/header-list";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";
import { putHex } from "./formats/digits";
import { newId } from "./ids";

/** Where requests of the filter's own go. */
@unmanaged
export class Upstream {
  cluster: Text;
  /** Null if what says it is reported. */
  authority: Text | null;
}

/**
 * Reads where requests of the filter's own go, by Istio's `service` and `port`, as MeshConfig's extensionProviders name it, or by a `cluster`'s own
 * name, beside which `authority` may stand.
 */
export function readUpstream(place: Place, authority: Place, usualPort: i64, region: Region): Upstream {
  const upstream = changetype<Upstream>(region.take(offsetof<Upstream>()));
  upstream.cluster = utf8("");
  const service = place.field(utf8("service"));
  const port = place.field(utf8("port"));
  const cluster = place.field(utf8("cluster"));
  const number = port.integer(1, 65535, usualPort);
  const named = cluster.nonEmptyString();
  if (named != null) {
    if (service.present) service.error(utf8("write service and port, or cluster, not both"));
    if (port.present) port.error(utf8("a cluster has its port already"));
    upstream.cluster = Text.copy(region, named.start, named.length);
    const written = authority.nonEmptyString();
    if (written == null && named.contains(0x7c)) {
      authority.error(utf8("required beside a cluster with such a name: no server takes it for its own (400)"));
    }
    upstream.authority = written == null ? upstream.cluster : Text.copy(region, written.start, written.length);
  } else if (service.required()) {
    readService(service, number, upstream, region);
    if (authority.present) authority.error(utf8("only beside cluster: of a service it is its host and port"));
  }
  return upstream;
}

/** Reads `[namespace/]host`; names the cluster as istiod does, and `host:port`. */
function readService(place: Place, port: i64, upstream: Upstream, region: Region): void {
  const written = place.nonEmptyString();
  if (written == null) return;
  const slash = written.position(0x2f);
  const from = slash < written.length ? slash + 1 : 0;
  const host = Text.copy(region, written.start + from, written.length - from);
  if (!host.contains(0x2e) || host.contains(0x2f) || host.contains(0x3a) || host.contains(0x7c)) {
    return place.expected(utf8("a host as istiod names it, such as jaeger-collector.observability.svc.cluster.local"));
  }
  const writer = Writer.open();
  writer.text(utf8("outbound|"));
  writer.integer(port);
  writer.text(utf8("||"));
  writer.text(host);
  upstream.cluster = writer.finish(region);
  const authority = Writer.open();
  authority.text(host);
  authority.byte(0x3a);
  authority.integer(port);
  upstream.authority = authority.finish(region);
}

/**
 * Whether a user agent is one of requests that trace filters and libraries send on their own account: of those that carry spans
 * (opentelemetry-specification `specification/protocol/exporter.md`: "OTel-OTLP-Exporter-" and the language), and of those of `jaegerRemote`. Samplers
 * have no such name in a specification; Jaeger's and OpenTelemetry's clients send their HTTP library's.
 */
export function isOwnAgent(start: usize, length: u32): bool {
  return utf8("OTel-OTLP-Exporter-").begins(start, length) || utf8("Signalbox-JaegerRemote/").begins(start, length);
}

/**
 * The headers of such a request: those that it needs, and those by which a sidecar does not record it that has this filter, too. If `asks`,
 * it asks for strategies; else it carries spans.
 */
export function ownHeaders(method: Text, path: Text, asks: bool, upstream: Upstream, region: Region): HeaderList {
  const headers = HeaderList.open(region);
  const authority = upstream.authority;
  headers.add(utf8(":method"), method);
  headers.add(utf8(":path"), path);
  if (authority != null) headers.add(utf8(":authority"), authority);
  const agent = asks ? utf8("Signalbox-JaegerRemote/0.1.0") : utf8("OTel-OTLP-Exporter-Signalbox/0.1.0");
  headers.add(utf8("user-agent"), agent);
  headers.add(utf8("traceparent"), unsampled(region));
  headers.add(utf8("b3"), utf8("0"));
  return headers;
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
