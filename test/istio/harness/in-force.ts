import { until } from "../../../envoy/deadline.ts";
import { namesPlugin } from "./plugins.ts";
import type { Workload } from "./workload.ts";

interface ConfigDump {
  configs: {
    "@type": string;
    dynamic_listeners?: { active_state?: object }[];
    ecds_filters?: { ecds_filter: { name: string }; error_state?: object }[];
  }[];
}

/**
 * Waits until a listener of a sidecar that takes requests has a WasmPlugin of the namespace `default`. Envoy puts a listener to
 * work only when the filters that it names are there, so the module was loaded then, or what pilot-agent puts in its place.
 */
export async function inForce(workload: Workload, plugin: string): Promise<void> {
  await until(`${plugin} to be in force at ${workload.identity.name}`, async () => {
    const { configs } = JSON.parse(await workload.admin.get("/config_dump?include_eds")) as ConfigDump;
    const listeners = configs.flatMap(({ dynamic_listeners = [] }) => dynamic_listeners);
    const filters = configs.flatMap(({ ecds_filters = [] }) => ecds_filters);
    const has = (value: object | undefined): boolean => namesPlugin(JSON.stringify(value ?? {}), "default", plugin);
    return listeners.some(({ active_state }) => has(active_state)) && filters.some(has);
  });
}
