import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ADDRESS } from "../../envoy/ports.ts";
import { portOf } from "../../envoy/reviews.ts";
import { findJaeger, Jaeger, JAEGER } from "../../test/backends/jaeger.ts";
import { built } from "../../test/istio/programs/build.ts";
import { Missing } from "../../tools/envoy-binary.ts";
import type { Place } from "../services/call.ts";
import { startCollector } from "./collector.ts";

/** What takes spans and answers for them. */
export interface Backend {
  /** In words. */
  readonly name: string;
  /** Where it takes OTLP by HTTP. */
  readonly otlp: Place;
  /** The root of its query API. */
  readonly traces: string;
  stop(): Promise<void>;
}

/**
 * Starts Jaeger, which is built once if Go is there; else, or with `TRACES=collector`, the collector in this process.
 *
 * @param state a folder that Jaeger may have a folder in
 * @param say is told why there is no Jaeger, and what takes minutes
 */
export async function startBackend(state: string, say: (text: string) => void): Promise<Backend> {
  if (process.env.TRACES === "collector") return await collectorHere();
  const found = jaegerProgram(say);
  return "missing" in found ? await collectorHere() : await jaeger(found.program, join(state, "jaeger"));
}

function jaegerProgram(say: (text: string) => void): ReturnType<typeof findJaeger> {
  const found = findJaeger();
  if (!("missing" in found)) return found;
  try {
    if (spawnSync("go", ["version"], { stdio: "ignore" }).status !== 0) throw new Missing("it is built with Go");
    say("Jaeger is built, once, for some four minutes. TRACES=collector does without it.");
    built(JAEGER);
    return findJaeger();
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    say(`There is no Jaeger (${error.message}): a collector in this process has the traces.`);
    return found;
  }
}

async function jaeger(program: string, folder: string): Promise<Backend> {
  mkdirSync(folder);
  const server = await Jaeger.start(program, folder);
  return {
    name: "Jaeger, built from its Go module, which has no pages",
    otlp: { host: ADDRESS, port: server.otlp },
    traces: `http://${ADDRESS}:${server.api}`,
    stop: () => server.stop(),
  };
}

async function collectorHere(): Promise<Backend> {
  const server = await startCollector({ host: ADDRESS, port: 0 });
  const place = { host: ADDRESS, port: portOf(server) };
  return {
    name: "a collector in this process",
    otlp: place,
    traces: `http://${place.host}:${place.port}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
