import { classRuntime } from "../variants/class-runtime.ts";
import { emptyFilter, noFilter, rawFloor } from "../variants/floor.ts";
import { headerRouting, routesName } from "../variants/header-routing.ts";
import { lua } from "../variants/lua.ts";
import { nativeRoutes, nativeRoutesName } from "../variants/native-routes.ts";
import { rustSdk } from "../variants/rust.ts";
import { ROUTE_COUNTS } from "../variants/variant.ts";
import type { Suite } from "./suite.ts";

/** One routing decision, made in different ways. */
export async function routing(): Promise<Suite> {
  return {
    name: "routing",
    base: noFilter(),
    others: [
      await emptyFilter(),
      await rawFloor(),
      ...headerRouting(),
      ...lua(),
      await rustSdk(),
      await classRuntime(),
      ...ROUTE_COUNTS.map(nativeRoutes),
    ],
    ladder: {
      what: "routes, the last one taken",
      counts: ROUTE_COUNTS,
      ours: { title: "header-routing", name: routesName },
      native: { title: "native route table", name: nativeRoutesName },
    },
    targets: [
      { title: "one rule against Lua", ratio: ["header-routing-1", "lua"], bound: { atMost: 1.15 } },
      { title: "one rule against the Rust SDK", ratio: ["header-routing-1", "rust"], bound: { atMost: 0.75 } },
      {
        title: "one rule against the class runtime",
        ratio: ["header-routing-1", "class-runtime"],
        bound: { atMost: 0.4 },
      },
      { title: "five headers against Lua", ratio: ["header-routing-five", "lua-five"], bound: { atMost: 1.15 } },
      { title: "5,000 routes against one", ratio: ["header-routing-5000", "header-routing-1"], bound: { atMost: 1.5 } },
      {
        title: "native table against ours, 200 routes",
        ratio: ["native-200", "header-routing-200"],
        bound: { atLeast: 1 },
      },
      {
        title: "native table against ours, 1,000 routes",
        ratio: ["native-1000", "header-routing-1000"],
        bound: { atLeast: 6 },
      },
    ],
    isOurs: (name) => name.startsWith("header-routing"),
  };
}
