/**
 * The emulator against what Envoy 1.40.0 did: the probe with each script of test/emulator/scenarios.ts, line by line.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compileProbe } from "../test/emulator/compile.ts";
import { requestOf, SCENARIOS, type Scenario } from "../test/emulator/scenarios.ts";
import { Emulator, type Root, type Stream, type Vm } from "./index.ts";

const SEEN = JSON.parse(
  readFileSync(new URL("../test/emulator/envoy-1.40.0.json", import.meta.url), "utf8"),
) as Readonly<Record<string, readonly string[]>>;

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
  const { body } = scenario;
  const stream = root.stream({ requestHeaders: requestOf(scenario) });
  stream.requestHeaders(body === undefined);
  if (body !== undefined) stream.requestBody(body, false);
  if (stream.localReply === undefined) respond(stream);
  if (vm.failed === undefined) stream.end();
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

/** What the listener answers. */
function respond(stream: Stream): void {
  const headers = { ":status": "200", "content-length": "6", "content-type": "text/plain" };
  stream.responseHeaders(headers, false);
  if (stream.localReply === undefined) stream.responseBody("direct");
}
