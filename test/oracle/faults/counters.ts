/** What the filter counts against Envoy's own fault filter's counters and against what the answers showed. */
import type { Observation } from "./compare.ts";

const NATIVE = /^http\.native-.+\.fault\.(delays_injected|aborts_injected)$/;
const FILTER = "wasmcustom.fault_injection.";

type Effect = "delays_injected" | "aborts_injected";

/** What Envoy's own counters of all listeners come to. */
function nativeTotal(stats: ReadonlyMap<string, string>, effect: Effect): number {
  const counts = [...stats].filter(([name]) => NATIVE.exec(name)?.[1] === effect).map(([, count]) => Number(count));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** What the filter is to count: in all by Envoy's own counters, for each entry by the response flags of native answers. */
function expectedCounts(native: readonly Observation[], stats: ReadonlyMap<string, string>): Map<string, number> {
  const expected = new Map<string, number>();
  for (const effect of ["delays_injected", "aborts_injected"] as const) {
    expected.set(`${FILTER}${effect}`, nativeTotal(stats, effect));
    for (const { entry, ...one } of native) {
      if (effect === "delays_injected" ? !one.delayed : !one.aborted) continue;
      const name = `${FILTER}route.${entry}.${effect}`;
      expected.set(name, (expected.get(name) ?? 0) + 1);
    }
  }
  return expected;
}

/** A line for each counter of the filter's that is not as it is to be; `native` are all native answers. */
export function compareCounters(native: readonly Observation[], stats: ReadonlyMap<string, string>): string[] {
  const expected = expectedCounts(native, stats);
  const actual = [...stats].filter(([name]) => name.startsWith(FILTER) && /\.(delays|aborts)_injected$/.test(name));
  const names = new Set([...expected.keys(), ...actual.map(([name]) => name)]);
  return [...names]
    .filter((name) => (expected.get(name) ?? 0) !== Number(stats.get(name) ?? 0))
    .map((name) => `${name} is ${stats.get(name) ?? "not there"} instead of ${expected.get(name) ?? 0}`);
}
