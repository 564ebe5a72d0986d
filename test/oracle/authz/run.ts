/** Sends the requests of experiments to both listeners of each, in one Envoy, and gives what they showed. */
import { Authority, cluster, Envoy, freePort } from "../../support/envoy/index.ts";
import type { Answer, JsonObject, Listener } from "../../support/envoy/index.ts";
import type { ServerTls } from "../../support/envoy/tls.ts";
import { exchange, open } from "./client.ts";
import { observe, observeNative } from "./compare.ts";
import type { Native, Observation } from "./compare.ts";
import type { Connection, Request } from "./draft.ts";
import { nativeListener } from "./experiment.ts";
import type { Experiment } from "./experiment.ts";
import { LABELS, NAMESPACE } from "./meshes.ts";
import { listenerPorts, RUNTIME, upstreamListener, type Ports } from "./listeners.ts";
import { issuePeers } from "./peers.ts";
import type { Contexts } from "./peers.ts";
import type { Leaf } from "./rule-plan.ts";

/** One request, sent to both. */
export interface Pair {
  connection: Connection;
  request: Request;
  native: Native;
  filter: Observation;
}

/** What became of an experiment. */
export interface Outcome {
  experiment: Experiment;
  /** What the native observations' probes are of. */
  leaves: Leaf[];
  pairs: Pair[];
}

/** The listener to compare with the native one. */
export type Opponent = (experiment: Experiment, tls: ServerTls, filters: readonly JsonObject[]) => Listener;

/** How many sets are under way at once: both processes have something to do, and neither has thousands of connections. */
const LANES = 6;

/** All that a run shows. */
export interface Results {
  /** In the order of the experiments. */
  outcomes: Outcome[];
  /** Envoy's statistics at the end. */
  stats: ReadonlyMap<string, string>;
}

/** Runs all experiments; `translations` are istiod's filters for each. */
export async function run(
  experiments: readonly Experiment[],
  translations: readonly (readonly JsonObject[])[],
  opponent: Opponent,
): Promise<Results> {
  const authority = await Authority.create();
  const [peers, certificate] = await Promise.all([issuePeers(authority), authority.issue({ uris: [SERVER] })]);
  const tls: ServerTls = { certificate, clientAuthority: authority.certificate, clientCertificateRequired: false };
  const port = await freePort();
  const natives = experiments.map((experiment, index) => nativeListener(experiment, translations[index]!, tls));
  const others = experiments.map((experiment, index) => opponent(experiment, tls, translations[index]!));
  const envoy = await Envoy.start({
    concurrency: 1,
    metadata: { NAMESPACE, LABELS },
    bootstrap: RUNTIME,
    clusters: [cluster("upstream", port)],
    listeners: [upstreamListener(port), ...natives.map(({ listener }) => listener), ...others],
  });
  try {
    const ports = await listenerPorts(envoy);
    const sides = experiments.map((experiment, index): Side => ({
      experiment,
      leaves: natives[index]!.leaves,
      native: ports.get(natives[index]!.listener.name)!,
      filter: ports.get(others[index]!.name)!,
    }));
    const outcomes: Outcome[] = [];
    const lane = async (): Promise<void> => {
      for (let side = sides.shift(); side !== undefined; side = sides.shift()) {
        const { experiment, leaves } = side;
        outcomes.push({ experiment, leaves, pairs: await pairs(side, peers) });
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    outcomes.sort((a, b) => a.experiment.index - b.experiment.index);
    return { outcomes, stats: await envoy.admin.stats() };
  } finally {
    await envoy.stop();
  }
}

const SERVER = "spiffe://cluster.local/ns/default/sa/httpbin";

interface Side {
  experiment: Experiment;
  leaves: Leaf[];
  native: Ports;
  filter: Ports;
}

async function pairs({ experiment, leaves, native, filter }: Side, peers: Contexts): Promise<Pair[]> {
  const all: Pair[] = [];
  for (const { connection, requests } of experiment.scenes) {
    const to = (ports: Ports): Promise<Answer[]> => exchange(() => open(ports, connection, peers), requests);
    const [a, b] = await Promise.all([to(native), to(filter)]);
    requests.forEach((request, index) => {
      all.push({ connection, request, native: observeNative(a[index]!, leaves.length), filter: observe(b[index]!) });
    });
  }
  return all;
}
