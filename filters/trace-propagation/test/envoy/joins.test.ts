/** `join` and `direction`: what an outbound request is joined to, by its key or as there is but one in flight. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import {
  cluster,
  Envoy,
  fetchOnce,
  until,
  valuesOf,
  type HeaderLine,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";
import { Gate, Service } from "./service.ts";
import { sidecar, type Sidecar } from "./sidecar.ts";
import { counted, INBOUND, newSpan, newTrace, OUTBOUND, parentIn, traceparent } from "./traces.ts";

const UNSAID = { inbound: {}, outbound: {} };
const SAID = { inbound: { join: {}, direction: "INBOUND" }, outbound: { join: {}, direction: "OUTBOUND" } };
const ALONE: JsonObject = { join: { keys: ["x-correlation-id"], whenAlone: true } };

const SIDECARS: Readonly<Record<string, Pick<Sidecar, "configuration" | "plugins" | "directions">>> = {
  "no-join": { configuration: {} },
  default: { configuration: { join: {} } },
  keys: { configuration: { join: { keys: ["x-correlation-id", "x-request-id"] } } },
  "one-key": { configuration: { join: { keys: ["x-correlation-id"] } } },
  brief: { configuration: { join: { lifetime: "1ms" } } },
  apart: { configuration: { join: {} }, plugins: { inbound: "apart-in", outbound: "apart-out" } },
  grouped: {
    configuration: { join: { group: "reviews" } },
    plugins: { inbound: "grouped-in", outbound: "grouped-out" },
  },
  "other-group": { configuration: { join: { group: "ratings" } } },
  alone: { configuration: ALONE },
  "never-alone": { configuration: { join: { keys: ["x-correlation-id"], whenAlone: false } } },
  said: { configuration: SAID, directions: UNSAID },
  "said-otherwise": { configuration: SAID, directions: { inbound: OUTBOUND, outbound: INBOUND } },
  unsaid: { configuration: { join: {} }, directions: UNSAID },
  "turned-round": { configuration: { join: {} }, directions: { inbound: OUTBOUND, outbound: INBOUND } },
};

const gate = new Gate();
let service: Service;
let envoy: Envoy;

before(async () => {
  service = await Service.start(async ({ path, headers }) => {
    if (path.startsWith("/held/")) await gate.pass(path);
    return headers;
  });
  const parts = Object.entries(SIDECARS).flatMap(([name, part]) =>
    sidecar({ name, workload: "service", calls: "service", ...part }),
  );
  envoy = await Envoy.start({ clusters: [cluster("service", service.port)], listeners: parts });
});
after(async () => {
  await envoy?.stop();
  await service?.stop();
});

async function send(name: string, headers: readonly HeaderLine[], path = "/"): Promise<HeaderLine[]> {
  const { status, body } = await fetchOnce(envoy.port(name), { path, headers });
  assert.equal(status, 200, body);
  return JSON.parse(body) as HeaderLine[];
}

/** An inbound request, of a new trace, with these headers: its traceparent's value. */
async function receive(name: string, ...headers: HeaderLine[]): Promise<string> {
  return await receiveOf(name, newTrace(), ...headers);
}

async function receiveOf(name: string, trace: string, ...headers: HeaderLine[]): Promise<string> {
  const parent = traceparent(trace);
  await send(`${name}:inbound`, [parent, ...headers]);
  return parent[1];
}

/** The traceparent that an outbound request with these headers goes on with. */
async function call(name: string, ...headers: HeaderLine[]): Promise<string> {
  const seen = await send(`${name}:outbound`, headers);
  parentIn(seen);
  return valuesOf(seen, "traceparent")[0]!;
}

function key(name = "x-request-id"): HeaderLine {
  return [name, `key-${newSpan()}`];
}

/** What one outbound request is counted as. */
const JOINED = { joined: 1, injected: 1 };
const MISSED = { join_missed: 1, "restarted.absent": 1, injected: 1 };
const TORN = { join_missed_torn: 1, "restarted.absent": 1, injected: 1 };

/** Asserts that an outbound request with these headers is joined to the one whose traceparent is given. */
async function isJoined(expected: string, name: string, ...headers: HeaderLine[]): Promise<void> {
  const rises = await counted(envoy, async () => assert.equal(await call(name, ...headers), expected));
  assert.deepEqual(rises, JOINED);
}

/** Asserts that it is not, and so counted. */
async function isMissed(name: string, headers: readonly HeaderLine[], how: object = MISSED): Promise<void> {
  const rises = await counted(envoy, async () => void (await call(name, ...headers)));
  assert.deepEqual(rises, how);
}

test("join: not at all where it is not given", async () => {
  const id = key();
  await receive("no-join", id);
  await isMissed("no-join", [id], { "restarted.absent": 1, injected: 1 });
});

test("join.keys: x-request-id where none are named; tracestate belongs to the trace", async () => {
  const id = key();
  const expected = await receive("default", id, ["tracestate", "congo=1"], ["tracestate", "rojo=2"]);
  await isJoined(expected, "default", id);
  const seen = await send("default:outbound", [id, ["tracestate", "of=nobody"]]);
  assert.deepEqual(valuesOf(seen, "tracestate"), ["congo=1,rojo=2"]);
  await isMissed("default", [key()]);
});

