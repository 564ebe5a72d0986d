import { faultInjection, faultInjectionName } from "../variants/fault-injection.ts";
import { ROUTES, SCENARIOS } from "../variants/faults.ts";
import { emptyFilter } from "../variants/floor.ts";
import { luaFaultName, luaFaults } from "../variants/lua-faults.ts";
import { nativeFaults } from "../variants/native-faults.ts";
import type { Suite } from "./suite.ts";

/** Faults that do not happen, which is what most requests meet, and one row with some that do. */
export async function faults(): Promise<Suite> {
  const answered = { answer: "reviews", routes: ROUTES };
  return {
    name: "faults",
    base: { name: "no-filter", title: "no filter", ...answered, reads: [], filters: [] },
    others: [
      await emptyFilter(answered),
      ...SCENARIOS.flatMap((scenario) => [
        faultInjection(scenario),
        luaFaults(scenario),
        luaFaults(scenario, true),
        nativeFaults(scenario),
      ]),
    ],
    targets: [false, true].flatMap((marks) =>
      SCENARIOS.map((scenario) => ({
        title: `against Lua that marks ${marks ? "responses" : "nothing"}: ${scenario.title}`,
        ratio: [faultInjectionName(scenario), luaFaultName(scenario, marks)] as const,
        bound: { atMost: 1 },
      })),
    ),
    isOurs: (name) => name.startsWith("fault-injection"),
  };
}
