/**
 * What each container of envoy/demo/docker-compose.yml runs: `containers.ts configuration`, `service <name>`, `collector` or `story`.
 * They share a folder, `STATE`, from which the Envoys take what they start with and their listeners.
 */
import type { Server } from "node:http";
import { until } from "../envoy/deadline.ts";
import { runMain } from "../tools/envoy-binary.ts";
import { describedService } from "./bookinfo.ts";
import { writeBootstraps, writeListeners } from "./envoys/state.ts";
import { isServing } from "./envoys/taken.ts";
import { containerPods, GATEWAY, podNamed, type Mesh } from "./mesh.ts";
import { propagateIn } from "./propagate.ts";
import { startService } from "./services/service.ts";
import type { Places } from "./demo.ts";
import { adminOf, type Scene } from "./story/scene.ts";
import { tellStory } from "./story/story.ts";
import { whatToTry } from "./story/welcome.ts";
import { startCollector } from "./traces/collector.ts";
import { startPage } from "./traces/page.ts";

const EVERYWHERE = "0.0.0.0";
const OTLP_PORT = 4318;
const JAEGER_PORT = 16_686;
const PAGE_PORT = 8081;

/** The folder that all share, and who has the traces: the collector here, or a Jaeger beside it. */
const state = process.env.STATE || "/state";
const collector = process.env.COLLECTOR || "collector";
const isJaeger = collector === "jaeger";
const TRACES = `http://${collector}:${isJaeger ? JAEGER_PORT : OTLP_PORT}`;

const mesh: Mesh = { pods: containerPods(), collector: { host: collector, port: OTLP_PORT, protocol: "otlp" } };

const ROLES: Readonly<Record<string, (name: string) => Promise<Server> | undefined>> = {
  configuration: () => {
    writeListeners(state, mesh, "native", { native: mesh.collector.protocol });
    writeBootstraps(state, mesh);
    return undefined;
  },
  service: (name) => {
    const service = describedService(name);
    const { inside, ports } = podNamed(mesh.pods, service.name);
    const listens = { host: inside, port: ports.service };
    const sidecar = { host: inside, port: ports.outbound };
    return startService({ service, listens, sidecar, propagate: propagateIn(process.env) });
  },
  collector: () => startCollector({ host: EVERYWHERE, port: OTLP_PORT }),
  story: async () => {
    const page = await startPage({ host: EVERYWHERE, port: PAGE_PORT }, TRACES);
    const say = (text: string): void => console.log(text);
    const gateway = podNamed(mesh.pods, GATEWAY);
    const inside = `http://${gateway.host}:${gateway.ports.inbound}`;
    for (const pod of mesh.pods)
      await until(`Envoy of ${pod.name} to be ready`, () => isThere(() => isServing(adminOf(pod))));
    const scene = { gateway: inside, traces: TRACES, propagate: propagateIn(process.env), mesh, state, say };
    await tellStory(scene);
    say(whatToTry({ ...scene, ...outside() }));
    return page;
  },
};

/** What is open to the user of these containers, as the compose file publishes it. */
function outside(): Pick<Scene, "gateway" | "traces"> & Places {
  const { PORT = "8080", PAGE_PORT: page = "8081", TRACES_PORT = "4318" } = process.env;
  const local = (port: string): string => `http://127.0.0.1:${port}`;
  return {
    gateway: local(PORT),
    traces: local(isJaeger ? `${JAEGER_PORT}` : TRACES_PORT),
    page: `${local(page)}/`,
    tracesOf: isJaeger ? "Jaeger" : "a collector in a container",
    metrics: "No Prometheus is among these containers: make demo starts one if the command is there.",
    again: "docker-compose -f envoy/demo/docker-compose.yml up",
  };
}

/** Nothing may answer yet. */
async function isThere(answers: () => Promise<boolean>): Promise<boolean> {
  try {
    return await answers();
  } catch {
    return false;
  }
}

await runMain(async () => {
  const [role = "", name = ""] = process.argv.slice(2);
  const start = ROLES[role];
  if (start === undefined) throw new Error(`${role} is none of ${Object.keys(ROLES).join(", ")}`);
  const server = await start(name);
  const alive = setInterval(() => {}, 1 << 30);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      clearInterval(alive);
      server?.close();
      server?.closeAllConnections();
    });
  }
});
