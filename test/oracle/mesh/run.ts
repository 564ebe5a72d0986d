/** Sends requests to the faces of meshes, each proxy being a real Envoy of its own, and gives what they showed. */
import { createSecureContext } from "node:tls";
import type { SecureContext } from "node:tls";
import { Authority, cluster, Envoy } from "../../support/envoy/index.ts";
import type { JsonObject } from "../../support/envoy/index.ts";
import type { ServerTls } from "../../support/envoy/tls.ts";
import { exchange, open } from "../authz/client.ts";
import { listenerPorts, RUNTIME } from "../authz/listeners.ts";
import { Echo } from "../echo.ts";
import { listenerOf } from "./faces.ts";
import type { Face } from "./faces.ts";
import type { Sent } from "./generate-requests.ts";
import { observe } from "./observation.ts";
import type { Observation } from "./observation.ts";
import type { MeshProxy } from "./translate.ts";
import { PROXIES } from "./world.ts";

/** A face and the requests to it. */
export interface Visit {
  face: Face;
  sent: readonly Sent[];
}

/** How many visits are under way at once. */
const LANES = 6;

/** What each visit showed, in their order; `clusters` are those that the proxy knows. */
export async function visit(
  proxy: MeshProxy,
  clusters: readonly string[],
  visits: readonly Visit[],
): Promise<Observation[][]> {
  if (visits.length === 0) return [];
  const authority = await Authority.create();
  const server = await authority.issue({ uris: [identity(proxy)] });
  const tls: ServerTls = { certificate: server, clientAuthority: authority.certificate };
  const peers = new Map<string, SecureContext>();
  for (const peer of PROXIES) {
    const { certificate, key } = await authority.issue({ uris: [identity(peer)] });
    peers.set(peer.name, createSecureContext({ cert: certificate, key }));
  }
  const echo = await Echo.start();
  const faces = new Map(visits.map(({ face }) => [face.key, face]));
  try {
    const envoy = await Envoy.start({
      concurrency: 1,
      bootstrap: { ...RUNTIME, node: nodeOf(proxy) },
      clusters: clusters.map((name) => cluster(name, echo.port)),
      listeners: [...faces.values()].map((face) => listenerOf(face, tls)),
    });
    try {
      const ports = await listenerPorts(envoy);
      const observations: Observation[][] = visits.map(() => []);
      const rest = [...visits.entries()];
      const lane = async (): Promise<void> => {
        for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
          const [index, { face, sent }] = next;
          for (const { connection, request } of sent) {
            const [answer] = await exchange(() => open(ports.get(face.key)!, connection, peers), [request]);
            observations[index]!.push(observe(answer!));
          }
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      return observations;
    } finally {
      await envoy.stop();
    }
  } finally {
    await echo.stop();
  }
}

/** As pilot-agent names a proxy. */
function nodeOf({ name, type, namespace, labels, serviceAccount, address }: MeshProxy): JsonObject {
  return {
    id: `${type}~${address}~${name}.${namespace}~${namespace}.svc.cluster.local`,
    cluster: `${name}.${namespace}`,
    metadata: { NAMESPACE: namespace, LABELS: labels, SERVICE_ACCOUNT: serviceAccount },
  };
}

function identity({ namespace, serviceAccount }: MeshProxy): string {
  return `spiffe://cluster.local/ns/${namespace}/sa/${serviceAccount}`;
}
