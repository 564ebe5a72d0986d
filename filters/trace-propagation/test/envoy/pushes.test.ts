/** Configurations that are replaced, also by one that was there before, while requests are under way. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  discovered,
  Envoy,
  fetchOnce,
  underLoad,
  until,
  type HeaderLine,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";
import { Gate, Service } from "./service.ts";
import { roomy, sidecar } from "./sidecar.ts";
import { counted, newSpan, newTrace, parentIn, traceparent } from "./traces.ts";

const WORKERS = 3;
const PUSHES = 6;
const ID = "x-request-id";
const JOIN: JsonObject = { keys: [ID], whenAlone: true, group: "reviews" };
const A: JsonObject = { join: JOIN };
const B: JsonObject = { join: JOIN, participate: true, extract: ["w3c", "b3"] };

const gate = new Gate();
let end: Service;
let service: Service;
let envoy: Envoy;

before(async () => {
  end = await Service.start(({ headers }) => parentIn(headers).trace);
  // On /call, a service that calls another, with the key alone.
  service = await Service.start(async ({ path, headers }, caller) => {
    if (path.startsWith("/held/")) await gate.pass(path);
    const key = headers.find(([name]) => name === ID)!;
    return path === "/call" ? await caller.call(envoy.port("sidecar:outbound"), "/", [key]) : "";
  });
  envoy = await Envoy.start({
    concurrency: WORKERS,
    clusters: [roomy("service", service.port), roomy("end", end.port)],
    filters: { pushed: { module: "trace-propagation", configuration: A } },
    listeners: sidecar({
      name: "sidecar",
      configuration: A,
      filter: discovered("pushed"),
      workload: "service",
      calls: "end",
    }),
  });
});
after(async () => {
  await envoy?.stop();
  await service?.stop();
  await end?.stop();
});

async function push(configuration: JsonObject): Promise<void> {
  const { accepted, log } = await envoy.push("pushed", configuration);
  assert.equal(accepted, true, log);
}

async function receive(path: string, headers: readonly HeaderLine[]): Promise<string> {
  const { status, body } = await fetchOnce(envoy.port("sidecar:inbound"), { path, headers });
  assert.equal(status, 200, body);
  return JSON.parse(body) as string;
}

/** The trace of an outbound request with that key. */
async function call(key: string): Promise<string> {
  const { body } = await fetchOnce(envoy.port("sidecar:outbound"), { headers: [[ID, key]] });
  return JSON.parse(body) as string;
}

test("replaced again and again under load: every call is of its cause's trace, none is lost", async () => {
  const requests = Array.from({ length: 500 }, () => {
    const trace = newTrace();
    return { path: "/call", headers: [traceparent(trace), [ID, trace]] as HeaderLine[] };
  });
  const rises = await counted(envoy, async () => {
    const told = await underLoad(
      {
        port: envoy.port("sidecar:inbound"),
        requests,
        tell: ({ status, body }, { headers = [] }) => `${status} ${body === `"${headers[1]![1]}"` ? "own" : body}`,
      },
      async () => {
        for (let turn = 0; turn < PUSHES; turn++) await push(turn % 2 === 0 ? B : A);
      },
    );
    assert.deepEqual([...told.keys()], ["200 own"]);
  });
  assert.equal(rises["join_missed"], undefined);
  assert.equal(rises["join_missed_torn"], undefined);
  // Whatever came in had a trace, and each of those had a call, without one.
  assert.equal(rises["joined"], rises["extracted"]);
});

test("a push keeps what is remembered under the same group, and another group knows nothing of it", async () => {
  const [key, trace] = [newSpan(), newTrace()];
  await push(A);
  await receive("/", [traceparent(trace), [ID, key]]);
  await push(B);
  assert.equal(await call(key), trace);
  await push({ join: { ...JOIN, group: "ratings" } });
  assert.notEqual(await call(key), trace);
  await push(A);
  assert.equal(await call(key), trace);
});

test("a configuration that is refused leaves it all as it was", async () => {
  const [key, trace] = [newSpan(), newTrace()];
  await push(A);
  await receive("/", [traceparent(trace), [ID, key]]);
  const { accepted, log } = await envoy.push("pushed", { ...B, joins: {} });
  assert.equal(accepted, false);
  assert.match(log, /pushed: trace-propagation: pluginConfig: unknown field "joins" \(did you mean "join"\?\)/);
  assert.equal(await call(key), trace);
});

test("join.whenAlone: who came under the configuration before is still in flight, and no longer once it is over", async () => {
  const active = async (): Promise<number> => await envoy.stat("http.sidecar_inbound.downstream_rq_active");
  await push(A);
  const [trace, path] = [newTrace(), `/held/${newSpan()}`];
  const held = receive(path, [traceparent(trace)]);
  await until("it to come", () => gate.has(path));
  for (const configuration of [B, A, B]) {
    await push(configuration);
    assert.equal(await call(newSpan()), trace);
  }
  gate.open(path);
  await held;
  await until("its stream to end", async () => (await active()) === 0);
  const rises = await counted(envoy, async () => assert.notEqual(await call(newSpan()), trace));
  assert.equal(rises["join_missed"], 1);
});
