/** A configuration, with what is sent to the listeners that have it. */
import { SECTIONS } from "../../support/module/sections.ts";
import type { JsonObject } from "../../support/envoy/index.ts";
import { Random } from "../random.ts";
import { PORTS } from "../routes/generate-services.ts";
import type { VirtualService } from "../routes/virtual-service.ts";
import type { Configuration, Place } from "./configuration.ts";
import { generateCircuits } from "./generate-circuits.ts";
import { generateAuthz } from "./generate-policies.ts";
import { generateInjection, generateRouting } from "./generate-services.ts";
import { generateSteps } from "./generate-steps.ts";
import type { Step } from "./generate-steps.ts";
import type { Peer } from "./vocabulary.ts";
import { generateTracing } from "./generate-tracing.ts";

export interface Experiment {
  seed: number;
  /** Begins the names of its listeners, plugins, policies, VirtualServices and entries. */
  name: string;
  configuration: Configuration;
  /** The listeners of its proxy. */
  places: readonly Place[];
  /** The port that the connections were made to, as the PROXY protocol tells it. */
  listenerPort: number;
  steps: Step[];
}

const SIDECAR: readonly Place[] = ["inbound", "outbound"];
const GATEWAY: readonly Place[] = ["gateway"];

/** Whose requests come in: those without a name come over plaintext. */
const CLIENTS: readonly (readonly (Peer | undefined)[])[] = [
  [undefined],
  [undefined, "curl", "tester"],
  ["curl", "tester"],
];

/** The same for the same arguments. */
export function generateExperiment(seed: number, steps: number): Experiment {
  const random = new Random(seed);
  const name = `s${seed}`;
  const byTrace = random.percent(40);
  const places = random.percent(22) ? GATEWAY : SIDECAR;
  const peers = random.pick(CLIENTS);
  const known = { byTrace, byPrincipal: !peers.includes(undefined) };
  const routing = generateRouting(random, name, known);
  const faults = generateInjection(random, name, known, routing.services);
  const sections: Record<string, JsonObject> = {
    tracePropagation: generateTracing(random, byTrace),
    authz: generateAuthz(random, name),
    headerRouting: routing.section,
    faultInjection: faults.section,
    circuitBreaking: generateCircuits(random, name),
  };
  const configuration = compose(random, sections);
  const services: VirtualService[] = [...routing.services, ...faults.services];
  const extract = configuration.tracePropagation?.["extract"] as string[] | undefined;
  return {
    seed,
    name,
    configuration,
    places,
    listenerPort: random.pick(PORTS),
    steps: generateSteps(random, {
      ...{ name, count: steps, services, places, byTrace, peers },
      extract: extract ?? ["w3c"],
    }),
  };
}

/** A configuration with most of the sections, and one at least. */
function compose(random: Random, sections: Readonly<Record<string, JsonObject>>): Configuration {
  const chosen = SECTIONS.filter(() => random.percent(86));
  const present = chosen.length > 0 ? chosen : [random.pick(SECTIONS)];
  const modes = ["CLIENT", "SERVER", ...Array<string>(4).fill("CLIENT_AND_SERVER")];
  return {
    ...(random.percent(25) && { repeatedHeaders: random.pick(["EACH", "JOINED"]) }),
    ...(random.percent(25) && { trustDomain: random.pick(["cluster.local", "td1.example"]) }),
    ...(random.percent(15) && { rootNamespace: random.pick(["istio-system", "default"]) }),
    ...Object.fromEntries(
      present.map(({ name }) => [name, { ...(random.percent(60) && { mode: random.pick(modes) }), ...sections[name] }]),
    ),
  } as Configuration;
}
