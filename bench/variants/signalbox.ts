import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { wasmFilter, type Json } from "../measure/bootstrap.ts";
import { PROJECT } from "../../tools/project.ts";
import { withEmptyCallbacks } from "../measure/callbacks.ts";
import { compile, source } from "../measure/compile.ts";
import { ALL_DECIDED, DECISIONS, routes, type Decision } from "./module.ts";
import type { Skipped, Variant } from "./variant.ts";

const BUILD = resolve(PROJECT, "build");
/** A section that acts at every listener asks none which way its requests go, as at a gateway. */
const EVERYWHERE = { mode: "CLIENT_AND_SERVER" };

/** What the module by hand is called in tables. */
export const BY_HAND = "the same decisions written for this configuration alone";

/** The four single filters one after the other. */
export function chain(): Variant | Skipped {
  const filters = DECISIONS.map(({ filter, configuration }) => ({ module: filter, configuration }));
  return built("chain", "the four single filters as a chain", ALL_DECIDED, filters);
}

/** One `signalbox` with the four sections, from another folder of built modules if one is given. */
export function signalbox(folder = BUILD, named = "signalbox"): Variant | Skipped {
  return withSections(EVERYWHERE, "signalbox with the four sections", named, folder);
}

/** The same with the modes that sections have if none is given: each request's listener is asked. */
export function signalboxInUsualModes(): Variant | Skipped {
  return withSections({}, "signalbox with the four sections, each in its usual mode", "signalbox-modes", BUILD);
}

/** The pluginConfig of `signalbox` with the four sections, which act at every listener if no other mode is given. */
export function allSections(mode: { [field: string]: Json } = EVERYWHERE): { [section: string]: Json } {
  return Object.fromEntries(DECISIONS.map(({ section, configuration }) => [section, { ...mode, ...configuration }]));
}

function withSections(mode: { [field: string]: Json }, title: string, name: string, folder: string): Variant | Skipped {
  const configuration = allSections(mode);
  return built(name, title, ALL_DECIDED, [{ module: "signalbox", configuration }], folder);
}

/** A single filter by itself, from another folder of built modules if one is given. */
export function single({ filter, configuration, alone }: Decision, folder = BUILD, named = filter): Variant | Skipped {
  const decided = { ...alone, routes: routes() };
  return built(named, named, decided, [{ module: filter, configuration }], folder);
}

/** The callbacks for a stream that `signalbox` exports, as each of them is some section's. */
const CALLBACKS = ["proxy_on_response_headers", "proxy_on_done", "proxy_on_log"] as const;

/** The name of a single filter with the callbacks of `signalbox`. */
export function calledName({ filter }: Pick<Decision, "filter">): string {
  return `${filter}-called`;
}

/** A single filter by itself that Envoy calls as often as it calls `signalbox`: the callbacks that it lacks are empty. */
export function called(decision: Decision): Variant | Skipped {
  const { filter, configuration, alone } = decision;
  const name = calledName(decision);
  const title = `${filter} with the callbacks of signalbox`;
  const file = resolve(BUILD, `${filter}.wasm`);
  if (!existsSync(file)) return { name, title, reason: `${file} is missing: make build` };
  const filters = [wasmFilter(name, withEmptyCallbacks(file, CALLBACKS, name), configuration)];
  return { name, title, ...alone, routes: routes(), filters };
}

/** The name of `signalbox` with the one section. */
export function sectionName({ section }: Pick<Decision, "section">): string {
  return `signalbox-${section}`;
}

/** `signalbox` with one section. */
export function oneSection(decision: Decision): Variant | Skipped {
  const { section, configuration, alone } = decision;
  const decided = { ...alone, routes: routes() };
  return built(sectionName(decision), `signalbox with ${section} alone`, decided, [
    { module: "signalbox", configuration: { [section]: { ...EVERYWHERE, ...configuration } } },
  ]);
}

function built(
  name: string,
  title: string,
  decided: Pick<Variant, "answer" | "reads" | "otherwise" | "sometimes" | "routes">,
  plugins: readonly { module: string; configuration: Json }[],
  folder = BUILD,
): Variant | Skipped {
  const files = plugins.map(({ module }) => resolve(folder, `${module}.wasm`));
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) return { name, title, reason: `${missing} is missing: make build` };
  const filters = plugins.map(({ module, configuration }, at) =>
    wasmFilter(`${name}-${module}`, files[at]!, configuration),
  );
  return { name, title, ...decided, filters };
}

/** The host calls that `signalbox` makes for the four decisions, for which nothing is compared. */
export async function bareHostCalls(): Promise<Variant> {
  const module = await compile(source("module-calls.ts"), "module-calls", ["--runtime", "stub"]);
  const filters = [wasmFilter("bare-host-calls", module)];
  return { name: "bare-host-calls", title: "the host calls of signalbox alone", ...ALL_DECIDED, reads: [], filters };
}

/** The four decisions in a module that is written for this configuration alone. */
export async function byHand(): Promise<Variant> {
  const filters = [wasmFilter("by-hand", await moduleByHand())];
  return { name: "by-hand", title: BY_HAND, ...ALL_DECIDED, filters };
}

/** The file of that module, compiled. */
export async function moduleByHand(): Promise<string> {
  return await compile(source("module-decisions.ts"), "module-decisions", ["--runtime", "stub"]);
}
