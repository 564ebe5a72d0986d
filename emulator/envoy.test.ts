/**
 * The emulator against what Envoy 1.40.0 did: the probe with each script of emulator/test/scenarios.ts, line by line.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compileProbe } from "./test/compile.ts";
import { requestOf, SCENARIOS, type Scenario } from "./test/scenarios.ts";
import { Emulator, type Root, type Stream, type Vm } from "./index.ts";

const SEEN = JSON.parse(readFileSync(new URL("./test/envoy-1.40.0.json", import.meta.url), "utf8")) as Readonly<
  Record<string, readonly string[]>
>;

const NODE = {
  id: "node-1",
  cluster: "c1",
  metadata: {
    NAMESPACE: "default",
    N: 3,
    B: true,
    LABELS: { app: "x", v: "1" },
    ONE: { app: "x" },
    LIST: ["a", "b"],
    NUL: null,
  },
};

const probe = compileProbe();
const module = new WebAssembly.Module(probe);

for (const scenario of SCENARIOS) {
  test(`as Envoy: ${scenario.name}`, () => {
    assert.deepEqual(replay(scenario), SEEN[scenario.name]);
  });
}

function replay(scenario: Scenario): string[] {
  const emulator = new Emulator({ clusters: ["up"], record: false });
  // Envoy configures a plugin three times: to see whether it is accepted, on the main thread, and on the worker.
  addRoot(emulator, scenario);
  addRoot(emulator, scenario);
  emulator.logs.length = 0;
  const { vm, root } = addRoot(emulator, scenario);
  const { body, hangsUp = false } = scenario;
  const stream = root.stream({ requestHeaders: requestOf(scenario) });
  stream.requestHeaders(body === undefined);
  if (body !== undefined) stream.requestBody(body, false);
  if (hangsUp) stream.end();
  while (root.tickPeriod > 0) root.tick();
  const isGrpc = scenario.request?.some(([, value]) => value === "application/grpc") ?? false;
  if (!hangsUp && stream.localReply === undefined) respond(stream, isGrpc);
  if (!hangsUp && vm.failed === undefined) stream.end();
  return emulator.logs.map(({ message }) => message);
}

function addRoot(
  emulator: Emulator,
  { name, script, capabilities, allowStopIteration }: Scenario,
): { vm: Vm; root: Root } {
  const restricted = capabilities === undefined ? {} : { allowedCapabilities: capabilities };
  const vm = emulator.instantiate(probe, module, { vmId: name, ...restricted });
  const root = vm.createRoot({
    rootId: name,
    pluginName: `p-${name}`,
    configuration: script.join("\n"),
    node: NODE,
    allowOnHeadersStopIteration: allowStopIteration ?? false,
  });
  return { vm, root };
}

/** What the listener answers; to a gRPC request its answer is as any local reply, in headers alone. */
function respond(stream: Stream, isGrpc: boolean): void {
  const body = { "content-length": "6", "content-type": "text/plain" };
  const status = { "content-type": "application/grpc", "grpc-status": "2", "grpc-message": "direct" };
  stream.responseHeaders({ ":status": "200", ...(isGrpc ? status : body) }, isGrpc);
  if (!isGrpc && stream.localReply === undefined) stream.responseBody("direct");
}
