/** What the frame does for a filter's plan: reading its configuration, and opening its requests. */
import { Place } from "../../../assembly/config/place";
import { Region } from "../../../assembly/memory/region";
import { PluginReading } from "../../../assembly/plugin/reading";
import { openRequest, reserveSlots } from "../../../assembly/request/request";

const readings = new Map<usize, PluginReading>();

/** What a configuration is read with. */
export function readingOf(root: Place): PluginReading {
  return PluginReading.open(root, Region.open());
}

/** Notes what a plan was read with. */
export function wasReadWith<P>(plan: P, reading: PluginReading): P {
  readings.set(changetype<usize>(plan), reading);
  return plan;
}

/** What a plan was read with. */
export function readingFor<P>(plan: P): PluginReading {
  return readings.get(changetype<usize>(plan));
}

/** Starts a request of that plan's: nothing of it is read yet. */
export function openRequestFor<P>(plan: P): void {
  const reading = readingFor(plan);
  reserveSlots(reading.slots.count);
  openRequest(reading.slots);
  reading.source().use();
}
