/** Istio's own tracing, and what of it is at a sidecar. */
import { ROOT_NAMESPACE, TRACER } from "./istiod.ts";
import type { Resource } from "./kubernetes.ts";
import { listenersOf } from "./listeners.ts";
import type { Workload } from "./workload.ts";

export const DIRECTIONS = ["INBOUND", "OUTBOUND"] as const;

/** The whole mesh is traced by Envoy's OpenTelemetry tracer. */
export const TRACED: Resource = {
  apiVersion: "telemetry.istio.io/v1",
  kind: "Telemetry",
  metadata: { name: "mesh-default", namespace: ROOT_NAMESPACE },
  spec: { tracing: [{ providers: [{ name: TRACER }], randomSamplingPercentage: 100 }] },
};

/** Envoy's tracer where requests come in, and where they go out. */
export type Tracers = readonly ["on" | "silent" | "none", "on" | "silent" | "none"];

/** The tracers that are at work at a sidecar. */
export async function tracersOf({ admin }: Workload): Promise<Tracers> {
  const [inbound, outbound] = await Promise.all(
    DIRECTIONS.map(async (direction) => {
      const listeners = await listenersOf(admin, direction);
      if (!listeners.includes("envoy.tracers.opentelemetry")) return "none";
      return listeners.includes(`"no_context_propagation":true`) ? "silent" : "on";
    }),
  );
  return [inbound!, outbound!];
}

/** Whether each of the sidecars has these tracers. */
export async function areTraced(workloads: readonly Workload[], expected: Tracers): Promise<boolean> {
  return (await Promise.all(workloads.map(tracersOf))).every((found) => found.join() === expected.join());
}
