import { startUpstream } from "../measure/upstream.ts";
import { circuitBreaking } from "../variants/circuit-breaking.ts";
import { TENANTS, toUpstream } from "../variants/circuits.ts";
import { circuitCalls, emptyReadFilter } from "../variants/floor.ts";
import { luaCircuits } from "../variants/lua-circuits.ts";
import { admissionControl, nativeOutlierDetection } from "../variants/native-circuits.ts";
import type { Suite } from "./suite.ts";

/** Calls that succeed while a circuit is closed, which is what most calls meet; and calls that an open one refuses. */
export async function circuits(): Promise<Suite> {
  const upstream = await startUpstream();
  const base = "no-filter";
  return {
    name: "circuits",
    base: { name: base, title: "no filter", ...toUpstream(base, upstream), filters: [] },
    rotates: TENANTS,
    upstream: true,
    others: [
      await emptyReadFilter(toUpstream("empty-read", upstream)),
      await circuitCalls(toUpstream("circuit-calls", upstream)),
      ...circuitBreaking(upstream),
      ...luaCircuits(upstream),
      ...nativeOutlierDetection(upstream),
      admissionControl(upstream),
    ],
    targets: [
      {
        title: "one closed circuit against an empty filter with the same callbacks and one read",
        ratio: ["circuits-one", "empty-read"],
        bound: { atMost: 1.25 },
      },
      {
        title: "with a failure rate against without",
        ratio: ["circuits-rates", "circuits-one"],
        bound: { atMost: 1.1 },
      },
      ...["hosts", "matches", "keys"].map((what) => ({
        title: `1,000 ${what} against one circuit`,
        ratio: [`circuits-1000-${what}`, "circuits-one"] as const,
        bound: { atMost: 1.2 },
      })),
      {
        title: "what an open circuit refuses against the request that it spares, each as a whole",
        ratio: ["circuits-open", base],
        whole: true,
        bound: { atMost: 1 },
      },
    ],
    isOurs: (name) => name.startsWith("circuits-"),
  };
}
