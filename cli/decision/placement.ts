import { isObject, type Json } from "../input/resource.ts";
import { portOf } from "./as-envoy.ts";
import type { Request } from "./request.ts";

/** One of a plugin's `match` (istio `extensions.v1alpha1: WasmPlugin.TrafficSelector`): listeners that it is in. */
export interface Selector {
  readonly mode: "CLIENT" | "SERVER" | "CLIENT_AND_SERVER";
  /** All ports if empty. */
  readonly ports: readonly number[];
}

/** The `match` of a plugin's resource; none if it is in every listener. */
export function selectorsOf(spec: Json): Selector[] {
  if (!Array.isArray(spec.match)) return [];
  return spec.match.filter(isObject).map(({ mode, ports }) => ({
    mode: mode === "CLIENT" || mode === "SERVER" ? mode : "CLIENT_AND_SERVER",
    ports: Array.isArray(ports) ? ports.filter(isObject).map(({ number }) => Number(number)) : [],
  }));
}

/** Whether labels are those of one of Istio's gateways. */
export function isGateway(labels: Readonly<Record<string, string>>): boolean {
  return "gateway.networking.k8s.io/gateway-name" in labels || /gateway/.test(labels.istio ?? "");
}

/**
 * The request with what it leaves open as the plugin's `match` suggests: the direction, if the plugin is in listeners of one
 * direction only, and the port, if it is in listeners of some ports only. A caller with a certificate is never on the
 * outbound side of a sidecar, so the direction stays open then.
 */
export function placed(request: Request, selectors: readonly Selector[], gateway: boolean): Request {
  const all = (mode: Selector["mode"]): boolean => selectors.length > 0 && selectors.every((one) => one.mode === mode);
  const outbound = all("CLIENT") && (gateway || request.principal === undefined);
  const direction = request.direction ?? (all("SERVER") ? "INBOUND" : outbound ? "OUTBOUND" : undefined);
  const ports = selectors.every(({ ports }) => ports.length > 0) ? (selectors[0]?.ports ?? []) : [];
  const open = portOf(request) === portOf({ ...request, host: "a", headers: {} });
  const port = request.port ?? (open ? ports[0] : undefined);
  return { ...request, ...(direction !== undefined && { direction }), ...(port !== undefined && { port }) };
}

/** Why the plugin is not in the listener that a request comes to; undefined if it is. */
export function whyNotThere(request: Request, selectors: readonly Selector[]): string | undefined {
  if (selectors.length === 0) return undefined;
  const { direction } = request;
  const port = portOf(request);
  const wanted = direction === "INBOUND" ? "SERVER" : "CLIENT";
  const fitting = selectors.filter(
    ({ mode }) => direction === undefined || mode === "CLIENT_AND_SERVER" || mode === wanted,
  );
  if (fitting.length === 0) return `its match.mode is ${selectors[0]?.mode}, and the request is ${direction}`;
  if (fitting.some(({ ports }) => ports.length === 0 || ports.includes(port))) return undefined;
  const ports = [...new Set(fitting.flatMap((one) => one.ports))].join(", ");
  return `its match has the ports ${ports}, and the request comes to ${port}: --request '{port: …}'`;
}
