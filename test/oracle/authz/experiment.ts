/** A generated set of policies with its requests, and the two listeners that judge them. */
import { inlineWasm } from "../../support/envoy/index.ts";
import type { JsonObject, Listener } from "../../support/envoy/index.ts";
import type { ServerTls } from "../../support/envoy/tls.ts";
import { Random } from "../random.ts";
import { probeFormat, probes, PROBES } from "./leaf-probes.ts";
import { Deck, generateSet } from "./generate-policies.ts";
import { generateCombined, generateEach } from "./generate-sets.ts";
import type { PlannedSet } from "./rule-plan.ts";
import { generateScenes, generateScenesForEach } from "./generate-requests.ts";
import type { Scene } from "./generate-requests.ts";
import { DIRECT_REMOTE_IP, inboundListener } from "./listeners.ts";
import type { PolicySet } from "./policy.ts";
import { REPEATED_HEADERS } from "./repeated-headers.ts";
import type { Leaf } from "./rule-plan.ts";
import { NATIVE_SHADOW, SHADOW } from "./shadow.ts";

/** A set with the requests that are sent to both of its listeners. */
export interface Experiment {
  /** Its place among those of its seed. */
  index: number;
  set: PlannedSet;
  scenes: Scene[];
}

/** How many requests a set gets. */
export interface Size {
  /** Connections to each listener, and requests of each, for a random set. */
  scenes: number;
  requests: number;
  /** Where a rule asks one thing by itself: requests that are to meet it, and as many that are not. */
  forEach: number;
}

/** How many random sets a seed has beside those that ask each thing by itself. */
const RANDOM_SETS = 24;
/** How many that combine things. */
const COMBINED_SETS = 6;
/** For each of their rules. */
const CONNECTIONS = 4;
const REQUESTS = 6;

/** The sets of a seed, in this order. */
export interface Sets {
  /** Those that ask each thing by itself. */
  each: PlannedSet[];
  /** Those that combine things. */
  combined: PlannedSet[];
  /** Random ones. */
  others: PlannedSet[];
}

/** Generates the sets of a seed. */
export function generateSets(seed: number): Sets {
  const random = new Random(seed);
  const each = generateEach(random);
  const combined = generateCombined(random, COMBINED_SETS);
  const deck = new Deck(random);
  const others = random.times(RANDOM_SETS, RANDOM_SETS, () => generateSet(random, deck));
  // Counters are named by policies, and all sets run in one Envoy.
  [...each, ...combined, ...others].forEach(({ policies }, index) =>
    policies.forEach((policy) => (policy.name += `-${index}`)),
  );
  return { each, combined, others };
}

/** The sets of a seed with requests; the sets are the same for every size. */
export function generateExperiments(seed: number, size: Size): Experiment[] {
  const { each, combined, others } = generateSets(seed);
  const random = new Random(seed + 1);
  const all = [
    ...each.map((set) => ({ set, scenes: generateScenesForEach(random, set, size.forEach) })),
    ...combined.map((set) => {
      const rules = set.policies.reduce((count, { plans }) => count + plans.length, 0);
      return { set, scenes: generateScenes(random, set, rules * CONNECTIONS, REQUESTS) };
    }),
    ...others.map((set) => ({ set, scenes: generateScenes(random, set, size.scenes, size.requests) })),
  ];
  return all.map((experiment, index) => ({ index, ...experiment }));
}

/** The set as istiod and the filter get it: without what it was made from. */
export function bare(set: PlannedSet): PolicySet {
  return { ...set, policies: set.policies.map(({ plans: _, ...policy }) => policy) };
}

/** The filter's pluginConfig. */
export function pluginConfig({ trustDomain, trustDomainAliases, rootNamespace, policies }: PolicySet): JsonObject {
  const document = { trustDomain, trustDomainAliases, rootNamespace, policies };
  const ours = { directRemoteIp: { filterState: DIRECT_REMOTE_IP }, repeatedHeaders: REPEATED_HEADERS };
  return { ...document, ...ours } as unknown as JsonObject;
}

/** Native RBAC as an HTTP filter. */
export function rbac(config: JsonObject): JsonObject {
  return { name: "envoy.filters.http.rbac", typed_config: config };
}

/** The listener with istiod's own filters, and in front of them the probes, whose leaves it gives too. */
export function nativeListener(
  { index, set }: Experiment,
  filters: readonly JsonObject[],
  tls: ServerTls,
): { listener: Listener; leaves: Leaf[] } {
  const all = probes(set, filters);
  const listener = inboundListener({
    name: `native-${index}`,
    filters: [...all.map(({ filter }) => filter), ...filters.map(rbac)],
    shown: { [SHADOW]: NATIVE_SHADOW, [PROBES]: probeFormat(all.length) },
    tls,
  });
  return { listener, leaves: all.map(({ leaf }) => leaf) };
}

/** The listener with the filter. */
export function filterListener({ index, set }: Experiment, tls: ServerTls): Listener {
  const name = `filter-${index}`;
  const filter = inlineWasm(name, { module: "authz", configuration: pluginConfig(bare(set)) });
  return inboundListener({ name, filters: [filter], tls });
}
