import { fromUtf8, type Stream } from "../../emulator/index.ts";
import type { Configured } from "../filter/configured.ts";

/** How a circuit is, in the order of the numbers that its gauge has. */
export const CIRCUIT_STATES = ["closed", "open", "half-open"] as const;
export type CircuitState = (typeof CIRCUIT_STATES)[number];

/** The circuit that a request belongs to, as `expose` has circuit-breaking say it; undefined if it says nothing. */
export function circuitOf({ filterState }: Stream): string | undefined {
  const name = filterState.get("wasm.circuit")?.value;
  return name === undefined ? undefined : fromUtf8(name);
}

/** How all circuits are, by their names (`reviews.tenant.key.1` for a key); undefined if the filter has none. */
export function circuitsOf({ emulator, root }: Configured): Record<string, CircuitState> | undefined {
  const prefix = `circuit_breaking.circuit.${root.pluginName}.`;
  const gauges = [...emulator.metrics.gauges].filter(
    ([name]) => name.startsWith(prefix) && name.endsWith(STATE) && name.length > prefix.length + STATE.length,
  );
  if (gauges.length === 0) return undefined;
  return Object.fromEntries(
    gauges.map(([name, value]) => [
      fromUtf8(name.slice(prefix.length, -STATE.length)),
      CIRCUIT_STATES[Number(value)] ?? "closed",
    ]),
  );
}

const STATE = ".state";
