import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ADDRESS } from "../../envoy/ports.ts";
import { portOf } from "../../envoy/reviews.ts";
import { findJaeger, Jaeger, JAEGER } from "../../test/backends/jaeger.ts";
import { findZipkin, Zipkin } from "../../test/backends/zipkin.ts";
import { built } from "../../test/istio/programs/build.ts";
import { Missing } from "../../tools/envoy-binary.ts";
import type { Collector } from "../mesh.ts";
import { startCollector } from "./collector.ts";

/** What takes spans and answers for them. */
export interface Backend {
  /** In words. */
  readonly name: string;
  /** Where it takes spans. */
  readonly collector: Collector;
  /** The root of its query API. */
  readonly traces: string;
  stop(): Promise<void>;
}

/** What can have the traces, in the order in which it is looked for. */
const KINDS = ["jaeger", "zipkin", "collector"] as const;
type Kind = (typeof KINDS)[number];

/**
 * Starts what `TRACES` names; if it is not set, Jaeger, which is built once if Go is there; else Zipkin, which Maven downloads once if
 * Java is there; else the collector in this process.
 *
 * @param state a folder that Jaeger may have a folder in
 * @param say is told what is not there and why, and what takes minutes
 * @throws Missing if `TRACES` names something else, or what is not there
 */
export async function startBackend(state: string, say: (text: string) => void): Promise<Backend> {
  const starts: Record<Kind, () => Promise<Backend>> = {
    jaeger: () => jaeger(jaegerProgram(say), join(state, "jaeger")),
    zipkin: () => zipkin(say),
    collector: collectorHere,
  };
  const asked = process.env.TRACES || undefined;
  const kind = KINDS.find((one) => one === asked);
  if (kind !== undefined) return await starts[kind]();
  if (asked !== undefined) throw new Missing(`TRACES is ${asked}, which is none of ${KINDS.join(", ")}.`);
  for (const name of ["jaeger", "zipkin"] as const) {
    try {
      return await starts[name]();
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      say(error.message);
    }
  }
  say("So a collector in this process has the traces.");
  return await collectorHere();
}

/** @throws Missing if it is not built and cannot be */
function jaegerProgram(say: (text: string) => void): string {
  const found = findJaeger();
  if ("program" in found) return found.program;
  if (spawnSync("go", ["version"], { stdio: "ignore" }).status !== 0) {
    throw new Missing("There is no Jaeger: it is built with Go, which is not here.");
  }
  say("Jaeger is built, once, for some four minutes. TRACES=collector does without it.");
  return join(built(JAEGER), "jaeger");
}

async function jaeger(program: string, folder: string): Promise<Backend> {
  mkdirSync(folder);
  const server = await Jaeger.start(program, { folder });
  return {
    name: "Jaeger, built from its Go module, which has no pages",
    collector: { host: ADDRESS, port: server.otlp, protocol: "otlp" },
    traces: `http://${ADDRESS}:${server.api}`,
    stop: () => server.stop(),
  };
}

/** @throws Missing if it cannot be downloaded, or run */
async function zipkin(say: (text: string) => void): Promise<Backend> {
  const found = findZipkin();
  if ("missing" in found) throw new Missing(`There is no Zipkin: ${found.missing}.`);
  say("Zipkin starts, for some seconds.");
  const server = await Zipkin.start(found.jar);
  return {
    name: "Zipkin, with pages of its own,",
    collector: { host: ADDRESS, port: server.port, protocol: "zipkin" },
    traces: `http://${ADDRESS}:${server.port}`,
    stop: () => server.stop(),
  };
}

async function collectorHere(): Promise<Backend> {
  const server = await startCollector({ host: ADDRESS, port: 0 });
  const place = { host: ADDRESS, port: portOf(server) };
  return {
    name: "a collector in this process",
    collector: { ...place, protocol: "otlp" },
    traces: `http://${place.host}:${place.port}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
