import { luaAll, luaChain } from "../variants/lua-module.ts";
import { DECISIONS, MODULE_HEADERS, routes } from "../variants/module.ts";
import { nativeAll } from "../variants/native-module.ts";
import {
  bareHostCalls,
  byHand,
  called,
  calledName,
  chain,
  oneSection,
  sectionName,
  signalbox,
  signalboxInUsualModes,
  single,
} from "../variants/signalbox.ts";
import type { Suite } from "./suite.ts";

/** Four decisions for one request: by a chain of the single filters, by the module that has them all, by scripts and by Envoy. */
export async function module(): Promise<Suite> {
  return {
    name: "module",
    base: { name: "no-filter", title: "no filter", answer: "v1", reads: [], filters: [], routes: routes() },
    headers: MODULE_HEADERS,
    others: [
      await bareHostCalls(),
      await byHand(),
      chain(),
      signalbox(),
      signalboxInUsualModes(),
      luaChain(),
      luaAll(),
      luaAll(true),
      nativeAll(),
      ...DECISIONS.flatMap((decision) => [single(decision), oneSection(decision)]),
      ...DECISIONS.map(called),
    ],
    targets: [
      { title: "signalbox against the chain", ratio: ["signalbox", "chain"], bound: { atMost: 0.4 } },
      {
        title: "the host calls of signalbox alone against the chain",
        ratio: ["bare-host-calls", "chain"],
        bound: { atMost: 0.4 },
      },
      {
        title: "the same decisions written for this configuration alone against the chain",
        ratio: ["by-hand", "chain"],
        bound: { atMost: 0.4 },
      },
      { title: "signalbox against four Lua scripts", ratio: ["signalbox", "lua-chain"], bound: { atMost: 1 } },
      { title: "signalbox against one Lua script", ratio: ["signalbox", "lua-all"], bound: { atMost: 1.2 } },
      {
        title: "the same decisions written for this configuration alone against one Lua script",
        ratio: ["by-hand", "lua-all"],
        bound: { atMost: 1.2 },
      },
      {
        title: "signalbox against its host calls alone",
        ratio: ["signalbox", "bare-host-calls"],
        bound: { atMost: 1.15 },
      },
      ...DECISIONS.map((decision) => ({
        title: `signalbox with ${decision.section} alone against ${decision.filter}`,
        ratio: [sectionName(decision), decision.filter] as const,
        bound: { atMost: 1.1 },
      })),
      ...DECISIONS.map((decision) => ({
        title: `signalbox with ${decision.section} alone against ${decision.filter} with the callbacks of signalbox`,
        ratio: [sectionName(decision), calledName(decision)] as const,
        bound: { atMost: 1.1 },
      })),
    ],
    isOurs: (name) =>
      name === "chain" || name.startsWith("signalbox") || DECISIONS.some(({ filter }) => name.startsWith(filter)),
  };
}
