/**
 * What each callback that a module exports, and each host call that it makes, adds to a request. Prints a table; run it
 * before building on a figure (`npx tsx bench/host-calls.ts`).
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Callback } from "../emulator/callbacks.ts";
import { envoyBinary } from "../tools/envoy-binary.ts";
import { directResponse, matchHeader, wasmFilter, type Listener } from "./measure/bootstrap.ts";
import { withEmptyCallbacks } from "./measure/callbacks.ts";
import { compile, OUT, source } from "./measure/compile.ts";
import { bindCores } from "./measure/cores.ts";
import { startEnvoy } from "./measure/envoy.ts";
import { measureRounds } from "./measure/rounds.ts";
import { HEADERS } from "./measure/requests.ts";
import { summarize, type Summary } from "./measure/statistics.ts";

const ADDED: readonly Callback[] = [
  "proxy_on_context_create",
  "proxy_on_response_headers",
  "proxy_on_response_body",
  "proxy_on_done",
  "proxy_on_log",
  "proxy_on_delete",
];

/** Source of a filter that makes one host call `times` over, and nothing else. */
function withCall(call: string, times: number): string {
  return `import { ${call}, defineMetric, reset } from "../assembly/host-calls";
export { malloc, proxy_abi_version_0_2_1 } from "../assembly/host-calls";
export function proxy_on_configure(_id: u32, _size: u32): u32 { defineMetric(); return 1; }
export function proxy_on_request_headers(_id: u32, _headers: u32, _end: u32): u32 {
  reset();
${`  ${call}();\n`.repeat(times)}  return 0;
}
`;
}

const floor = await compile(source("floor.ts"), "floor", ["--runtime", "stub"]);
const modules = new Map([["floor", floor]]);
const withAdded = (name: string, callbacks: readonly Callback[]): void =>
  void modules.set(name, withEmptyCallbacks(floor, callbacks, stemOf(name)));
for (const callback of ADDED) withAdded(`floor + ${callback}`, [callback]);
withAdded("floor + create, delete", ["proxy_on_context_create", "proxy_on_delete"]);
withAdded("floor + all six", ADDED);
const CALLS = [
  "nothing",
  "incrementMetric",
  "readValue",
  "readMetric",
  "readPairs",
  "readProperty",
  "readFlags",
  "readHeaderProperty",
  "readAbsentHeaderProperty",
  "readAbsentValue",
  "replaceHeader",
  "removeAbsentHeader",
];
for (const call of CALLS) {
  for (const times of call === "nothing" ? [1] : [1, 5]) {
    const name = `${times} × ${call}`;
    const entry = resolve(OUT, `${stemOf(name)}.ts`);
    writeFileSync(entry, withCall(call, times));
    modules.set(name, await compile(entry, stemOf(name), ["--runtime", "stub"]));
  }
}

/** The name of a module's files. */
function stemOf(name: string): string {
  return name.replace(/[^a-zA-Z0-9_]+/g, "-");
}

/** Which route the module's write, or none, leads to. */
function answerOf(name: string): string {
  return name.startsWith("floor") || name.endsWith("replaceHeader") ? "v2" : "v1";
}

function figures({ median, lower, upper }: Summary): string {
  return `${median.toFixed(2)} (quartiles ${lower.toFixed(2)} to ${upper.toFixed(2)})`;
}

const routes = [directResponse(matchHeader("x-subset", "v2"), "v2"), directResponse(matchHeader(), "v1")];
const listeners: Listener[] = [{ name: "no filter", filters: [], routes }];
for (const [name, module] of modules) listeners.push({ name, filters: [wasmFilter(stemOf(name), module)], routes });

const cores = bindCores();
const envoy = await startEnvoy(envoyBinary(), listeners, resolve(OUT, "host-calls"), cores?.envoy);
try {
  const seconds = Number(process.env.SECONDS ?? 60);
  const plan = {
    seconds,
    rounds: Infinity,
    warmUp: 60_000,
    leadIn: 100,
    requests: 400,
    connections: 8,
    headers: HEADERS,
  };
  const subjects = listeners.map(({ name }) => ({ name, body: answerOf(name) }));
  const { base, added } = await measureRounds(envoy, subjects[0]!, subjects.slice(1), plan);
  const noFilter = summarize(base);
  console.log(`no filter: ${figures(noFilter)} µs a request, of ${noFilter.count} turns\n`);
  console.log("| module | adds, µs a request | quartiles | turns |\n|---|---|---|---|");
  for (const [name, series] of added) {
    const { median, lower, upper, count } = summarize(series);
    console.log(`| ${name} | ${median.toFixed(2)} | ${lower.toFixed(2)} to ${upper.toFixed(2)} | ${count} |`);
  }
} finally {
  await envoy.stop();
}
