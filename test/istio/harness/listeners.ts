import type { Admin } from "../../../envoy/admin.ts";

/** A listener that takes connections, as `/config_dump` has it. */
interface Listener {
  traffic_direction?: "INBOUND" | "OUTBOUND";
}

interface ConfigDump {
  configs: { dynamic_listeners?: { active_state?: { listener: Listener } }[] }[];
}

/** What of a sidecar's configuration, as JSON, is at work for requests of a direction: for those that come, or those that go out. */
export async function listenersOf(admin: Admin, direction: "INBOUND" | "OUTBOUND"): Promise<string> {
  const { configs } = JSON.parse(await admin.get("/config_dump")) as ConfigDump;
  const active = configs
    .flatMap(({ dynamic_listeners = [] }) => dynamic_listeners)
    .flatMap(({ active_state }) => active_state?.listener ?? [])
    .filter(({ traffic_direction }) => traffic_direction === direction);
  return JSON.stringify(active);
}
