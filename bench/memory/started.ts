import { join, resolve } from "node:path";
import { envoyBinary } from "../../tools/envoy-binary.ts";
import { shownSpec } from "../../tools/manifests/shown-plugin.ts";
import { inSection } from "../../test/support/module/sections.ts";
import { PROJECT, filterNames } from "../../tools/project.ts";
import { directResponse, matchHeader, wasmFilter, type Json, type Listener } from "../measure/bootstrap.ts";
import { OUT } from "../measure/compile.ts";
import { startEnvoy } from "../measure/envoy.ts";
import { residentBytes } from "../measure/resident.ts";
import { nativeRbacFilter } from "../variants/native-rbac.ts";
import { POLICY, policyRules } from "../variants/policy.ts";
import { answer, FEW_REQUESTS, MEBIBYTE, REPEATS, REQUESTS, told, WORKERS } from "./figures.ts";
import { tableOf, type Row } from "./table.ts";

/** What a listener has, and what the table calls it. */
interface Case {
  title: string;
  filters: Json[];
  /** The requests of each process, where they are to be fewer than others': of what would take minutes. */
  requests?: number;
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
  ...[1_000, 10_000].map((count) => ({
    title: `native RBAC, ${count.toLocaleString("en")} rules`,
    filters: [nativeRbacFilter(count)],
    requests: FEW_REQUESTS,
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
async function measure({ filters, requests = REQUESTS }: Case, workers: number): Promise<number> {
  const listener: Listener = { name: "memory", filters, routes: [directResponse(matchHeader(), "ok")] };
  const envoy = await startEnvoy(envoyBinary(), [listener], resolve(OUT, "memory"), undefined, workers);
  try {
    await answer(envoy.ports.get("memory")!, "ok", requests);
    return residentBytes(envoy.pid);
  } finally {
    await envoy.stop();
  }
}

/** For each number of workers, the median of what a listener's processes have, in MiB. */
async function medians(one: Case): Promise<number[]> {
  const all: number[] = [];
  for (const workers of WORKERS) {
    const figures: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) figures.push((await measure(one, workers)) / MEBIBYTE);
    all.push(told(`${one.title}, workers: ${workers}`, figures));
  }
  return all;
}

/** The table of what each filter adds to an Envoy that starts with it, and what an Envoy with no filter has, in MiB. */
export async function measureStarted(): Promise<{ base: number[]; table: string }> {
  const base = await medians({ title: "no filter", filters: [] });
  const rows: Row[] = [];
  for (const one of CASES) {
    const added = (await medians(one)).map((figure, at) => figure - base[at]!);
    rows.push({ title: one.title, figures: added });
  }
  return { base, table: tableOf("filter", rows) };
}
