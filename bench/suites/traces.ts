import { emptyLogFilter } from "../variants/floor.ts";
import { luaTraces } from "../variants/lua-traces.ts";
import { nativeTracer } from "../variants/native-tracer.ts";
import { tracePropagation } from "../variants/trace-propagation.ts";
import { PASSED, ROUTES, TRACE_HEADERS } from "../variants/traces.ts";
import type { Suite } from "./suite.ts";

/** What it costs to pass a trace's context on, to translate it, to begin one and to join a call to its cause. */
export async function traces(): Promise<Suite> {
  const answered = { answer: PASSED, routes: ROUTES };
  return {
    name: "traces",
    base: { name: "no-filter", title: "no filter", ...answered, reads: [], filters: [] },
    headers: TRACE_HEADERS,
    others: [
      await emptyLogFilter(answered),
      ...tracePropagation(),
      ...luaTraces(),
      nativeTracer(false),
      nativeTracer(true),
    ],
    targets: [
      {
        title: "passing on against an empty filter with the same callbacks",
        ratio: ["trace-propagation-pass", "empty-log"],
        bound: { atMost: 1.5 },
      },
      { title: "B3 to W3C against Lua", ratio: ["trace-propagation-b3", "lua-b3"], bound: { atMost: 1.15 } },
    ],
    isOurs: (name) => name.startsWith("trace-propagation"),
  };
}
