/** Generated meshes, each with the way in which it is converted. */
import type { Resource } from "../converted.ts";
import { Random } from "../random.ts";
import { convertMesh } from "./conversion.ts";
import type { State } from "./conversion.ts";
import { generatePolicies } from "./generate-policies.ts";
import { generateGateways, generateServiceEntries } from "./generate-gateways.ts";
import { generateVirtualServices } from "./generate-services.ts";
import { translateMeshes } from "./translate.ts";
import type { Configuration } from "./translate.ts";
import { PROXIES, SERVICES, SUBSETS } from "./world.ts";

/** A mesh, and the options of each conversion that a user makes of it. */
export interface MeshSet {
  /** With it and SETS=1 the same set is made again. */
  seed: number;
  resources: readonly Resource[];
  runs: readonly string[][];
}

/** A set that was converted: what istiod makes of it, of the original first, and then after each step. */
export interface Converted {
  set: MeshSet;
  states: State[];
  configurations: Record<string, Configuration>[];
  told: string;
}

/** For a gateway: what it is called, and which proxies are its own. */
const AT_GATEWAY: readonly string[][] = [
  ["--gateway", "istio-system/public", "--selector", "istio=ingressgateway"],
  ["--gateway", "shop/shop-gateway", "--selector", "app=shop-gateway"],
];

/** Options that narrow or change what is made. */
const NARROWED: readonly string[][] = [
  ["--filter", "fault-injection"],
  ["--filter", "header-routing"],
  ["--filter", "authz"],
  ["--selector", "app=reviews"],
  ["--selector", "app=sleep", "--to-namespace", "default"],
  ["--to-namespace", "shop"],
  ["--mode", "SERVER"],
  ["--dry-run"],
];

/** One plugin in place of several. If it cannot be exact, nothing is made. */
const AS_ONE: readonly string[][] = [
  ["--module", "signalbox"],
  ["--module", "signalbox", "--selector", "app=reviews", "--to-namespace", "default"],
  ["--module", "signalbox", "--selector", "app=sleep", "--to-namespace", "default"],
];

function runsOf(random: Random): readonly string[][] {
  if (random.percent(10)) return [random.pick(AS_ONE)];
  const gateway = random.pick(AT_GATEWAY);
  if (random.percent(25)) return random.pick([[random.pick(NARROWED)], [random.pick(NARROWED), []]]);
  return random.pick([[[]], [[]], [[]], [gateway], [[], gateway], [[], ...AT_GATEWAY]]);
}

export function generateSet(seed: number): MeshSet {
  const random = new Random(seed);
  const resources = [
    ...SUBSETS,
    ...generateGateways(random),
    ...generateServiceEntries(random),
    ...generateVirtualServices(random),
    ...generatePolicies(random),
  ];
  return { seed, resources, runs: runsOf(random) };
}

/**
 * The sets from one seed to the one before another, converted; without those that istiod's validation refuses. What istiod
 * refuses of a converted mesh is among `faults`.
 */
export async function convertedSets(from: number, to: number): Promise<{ all: Converted[]; faults: string[] }> {
  const sets = Array.from({ length: to - from }, (_, index) => generateSet(from + index));
  const originals = await translateMeshes(sets.map(({ resources }) => meshOf(resources)));
  const accepted = sets.filter((_, index) => originals[index]!.refused === undefined);
  const conversions = [];
  for (const { resources, runs } of accepted) conversions.push(await convertMesh(resources, runs));
  const states = conversions.flatMap((conversion) => conversion.states);
  const translations = await translateMeshes(states.map(({ resources }) => meshOf(resources)));
  const faults: string[] = [];
  const all: Converted[] = [];
  for (const [index, set] of accepted.entries()) {
    const { states, told } = conversions[index]!;
    const own = translations.splice(0, states.length);
    const refused = own.findIndex(({ proxies }) => proxies === null);
    if (refused < 0) all.push({ set, states, told, configurations: own.map(({ proxies }) => proxies!) });
    else faults.push(`SEED=${set.seed} SETS=1: ${states[refused]!.step}: istiod refuses it: ${own[refused]!.refused}`);
  }
  return { all, faults };
}

function meshOf(resources: readonly Resource[]) {
  return { resources, services: SERVICES, proxies: PROXIES };
}