test("join.keys: a request is remembered by each, and joined by the first that it has", async () => {
  const [correlation, id] = [key("x-correlation-id"), key()];
  const expected = await receive("keys", correlation, id);
  await isJoined(expected, "keys", id);
  await isJoined(expected, "keys", correlation);
  await isMissed("keys", [key("x-correlation-id"), id]);
  await isMissed("keys", [["x-correlation-id", id[1]]]);
});

test("join.keys: up to 256 bytes, and not empty or several", async () => {
  const name = "x-correlation-id";
  const longest: HeaderLine = [name, newSpan().repeat(16)];
  await isJoined(await receive("one-key", longest), "one-key", longest);
  for (const headers of [[[name, `${longest[1]}0`]], [[name, ""]], [longest, key(name)]] as HeaderLine[][]) {
    await receive("one-key", ...headers);
    await isMissed("one-key", headers);
  }
});

test("join.keys: a UUID in which a connection manager behind the filter has marked the request as traced", async () => {
  // Envoy writes 9 in place of the version, which is 4 (extensions/request_id/uuid/config.cc).
  const id = randomUUID();
  const marked = `${id.slice(0, 14)}9${id.slice(15)}`;
  const expected = await receive("default", ["x-request-id", id]);
  await isJoined(expected, "default", ["x-request-id", marked]);
});

test("a request's own trace comes before the one of its key", async () => {
  const id = key();
  await receive("default", id);
  const own = traceparent(newTrace());
  assert.equal(await call("default", id, own), own[1]);
});

test("one key several times: of one trace the last counts, of two traces none, whatever comes then", async () => {
  const [id, trace] = [key(), newTrace()];
  await receiveOf("default", trace, id);
  const last = await receiveOf("default", trace, id);
  const rises = await counted(envoy, async () => assert.equal(await call("default", id), last));
  assert.deepEqual(rises, { ...JOINED, joined_ambiguous: 1 });
  for (const next of [newTrace(), trace, trace]) {
    await receiveOf("default", next, id);
    await isMissed("default", [id], TORN);
  }
});

test("join.lifetime: forgotten then, while another that is remembered for longer is not", async () => {
  const id = key();
  const expected = await receive("default", id);
  const brief = await receive("brief", id);
  const trace = (value: string): string | undefined => value.split("-")[1];
  await until("it to be forgotten", async () => trace(await call("brief", id)) !== trace(brief));
  await isMissed("brief", [id]);
  await isJoined(expected, "default", id);
});

test("join.group: plugins of one name remember together, of two names each for itself, unless of one group", async () => {
  const id = key();
  await receive("apart", id);
  await isMissed("apart", [id]);
  const expected = await receive("grouped", id);
  await isJoined(expected, "grouped", id);
  await isMissed("other-group", [id]);
});

test("direction: the configuration's, else the listener's; with neither nothing is joined", async () => {
  for (const name of ["said", "said-otherwise"]) {
    const id = key();
    await isJoined(await receive(name, id), name, id);
  }
  for (const name of ["unsaid", "turned-round"]) {
    const id = key();
    await receive(name, id);
    const rises = await counted(envoy, async () => void (await call(name, id)));
    assert.deepEqual(rises, { "restarted.absent": 1, injected: 1 }, name);
  }
});

/** An inbound request that stays in flight until it is let go: its traceparent, and how to let it go and see it gone. */
async function hold(name: string): Promise<{ expected: string; release: () => Promise<void> }> {
  const parent = traceparent(newTrace());
  const path = `/held/${newSpan()}`;
  const active = async (): Promise<number> => await envoy.stat(`http.${name}_inbound.downstream_rq_active`);
  const done = send(`${name}:inbound`, [parent], path);
  await until("it to come", () => gate.has(path));
  const release = async (): Promise<void> => {
    const before = await active();
    gate.open(path);
    await done;
    await until("its stream to end", async () => (await active()) < before);
  };
  return { expected: parent[1], release };
}

async function isAlone(expected: string, ...headers: HeaderLine[]): Promise<void> {
  const rises = await counted(envoy, async () => assert.equal(await call("alone", ...headers), expected));
  assert.deepEqual(rises, { joined_alone: 1, injected: 1 });
}

test("join.whenAlone: joined to the one in flight; with several, or none, to nothing", async () => {
  await isMissed("alone", []);
  const first = await hold("alone");
  await isAlone(first.expected);
  const second = await hold("alone");
  await isMissed("alone", []);
  const third = await hold("alone");
  await isMissed("alone", []);
  await third.release();
  await first.release();
  await isAlone(second.expected);
  const known = key("x-correlation-id");
  const other = await receive("alone", known);
  await isJoined(other, "alone", known);
  await second.release();
  await isMissed("alone", []);
});

test("join.whenAlone: not where it is not asked for", async () => {
  const { release } = await hold("never-alone");
  await isMissed("never-alone", []);
  await release();
});
