import { areGatewayLabels, mayBeGatewayLabels } from "../input/gateway-labels.ts";
import { acts, sectionsOf, SIGNALBOX } from "../filter/sections.ts";
import type { Plugin } from "../input/plugin.ts";
import { isObject, type Json, type Resource } from "../input/resource.ts";
import { itemsOf, type Remark } from "./remark.ts";

/** Istio's root namespace, unless the MeshConfig says otherwise. */
const ROOT_NAMESPACE = "istio-system";

/** Names that belong to nobody (RFC 2606), as the project's own manifests have them. */
const PLACEHOLDER = /^(?:[a-z]+:\/\/)?(?:[^/]*\.)?example\.(?:com|net|org)(?:[:/]|$)/;

/**
 * Where a WasmPlugin or TrafficExtension runs, and what becomes of requests if it does not: what Istio takes and is
 * probably a mistake.
 *
 * @param given the plugin in it, if there is one
 */
export function remarksOnPlacement({ spec, kind, namespace }: Resource, given: Plugin | undefined): Remark[] {
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
  const guards = given !== undefined && isGuard(given);
  if (given?.filter !== undefined && !guards && plugin.failStrategy === undefined) {
    const message = "not set, so FAIL_CLOSE: if the module cannot be loaded, every request is refused; write FAIL_OPEN";
    remarks.push({ path: [...way, "failStrategy"], message });
  }
  if (given?.filter === SIGNALBOX && guards && plugin.failStrategy === "FAIL_OPEN") {
    const message =
      "if the module cannot run, the section authz checks nothing and every request passes; write FAIL_CLOSE";
    remarks.push({ path: [...way, "failStrategy"], message });
  }
  if (gateway === undefined) remarks.push(...remarksOnModes(spec, given));
  if (typeof plugin.url === "string" && PLACEHOLDER.test(plugin.url)) {
    const message = "a placeholder: no image is there; write where yours is";
    remarks.push({ path: [...way, "url"], message });
  }
  return remarks;
}

/** Whether a plugin guards: if it cannot run, Istio's default of refusing every request is right. */
function isGuard({ filter, config }: Plugin): boolean {
  return filter === "authz" || sectionsOf(filter, config).some((section) => section.filter === "authz");
}

/** A phase that is none for the section authz. That of authz alone is as well the user's choice. */
export function remarksOnPhase({ spec }: Resource, given: Plugin | undefined): Remark[] {
  if (given?.filter !== SIGNALBOX || !isGuard(given) || spec.phase === "AUTHZ") return [];
  const phase = spec.phase === undefined ? "not set" : String(spec.phase);
  const message = `${phase}: the section authz belongs into the phase AUTHZ, after tokens are verified and before all that has no phase; write AUTHZ`;
  return [{ path: ["spec", "phase"], message }];
}

/** Sections of signalbox that never act, as the plugin is not at their listeners. */
function remarksOnModes(spec: Json, given: Plugin | undefined): Remark[] {
  const modes = itemsOf(spec.match).map((one) => (isObject(one) ? one.mode : undefined));
  const isAt = (mode: string): boolean => modes.length === 0 || modes.some((one) => one !== mode);
  const listeners = [...(isAt("CLIENT") ? ["INBOUND"] : []), ...(isAt("SERVER") ? ["OUTBOUND"] : [])];
  return sectionsOf(given?.filter, given?.config).flatMap((section) => {
    if (listeners.some((direction) => acts(section, direction, false))) return [];
    const message = `${section.name} never acts: its mode is ${section.mode}, and the plugin is at ${String(modes[0])} listeners only; write CLIENT_AND_SERVER`;
    return [{ path: ["spec", "match", 0, "mode"], message }];
  });
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
