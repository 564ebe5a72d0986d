import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADDRESS, freeFrom } from "../envoy/ports.ts";
import { sayIfSlow } from "../envoy/progress.ts";
import { portOf } from "../envoy/reviews.ts";
import { Program } from "../test/istio/harness/program.ts";
import { envoyBinary } from "../tools/envoy-binary.ts";
import { describedService } from "./bookinfo.ts";
import { bootstrapFile, ENVOY_OPTIONS, writeBootstraps, writeListeners } from "./envoys/state.ts";
import { isServing } from "./envoys/taken.ts";
import { GATEWAY, localPods, type Pod } from "./mesh.ts";
import { hasPrometheus, noPrometheus, QUERY, startPrometheus } from "./metrics.ts";
import type { Propagate } from "./propagate.ts";
import { startService } from "./services/service.ts";
import { adminOf, type Scene } from "./story/scene.ts";
import { startBackend } from "./traces/backend.ts";
import { startPage } from "./traces/page.ts";

/** What is there to open, beside the scene. */
export interface Places {
  /** The report of the traces, as a page. */
  readonly page: string;
  /** Who has the traces, in words. */
  readonly tracesOf: string;
  /** Prometheus, or in words why there is none. */
  readonly metrics: string;
  /** The command that starts it again. */
  readonly again: string;
}

/** The demonstration on this machine: services, proxies, and what has their spans and counters. Everything is on loopback. */
export class Demo {
  private readonly state = mkdtempSync(join(tmpdir(), "signalbox-demo-"));
  private readonly stops: (() => Promise<void> | void)[] = [];

  /**
   * Starts everything. Where that fails nothing is left.
   *
   * @param say is told what differs from what is usual
   * @throws Missing for what the machine lacks
   */
  async start(propagate: Propagate, say: (text: string) => void): Promise<Scene & Places> {
    try {
      return await this.startAll(propagate, say);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends everything, in the opposite order. */
  async stop(): Promise<void> {
    for (const stop of this.stops.splice(0).reverse()) await stop();
    this.clear();
  }

  /** What is left to do if the process ends at once: programs end with it by themselves. */
  clear(): void {
    // A program that was killed may still write.
    rmSync(this.state, { recursive: true, force: true, maxRetries: 10 });
  }

  private async startAll(propagate: Propagate, say: (text: string) => void): Promise<Scene & Places> {
    const { state } = this;
    const binary = envoyBinary();
    const gatewayPort = await freeFrom(8080, undefined, say);
    const pods = await localPods(gatewayPort);
    const backend = await startBackend(state, say);
    this.stops.push(() => backend.stop());
    for (const pod of pods) await this.startServiceOf(pod, propagate);
    const mesh = { pods, collector: backend.collector };
    writeBootstraps(state, mesh);
    writeListeners(state, mesh, "native", { native: mesh.collector.protocol });
    await sayIfSlow("Five Envoys start", Promise.all(pods.map((pod) => this.startProxy(binary, pod))));
    const page = await startPage({ host: ADDRESS, port: await freeFrom(8081, gatewayPort, say) }, backend.traces);
    this.stops.push(() => closed(page));
    return {
      gateway: `http://${ADDRESS}:${gatewayPort}`,
      traces: backend.traces,
      tracesOf: backend.name,
      propagate,
      mesh,
      state,
      say,
      page: `http://${ADDRESS}:${portOf(page)}/`,
      metrics: await this.startMetrics(pods, say),
      again: "make demo",
    };
  }

  private async startServiceOf({ name, inside, ports }: Pod, propagate: Propagate): Promise<void> {
    if (name === GATEWAY) return;
    const listens = { host: inside, port: ports.service };
    const sidecar = { host: inside, port: ports.outbound };
    const server = await startService({ service: describedService(name), listens, sidecar, propagate });
    this.stops.push(() => closed(server));
  }

  private async startProxy(binary: string, pod: Pod): Promise<void> {
    const args = ["--config-path", bootstrapFile(this.state, pod), ...ENVOY_OPTIONS];
    const envoy = Program.start({ name: `Envoy of ${pod.name}`, command: binary, args, folder: this.state });
    this.stops.push(() => envoy.stop());
    await envoy.until("to be ready", () => isServing(adminOf(pod)));
  }

  private async startMetrics(pods: readonly Pod[], say: (text: string) => void): Promise<string> {
    const targets = pods.map(({ adminHost, ports }) => `${adminHost}:${ports.admin}`);
    if (!hasPrometheus()) return noPrometheus(targets);
    const place = { host: ADDRESS, port: await freeFrom(9090, undefined, say) };
    const prometheus = await startPrometheus(this.state, place, targets);
    this.stops.push(() => prometheus.stop());
    return `http://${place.host}:${place.port}/   Prometheus: try the query ${QUERY}`;
  }
}

async function closed(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
