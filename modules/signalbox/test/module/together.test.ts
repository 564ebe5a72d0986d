/**
 * All sections at once, with configurations and requests of the chain's oracle: nothing traps, whatever the host refuses and whatever
 * comes; memory is flat; several roots of one VM do not know of one another. `SEED=` replays a run, `FUZZ=` sets how many rounds.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Status, type Properties, type Root, type Stream, type Vm } from "../../../../emulator/index.ts";
import { assertFlat } from "../../../../test/support/module/memory.ts";
import { anyConfiguration } from "../../../../test/support/module/mutate.ts";
import { generateExperiment, type Experiment } from "../../../../test/oracle/chain/experiment.ts";
import { Random, seedOfRun } from "../../../../test/oracle/random.ts";
import type { Request } from "../../../../test/oracle/wire.ts";
import { GET, INBOUND, OUTBOUND, SIGNALBOX } from "./sent.ts";

const SEED = seedOfRun();
const ROUNDS = Number(process.env["FUZZ"] ?? 1500);
const NODE = { metadata: { NAMESPACE: "default", LABELS: { app: "sleep" }, SERVICE_ACCOUNT: "sleep" } };
const STATUSES = [Status.NotFound, Status.BadArgument, Status.InvalidMemoryAccess, Status.InternalFailure];

type Headers = readonly (readonly [string, string | Uint8Array])[];

function headersOf({ method, target, authority, headers }: Request): Headers {
  const first = { ":method": method, ":scheme": "http", ":authority": authority, ":path": target };
  return [...Object.entries(first), ...headers.map(([name, value]) => [name.toLowerCase(), value] as const)];
}

function requestsOf({ steps }: Experiment): Headers[] {
  return steps.flatMap((step) => [step, ...step.meanwhile]).map(({ request }) => headersOf(request));
}

/** A whole life of a stream, cut short now and then. */
function live(root: Root, requestHeaders: Headers, properties: Properties, random: Random): Stream {
  const stream = root.stream({ requestHeaders, properties });
  stream.requestHeaders();
  if (random.percent(30) && root.tickPeriod > 0) {
    root.vm.emulator.clock.advance(root.tickPeriod);
    root.tick();
  }
  if (stream.localReply === undefined && random.percent(80)) stream.responseHeaders({ ":status": "200" });
  stream.end();
  return stream;
}

test(`no configuration and no request traps; SEED=${SEED}`, () => {
  const random = new Random(SEED);
  const { emulator, vm } = SIGNALBOX.load({ record: false, logLevel: "debug" });
  let accepted = 0;
  for (let round = 0; round < ROUNDS / 3; round++) {
    const experiment = generateExperiment(SEED + round, 3);
    const document = JSON.stringify(experiment.configuration);
    const configuration = random.percent(50) ? document : anyConfiguration(random, document);
    const root = vm.createRoot({ configuration, node: NODE });
    if (root.accepted) accepted++;
    for (const headers of root.accepted ? requestsOf(experiment) : []) {
      const odd = headers.map(
        ([name, value]) => [name, random.percent(8) ? random.bytes(random.int(40)) : value] as const,
      );
      live(root, odd, random.pick([INBOUND, OUTBOUND, {}]), random);
    }
    assert.equal(vm.failed, undefined, `round ${round}: ${Buffer.from(configuration).toString("latin1")}`);
    root.delete();
    emulator.logs.length = 0;
  }
  // Half of them are as they were generated.
  assert.ok(accepted > ROUNDS / 10, `${accepted} accepted`);
});

test(`whatever the host refuses, nothing traps, and nothing that authz refuses goes on; SEED=${SEED}`, () => {
  const random = new Random(SEED);
  const calls = new Set<string>();
  const run = (experiment: Experiment, prepare: (vm: Vm) => void): Stream[] => {
    const { vm } = SIGNALBOX.load({ logLevel: "debug" });
    const root = SIGNALBOX.configured(vm, experiment.configuration, { node: NODE });
    prepare(vm);
    const streams = requestsOf(experiment).map((headers) => live(root, headers, INBOUND, random));
    for (const { name } of vm.hostCalls) calls.add(name);
    assert.equal(vm.failed, undefined, `seed ${experiment.seed}`);
    return streams;
  };
  for (let round = 0; round < 20; round++) {
    const experiment = generateExperiment(SEED + round, 4);
    run(experiment, () => undefined);
    for (const call of [...calls, "malloc"])
      run(experiment, ({ emulator }) => emulator.fail(call, random.pick(STATUSES)));
  }
  assert.ok(calls.has("proxy_get_header_map_pairs") && calls.has("proxy_send_local_response"));

  const rules = [{ when: [{ key: "request.headers[x-bad]", values: ["1"] }] }];
  const guarded = { ...ALL, authz: { mode: "CLIENT_AND_SERVER", policies: [{ name: "p", action: "DENY", rules }] } };
  for (const call of [...calls, "malloc"]) {
    for (const status of STATUSES) {
      const { emulator, vm } = SIGNALBOX.load();
      const root = SIGNALBOX.configured(vm, guarded, { node: NODE });
      emulator.fail(call, status);
      const stream = root.stream({ requestHeaders: { ...GET, "x-bad": "1" }, properties: INBOUND });
      assert.notEqual(stream.requestHeaders().action, "Continue", `${call} ${status}`);
      stream.end();
      assert.equal(vm.failed, undefined, `${call} ${status}`);
    }
  }
});

