import { nodeCluster, nodeId, nodeMetadata, workloadLabel } from "../../../assembly/host/node";
import { Region } from "../../../assembly/memory/region";
import { Text, utf8 } from "../../../assembly/text/text";
import { Attributes } from "./attribute";
import { validText } from "./valid-text";

/** Who reports: the attributes that all spans have in common, and the two of them that Zipkin has fields for. */
@unmanaged
export class Reporter {
  serviceName: Text;
  address: Text | null;
  /** OTLP's resource. */
  resource: Attributes;
  /** What of it Envoy's own tracers tell with each span: Zipkin's have no resource. */
  tags: Attributes;

  /**
   * Reads from the proxy's node who reports. `service.name` is Istio's own, the node's cluster (istio `pilot/pkg/networking/core/tracing.go:
   * serviceCluster`); with `enriched` it is what OpenTelemetry's conventions make of the workload's labels
   * (`serviceAttributeEnrichment: OTEL_SEMANTIC_CONVENTIONS`). `istioTags` adds those of `buildServiceTags` there.
   */
  static read(region: Region, enriched: bool, istioTags: bool, longest: u32): Reporter {
    const reporter = changetype<Reporter>(region.take(offsetof<Reporter>()));
    const resource = Attributes.open(region, longest);
    const tags = Attributes.open(region, longest);
    reporter.resource = resource;
    reporter.tags = tags;
    const namespace = nodeMetadata(region, utf8("NAMESPACE"));
    const pod = nodeMetadata(region, utf8("NAME"));
    const id = nodeId(region);
    reporter.address = addressOf(region, id);
    reporter.serviceName = serviceName(region, enriched, pod);
    resource.text(utf8("service.name"), reporter.serviceName);
    resource.known(utf8("service.namespace"), namespace);
    resource.known(utf8("service.version"), serviceVersion(region));
    if (namespace != null && pod != null) {
      const instance = Text.joined(region, namespace, utf8("."), pod);
      resource.text(utf8("service.instance.id"), Text.joined(region, instance, utf8(".istio-proxy"), utf8("")));
    }
    resource.known(utf8("k8s.namespace.name"), namespace);
    resource.known(utf8("k8s.pod.name"), pod);
    addOwner(region, resource);
    resource.known(utf8("k8s.node.name"), nodeMetadata(region, utf8("NODE_NAME")));
    resource.known(utf8("k8s.cluster.name"), nodeMetadata(region, utf8("CLUSTER_ID")));
    resource.known(utf8("host.ip"), reporter.address);
    resource.text(utf8("telemetry.sdk.name"), utf8("signalbox"));
    resource.text(utf8("telemetry.sdk.language"), utf8("webassembly"));
    resource.text(utf8("telemetry.sdk.version"), utf8("0.1.0"));
    if (id != null && id.length > 0) {
      resource.text(utf8("node_id"), id);
      tags.text(utf8("node_id"), id);
    }
    if (istioTags) {
      addIstioTags(region, resource, namespace);
      addIstioTags(region, tags, namespace);
    }
    return reporter;
  }
}

/** As `buildServiceTags` of istio's `pilot/pkg/networking/core/tracing.go` has them, with its words for what is not known. */
function addIstioTags(region: Region, attributes: Attributes, namespace: Text | null): void {
  const service = workloadLabel(region, utf8("service.istio.io/canonical-name"));
  const revision = workloadLabel(region, utf8("service.istio.io/canonical-revision"));
  attributes.text(utf8("istio.canonical_service"), service == null ? utf8("unknown") : service);
  attributes.text(utf8("istio.canonical_revision"), revision == null ? utf8("latest") : revision);
  attributes.known(utf8("istio.mesh_id"), nodeMetadata(region, utf8("MESH_ID")));
  attributes.known(utf8("istio.cluster_id"), nodeMetadata(region, utf8("CLUSTER_ID")));
  attributes.text(utf8("istio.namespace"), namespace == null ? utf8("default") : namespace);
}

/** `service.name` of what this proxy reports. `pod` counts only if it is `enriched` (`Reporter.read`). */
export function serviceName(region: Region, enriched: bool, pod: Text | null): Text {
  let name: Text | null = null;
  if (enriched) {
    name = workloadLabel(region, utf8("app.kubernetes.io/instance"));
    if (isEmpty(name)) name = workloadLabel(region, utf8("app.kubernetes.io/name"));
    if (isEmpty(name)) name = nodeMetadata(region, utf8("WORKLOAD_NAME"));
    if (isEmpty(name)) name = pod;
  } else {
    name = nodeCluster(region);
  }
  if (name == null || name.length == 0) return utf8("unknown_service");
  const valid = validText(name.start, name.length, name.length);
  return Text.copy(region, valid.start, valid.length);
}

function serviceVersion(region: Region): Text | null {
  let version = workloadLabel(region, utf8("app.kubernetes.io/version"));
  if (version == null) version = workloadLabel(region, utf8("service.istio.io/canonical-revision"));
  return version == null ? workloadLabel(region, utf8("version")) : version;
}

/** Of `kubernetes://apis/apps/v1/namespaces/ns/deployments/x` and the workload's name that is `k8s.deployment.name: x`. */
function addOwner(region: Region, resource: Attributes): void {
  const owner = nodeMetadata(region, utf8("OWNER"));
  const name = nodeMetadata(region, utf8("WORKLOAD_NAME"));
  if (owner == null || name == null) return;
  let end = owner.length;
  while (end > 0 && load<u8>(owner.start + end - 1) != 0x2f) end--;
  let from = end > 0 ? end - 1 : 0;
  while (from > 0 && load<u8>(owner.start + from - 1) != 0x2f) from--;
  // Without the slash and the plural's s.
  if (from + 2 >= end) return;
  const kind = Text.copy(region, owner.start + from, end - from - 2);
  resource.text(Text.joined(region, utf8("k8s."), kind, utf8(".name")), name);
}

/** The proxy's address: the second part of istiod's node ids, `sidecar~10.0.0.1~pod.ns~domain`. */
function addressOf(region: Region, id: Text | null): Text | null {
  if (id == null) return null;
  const from = id.position(0x7e) + 1;
  if (from >= id.length) return null;
  let length: u32 = 0;
  while (from + length < id.length && load<u8>(id.start + from + length) != 0x7e) length++;
  return length == 0 || from + length == id.length ? null : Text.copy(region, id.start + from, length);
}

function isEmpty(text: Text | null): bool {
  return text == null || text.length == 0;
}
