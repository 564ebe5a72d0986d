/**
 * What each callback that a module exports, and each host call that it makes, adds to a request. Prints a table; run it
 * before building on a figure (`npx tsx bench/host-calls.ts`).
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { envoyBinary } from "../tools/envoy-binary.ts";
import { directResponse, matchHeader, wasmFilter, type Listener } from "./measure/bootstrap.ts";
import { compile, OUT } from "./measure/compile.ts";
import { bindCores } from "./measure/cores.ts";
import { startEnvoy } from "./measure/envoy.ts";
import { measureRounds } from "./measure/rounds.ts";
import { HEADERS } from "./measure/requests.ts";
import { summarize, type Summary } from "./measure/statistics.ts";

const CALLBACKS: Readonly<Record<string, string>> = {
  proxy_on_context_create: "(_id: u32, _root: u32): void {}",
  proxy_on_response_headers: "(_id: u32, _headers: u32, _end: u32): u32 { return 0; }",
  proxy_on_response_body: "(_id: u32, _size: u32, _end: u32): u32 { return 0; }",
  proxy_on_done: "(_id: u32): u32 { return 1; }",
  proxy_on_log: "(_id: u32): void {}",
  proxy_on_delete: "(_id: u32): void {}",
};

/** Source of the floor filter with further callbacks that do nothing. */
function withCallbacks(callbacks: readonly string[]): string {
  const functions = callbacks.map((name) => `export function ${name}${CALLBACKS[name]}\n`);
  return `export * from "../assembly/floor";\n${functions.join("")}`;
}

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

const modules: Record<string, string> = { floor: withCallbacks([]) };
for (const name of Object.keys(CALLBACKS)) modules[`floor + ${name}`] = withCallbacks([name]);
modules["floor + create, delete"] = withCallbacks(["proxy_on_context_create", "proxy_on_delete"]);
modules["floor + all six"] = withCallbacks(Object.keys(CALLBACKS));
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
  modules[`1 × ${call}`] = withCall(call, 1);
  if (call !== "nothing") modules[`5 × ${call}`] = withCall(call, 5);
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
mkdirSync(OUT, { recursive: true });
for (const [name, source] of Object.entries(modules)) {
  const stem = name.replace(/[^a-zA-Z0-9_]+/g, "-");
  const entry = resolve(OUT, `${stem}.ts`);
  writeFileSync(entry, source);
  listeners.push({ name, filters: [wasmFilter(stem, await compile(entry, stem, ["--runtime", "stub"]))], routes });
}

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