/** Every section acts on every request: by the path it goes on, is refused, aborted or held. */
const ALL = {
  tracePropagation: { participate: true, join: { keys: ["x-request-id"], whenAlone: true } },
  authz: {
    mode: "CLIENT_AND_SERVER",
    policies: [{ name: "p", action: "DENY", rules: [{ to: [{ operation: { paths: ["/denied"] } }] }] }],
  },
  headerRouting: {
    mode: "CLIENT_AND_SERVER",
    virtualServices: [
      {
        hosts: ["*"],
        http: [
          {
            name: "r",
            headers: { request: { set: { a: "1" } }, response: { set: { b: "1" } } },
            route: [{ destination: { host: "reviews", subset: "v1" } }],
          },
        ],
      },
    ],
  },
  faultInjection: {
    mode: "CLIENT_AND_SERVER",
    maxActiveFaults: 1_000_000,
    virtualServices: [
      {
        hosts: ["*"],
        http: [
          {
            name: "a",
            match: [{ uri: { exact: "/aborted" }, headers: { a: { exact: "1" } } }],
            fault: { abort: { percentage: { value: 100 }, httpStatus: 503 } },
          },
          {
            name: "d",
            match: [{ uri: { prefix: "/held" } }],
            fault: { delay: { percentage: { value: 100 }, fixedDelay: "10ms" } },
          },
        ],
      },
    ],
  },
};
const PATHS = ["/", "/denied", "/aborted", "/held", "/held-and-gone"];

/** One request, the index saying which. */
function one(root: Root, index: number): void {
  const path = PATHS[index % PATHS.length]!;
  const requestHeaders = { ...GET, ":path": path, "x-request-id": `id-${index % 100}` };
  const stream = root.stream({ requestHeaders, properties: index % 2 === 0 ? INBOUND : OUTBOUND });
  stream.requestHeaders();
  if (path === "/held") {
    root.vm.emulator.clock.advance(20);
    root.tick();
  }
  const ends = path === "/held-and-gone" || index % 11 === 0;
  if (stream.localReply === undefined && !ends) stream.responseHeaders({ ":status": "200" });
  stream.end();
}

test("memory is flat over a million requests that go on, are refused, aborted, held, or gone while they are held", () => {
  const { emulator, vm } = SIGNALBOX.load({ record: false });
  const root = SIGNALBOX.configured(vm, ALL, { node: NODE });
  assertFlat(vm, { settle: 20_000, then: 1_000_000 }, (index) => one(root, index));
  assert.equal(emulator.metrics.gauges.get("fault_injection.active_faults"), 0n);
  assert.ok((emulator.metrics.counters.get("authz.denied") ?? 0n) > 200_000n);
  assert.ok((emulator.metrics.counters.get("fault_injection.aborts_injected") ?? 0n) > 200_000n);
});

test("memory is flat over a thousand pushes, with a request held by the configuration before", () => {
  const { emulator, vm } = SIGNALBOX.load({ record: false });
  let root = SIGNALBOX.configured(vm, ALL, { node: NODE });
  assertFlat(vm, { settle: 50, then: 1000 }, (round) => {
    const held = root.stream({ requestHeaders: { ...GET, ":path": "/held" }, properties: INBOUND });
    held.requestHeaders();
    const next = SIGNALBOX.configured(vm, { ...ALL, trustDomain: `td-${round % 7}` }, { node: NODE });
    for (let index = 0; index < PATHS.length; index++) one(next, index);
    held.end();
    root.delete();
    root = next;
  });
  assert.equal(emulator.metrics.gauges.get("fault_injection.active_faults"), 0n);
});

test(`of several roots in one VM each does what it does alone; SEED=${SEED}`, () => {
  const experiments = Array.from({ length: 6 }, (_, index) => generateExperiment(SEED + index, 20));
  const start = (vm: Vm, { name, configuration }: Experiment): Root =>
    SIGNALBOX.configured(vm, configuration, { node: NODE, pluginName: name, rootId: name });
  const ask = (root: Root, requestHeaders: Headers): unknown => {
    const stream = root.stream({ requestHeaders, properties: OUTBOUND });
    const { action, headers } = stream.requestHeaders();
    const shown = headers.map(([name, value]) => [name, /[0-9a-f]{16}|\d{8}/.test(String(value)) ? "an id" : value]);
    const reply = stream.localReply;
    stream.end();
    return { action, shown, reply: reply && [reply.status, reply.details, reply.headers] };
  };
  const alone = experiments.map((experiment) => {
    const root = start(SIGNALBOX.load().vm, experiment);
    return requestsOf(experiment).map((headers) => ask(root, headers));
  });
  const { vm } = SIGNALBOX.load();
  const roots = experiments.map((experiment) => start(vm, experiment));
  const together: unknown[][] = experiments.map(() => []);
  const most = Math.max(...experiments.map((experiment) => requestsOf(experiment).length));
  for (let index = 0; index < most; index++) {
    for (const [which, root] of roots.entries()) {
      const headers = requestsOf(experiments[which]!)[index];
      if (headers !== undefined) together[which]!.push(ask(root, headers));
    }
  }
  assert.deepEqual(together, alone);
});
