/**
 * Spans while an Envoy is replaced by another process that takes its sockets over (`--restart-epoch`): the old one sends what it has for as
 * long as it lives, and the new one reports on.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { Admin } from "../../../../envoy/admin.ts";
import { startEnvoy, type Running } from "../../../../test/support/envoy/backend.ts";
import { bootstrapJson, type Listener } from "../../../../test/support/envoy/bootstrap.ts";
import {
  BACKEND,
  cluster,
  fetchOnce,
  forward,
  freePort,
  inlineWasm,
  listener,
  until,
} from "../../../../test/support/envoy/index.ts";
import { Collector } from "./collector.ts";
import { Service } from "./service.ts";
import { INBOUND, newTrace, traceparent } from "./traces.ts";

const skip = BACKEND === "docker" && "two containers have no memory in common, by which the processes agree";

/** In seconds: how long the old process has for its connections, and how long it lives when the new one is there. */
const DRAIN = 1;
const SHUTDOWN = 2;
/** Requests under way at a time. */
const CLIENTS = 4;
/** Before the new process comes, and after the old one went. */
const REQUESTS = 20;

/** A listener whose spans wait. A new process finds the sockets of the old one by their addresses, so it has a port of its own. */
function reporting(name: string, port: number, scheduledDelay: string): Listener {
  const plugin = inlineWasm(name, {
    module: "trace-propagation",
    configuration: {
      participate: true,
      reporting: {
        opentelemetry: { cluster: "collector", http: { authority: "otel:4318" } },
        batch: { scheduledDelay },
      },
    },
  });
  return {
    ...listener(name, { filters: [plugin], routes: [forward("service")] }),
    listener: { ...INBOUND, address: { socket_address: { address: "127.0.0.1", port_value: port } } },
  };
}

/** Starts processes, each in the place of the one before, until the end of a test. Gives what starts the next. */
function restarting(t: TestContext, bootstrap: object): () => Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-restart-"));
  const started: Running[] = [];
  t.after(async () => {
    for (const process of started) await process.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  writeFileSync(join(folder, "bootstrap.json"), JSON.stringify(bootstrap));
  const read = (file: string): string => {
    try {
      return readFileSync(join(folder, file), "utf8").trim();
    } catch {
      return "";
    }
  };
  return async () => {
    const epoch = started.length;
    // Which Envoys of the machine belong together: Envoy finds a number that is free, and tells it.
    const base = epoch === 0 ? ["--use-dynamic-base-id", "--base-id-path", "base.id"] : ["--base-id", read("base.id")];
    const files = ["--config-path", "bootstrap.json", "--admin-address-path", `admin.${epoch}`];
    const times = ["--drain-time-s", `${DRAIN}`, "--parent-shutdown-time-s", `${SHUTDOWN}`];
    const others = ["--restart-epoch", `${epoch}`, "--concurrency", "2", "--log-level", "warning"];
    const process = startEnvoy([...base, ...files, ...times, ...others], folder);
    started.push(process);
    await until(`the process of epoch ${epoch}`, async () => {
      if (process.ended()) throw new Error(`Envoy ended:\n${process.output()}`);
      const address = read(`admin.${epoch}`);
      return address !== "" && (await new Admin(address).isLive());
    });
    return process;
  };
}

/** Sends a request of a trace of its own, over a connection of its own: the trace. */
async function send(port: number): Promise<string> {
  const trace = newTrace();
  const { status, body } = await fetchOnce(port, { headers: [traceparent(trace)] });
  assert.deepEqual([status, body], [200, '"served"']);
  return trace;
}

test(
  "a hot restart: no request fails, and each has its span, once, but for those that wait for longer than the old process lives",
  {
    skip,
  },
  async (t) => {
    const collector = await Collector.start();
    t.after(async () => await collector.stop());
    const service = await Service.start(() => "served");
    t.after(async () => await service.stop());
    const [soon, late] = [await freePort(), await freePort()];
    const start = restarting(
      t,
      bootstrapJson({
        listeners: [reporting("soon", soon, "500ms"), reporting("late", late, "60s")],
        clusters: [cluster("service", service.port), cluster("collector", collector.port)],
      }),
    );

    const old = await start();
    const traces: string[] = [];
    const sendSome = async (): Promise<void> => {
      for (let sent = 0; sent < REQUESTS; sent++) traces.push(await send(soon));
    };
    await sendSome();
    const waiting = new Set([await send(late)]);
    let over = false;
    const clients = Array.from({ length: CLIENTS }, async () => {
      while (!over) await sendSome();
    });
    await start();
    await until("the old process to end", () => old.ended());
    over = true;
    await Promise.all(clients);
    await sendSome();

    const others = (): number => collector.spans.filter(({ traceId }) => !waiting.has(traceId)).length;
    await until("a span of each request", () => others() >= traces.length);
    const reported = collector.spans.map(({ traceId }) => traceId);
    assert.equal(new Set(reported).size, reported.length);
    // At its end the old process sends these only if its connection to the collector is open.
    assert.deepEqual(reported.filter((trace) => !waiting.has(trace)).sort(), traces.sort());
    assert.deepEqual(collector.faults, []);
  },
);
