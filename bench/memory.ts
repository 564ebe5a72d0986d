/**
 * `make memory`: what a filter adds to the resident memory of an Envoy, by its configuration and the number of workers. Writes
 * bench/results/memory.md.
 *
 * Each figure is the median of `REPEATS` (3 if not given) processes, less that of processes with no filter; each process answers
 * `REQUESTS` (20,000 if not given) first, so that V8 has compiled what it compiles.
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { format } from "prettier";
import { envoyBinary } from "../tools/envoy-binary.ts";
import { shownSpec } from "../tools/manifests/shown-plugin.ts";
import { inSection } from "../test/support/module/sections.ts";
import { PROJECT, filterNames } from "../tools/project.ts";
import { directResponse, matchHeader, wasmFilter, type Json, type Listener } from "./measure/bootstrap.ts";
import { OUT } from "./measure/compile.ts";
import { startEnvoy } from "./measure/envoy.ts";
import { Connections } from "./measure/load.ts";
import { machine } from "./measure/machine.ts";
import { residentBytes } from "./measure/resident.ts";
import { HEADERS } from "./measure/requests.ts";
import { positive } from "./measure/settings.ts";
import { median } from "./measure/statistics.ts";
import { POLICY, policyRules } from "./variants/policy.ts";

const REPEATS = positive("REPEATS", 3);
const REQUESTS = positive("REQUESTS", 20_000);
/** The workers of a sidecar as Istio starts it (`proxy.concurrency` 2), and of a smaller and a larger one. */
const WORKERS = [1, 2, 4] as const;
/** So many that the kernel gives each worker some. */
const CONNECTIONS = 64;
const TURN = 1000;
const MEBIBYTE = 2 ** 20;

/** What a listener has, and what the table calls it. */
interface Case {
  title: string;
  filters: Json[];
}

const CASES: readonly Case[] = [
  ...filterNames().map((filter) => ({
    title: `${filter}, as its wasmplugin.yaml has it`,
    filters: [wasm(filter, shownConfiguration(filter))],
  })),
  ...[1_000, 10_000].map((count) => ({
    title: `authz, ${count.toLocaleString("en")} rules`,
    filters: [wasm("authz", { policies: [{ ...POLICY, rules: policyRules(count) }] })],
  })),
  {
    title: "all filters, as their wasmplugin.yaml have them",
    filters: filterNames().map((filter) => wasm(filter, shownConfiguration(filter))),
  },
  { title: "signalbox with the same as sections", filters: [wasm("signalbox", sections())] },
];

function wasm(filter: string, configuration: Json): Json {
  return wasmFilter(filter, join(PROJECT, "build", `${filter}.wasm`), configuration);
}

/** The `pluginConfig` of a filter's own manifest. */
function shownConfiguration(filter: string): Json {
  return shownSpec<{ pluginConfig: Json }>(filter).pluginConfig;
}

/** The same of all filters as one of `signalbox`; they share what they do not say alike, which here is nothing. */
function sections(): Json {
  const each = filterNames().map(
    (filter) => JSON.parse(inSection(filter, JSON.stringify(shownConfiguration(filter)))) as { [field: string]: Json },
  );
  return Object.assign({}, ...each) as Json;
}

/** What a process has resident after its requests, in bytes. */
async function measure(filters: Json[], workers: number): Promise<number> {
  const listener: Listener = { name: "memory", filters, routes: [directResponse(matchHeader(), "ok")] };
  const envoy = await startEnvoy(envoyBinary(), [listener], resolve(OUT, "memory"), undefined, workers);
  try {
    const load = await Connections.open(envoy.ports.get("memory")!, CONNECTIONS, HEADERS, "ok", {
      sometimes: "403 RBAC: access denied",
    });
    // In turns, as one must not take longer than some seconds on a busy machine.
    for (let sent = 0; sent < REQUESTS; sent += TURN) await load.turn(Math.min(TURN, REQUESTS - sent));
    load.close();
    return residentBytes(envoy.pid);
  } finally {
    await envoy.stop();
  }
}

/** For each number of workers, the median of what a listener's processes have, in MiB. */
async function medians({ title, filters }: Case): Promise<number[]> {
  const all: number[] = [];
  for (const workers of WORKERS) {
    const figures: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) figures.push((await measure(filters, workers)) / MEBIBYTE);
    const spread = `${Math.min(...figures).toFixed(1)} to ${Math.max(...figures).toFixed(1)}`;
    console.log(`${title}, ${workers} workers: ${median(figures).toFixed(1)} MiB (${spread})`);
    all.push(median(figures));
  }
  return all;
}

const base = await medians({ title: "no filter", filters: [] });
const rows: string[] = [];
for (const one of CASES) {
  const added = (await medians(one)).map((figure, at) => figure - base[at]!);
  const [first = 0, , last = 0] = added;
  const perWorker = (last - first) / (WORKERS[2] - WORKERS[0]);
  rows.push(`| ${[one.title, ...added.map((figure) => figure.toFixed(1)), perWorker.toFixed(1)].join(" | ")} |`);
}
const text = `# What a filter takes in memory

Written by \`make memory\` on ${new Date().toISOString().slice(0, 10)}: ${machine()}.

Resident memory of Envoy (\`VmRSS\`) after ${REQUESTS.toLocaleString("en")} requests, in MiB, less what it is with no filter
(${base.map((figure) => figure.toFixed(0)).join(", ")}): the median of ${REPEATS} processes each. The main thread has a VM too, which is in the figures of each column.

| filter | ${WORKERS.map((workers) => `${workers} ${workers === 1 ? "worker" : "workers"}`).join(" | ")} | each further worker |
|---|---|---|---|---|
${rows.join("\n")}
`;
const table = await format(text, { parser: "markdown", printWidth: 120 });
console.log(table);
writeFileSync(join(PROJECT, "bench/results/memory.md"), table);
