import { areGatewayLabels, mayBeGatewayLabels } from "../input/gateway-labels.ts";
import { isObject, type Json, type Resource } from "../input/resource.ts";
import { itemsOf, type Remark } from "./remark.ts";

/** Istio's root namespace, unless the MeshConfig says otherwise. */
const ROOT_NAMESPACE = "istio-system";

/** Filters that guard: where they cannot run, Istio's default of refusing every request is right. */
const GUARDS = ["authz", "signalbox"];

/** Names that belong to nobody (RFC 2606), as the project's own manifests have them. */
const PLACEHOLDER = /^(?:[a-z]+:\/\/)?(?:[^/]*\.)?example\.(?:com|net|org)(?:[:/]|$)/;

/**
 * Where a WasmPlugin or TrafficExtension runs, and what becomes of requests if it does not: what Istio takes and is
 * probably a mistake.
 *
 * @param filter the plugin's filter, if it is known
 */
export function remarksOnPlacement({ spec, kind, namespace }: Resource, filter: string | undefined): Remark[] {
  const plugin = kind === "WasmPlugin" ? spec : isObject(spec.wasm) ? spec.wasm : {};
  const way = kind === "WasmPlugin" ? ["spec"] : ["spec", "wasm"];
  const remarks: Remark[] = [];
  const gateway = gatewayOf(spec);
  if (gateway !== undefined && onlyServer(spec)) {
    const message = `the plugin runs nowhere, and every request passes: ${gateway}, whose listeners are CLIENT; write mode: CLIENT`;
    remarks.push({ path: ["spec", "match", 0, "mode"], message });
  }
  if (namespace === ROOT_NAMESPACE && spec.selector === undefined && itemsOf(spec.targetRefs).length === 0) {
    const message = "the root namespace, without selector and targetRefs: the plugin runs in every proxy of the mesh";
    remarks.push({ path: ["metadata", "namespace"], message });
  }
  if (filter !== undefined && !GUARDS.includes(filter) && plugin.failStrategy === undefined) {
    const message = "not set, so FAIL_CLOSE: if the module cannot be loaded, every request is refused; write FAIL_OPEN";
    remarks.push({ path: [...way, "failStrategy"], message });
  }
  if (typeof plugin.url === "string" && PLACEHOLDER.test(plugin.url)) {
    const message = "a placeholder: no image is there; write where yours is";
    remarks.push({ path: [...way, "url"], message });
  }
  return remarks;
}

/** Whether `match` leaves inbound listeners of sidecars alone. */
function onlyServer(spec: Json): boolean {
  const match = itemsOf(spec.match);
  return match.length > 0 && match.every((one) => isObject(one) && one.mode === "SERVER");
}

/** Why it is for a gateway; undefined if it is for others, or for a waypoint, whose listeners are SERVER. */
function gatewayOf(spec: Json): string | undefined {
  const labels = isObject(spec.selector) && isObject(spec.selector.matchLabels) ? spec.selector.matchLabels : {};
  for (const [key, value] of Object.entries(labels)) {
    const label = { [key]: String(value) };
    if (areGatewayLabels(label)) return `its selector ${key}: ${String(value)} is a gateway's`;
    if (mayBeGatewayLabels(label)) {
      return `unless it is an application with a sidecar, ${key}: ${String(value)} is a gateway`;
    }
  }
  const target = itemsOf(spec.targetRefs).find((one) => {
    return isObject(one) && /^Gateway(Class)?$/.test(String(one.kind)) && !/waypoint/.test(String(one.name));
  });
  if (!isObject(target)) return undefined;
  return `unless it is a waypoint, ${String(target.kind)} ${String(target.name)} is a gateway`;
}
