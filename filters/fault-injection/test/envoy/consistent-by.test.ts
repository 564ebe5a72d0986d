import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  Authority,
  cluster,
  discovered,
  Envoy,
  fetchOnce,
  forward,
  listener,
  SHOWS_DETAILS,
  Upstream,
  type HeaderLine,
  type HttpChain,
  type JsonObject,
  type Listener,
} from "../../../../test/support/envoy/index.ts";
import { aborted, entry, outcome, plugin } from "./faults.ts";

/** Of two outcomes, each as likely as the other, all these keys have the same once in 2^23 configurations. */
const KEYS = Array.from({ length: 24 }, (_, index) => `user-${index}`);
/** So many connections of their own, that one worker takes all of them once in 4^9 times. */
const AGAIN = 10;
const WORKERS = 4;

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const LOWER = TRACE.slice(16);

const BY: Readonly<Record<string, JsonObject | string>> = {
  header: { header: "X-User" },
  cookie: { cookie: "session" },
  principal: "principal",
  traceId: "traceId",
};

/** Half of all requests are aborted; `unrelated` makes it another configuration. */
function halfAborted(by: string, unrelated: string): JsonObject {
  const fault = { abort: { percentage: { value: 50 }, httpStatus: 418 }, consistentBy: BY[by]! };
  const another = entry(unrelated, { abort: { httpStatus: 500 } }, { uri: { exact: "/elsewhere" } });
  return plugin([another, entry("half", fault)]);
}

let authority: Authority;
let upstream: Upstream;
let envoy: Envoy;

before(async () => {
  authority = await Authority.create();
  upstream = await Upstream.start("upstream");
  const tls = { certificate: await authority.issue({ commonName: "ratings" }), clientAuthority: authority.certificate };
  const of = (by: string, chain: HttpChain = {}): Listener =>
    listener(by, { filters: [discovered(by)], routes: [forward("upstream")], manager: SHOWS_DETAILS, ...chain });
  const filters = Object.keys(BY).map((by) => [
    by,
    { module: "fault-injection", configuration: halfAborted(by, "first") },
  ]);
  envoy = await Envoy.start({
    filters: Object.fromEntries(filters),
    listeners: [of("header"), of("cookie"), of("principal", { tls }), of("traceId")],
    clusters: [cluster("upstream", upstream.port)],
    concurrency: WORKERS,
  });
});
after(async () => {
  await envoy?.stop();
  await upstream?.stop();
});

interface Key {
  headers?: readonly HeaderLine[];
  tls?: { cert: string; key: string };
}

async function outcomeOf(by: string, { headers = [], tls }: Key): Promise<string> {
  return outcome(await fetchOnce(envoy.port(by), { headers }, tls));
}

/** Asserts that each key meets the same on any worker and also after a push; what that is, in the order of the keys. */
async function outcomesOf(by: string, keys: readonly Key[]): Promise<string[]> {
  const first: string[] = [];
  for (const key of keys) first.push(await outcomeOf(by, key));
  assert.deepEqual([...new Set(first)].sort(), ["200", aborted(418, "half")]);

  const verify = async (): Promise<void> => {
    for (const [index, key] of keys.entries()) {
      const again = await Promise.all(Array.from({ length: AGAIN }, () => outcomeOf(by, key)));
      assert.deepEqual(new Set(again), new Set([first[index]]), `${by} ${JSON.stringify(key.headers)}`);
    }
  };
  await verify();
  const { accepted, log } = await envoy.push(by, halfAborted(by, "second"));
  assert.equal(accepted, true, log);
  await verify();
  return first;
}

test("header and cookie: the same value meets the same each time, wherever it stands", async () => {
  const byHeader = await outcomesOf(
    "header",
    KEYS.map((key) => ({ headers: [["x-user", key]] })),
  );
  const byCookie = await outcomesOf(
    "cookie",
    KEYS.map((key) => ({ headers: [["cookie", `theme=dark; session=${key}`]] })),
  );
  assert.deepEqual(byCookie, byHeader);
});

test("principal: the same client meets the same each time", async () => {
  const issued = KEYS.map(async (key) => await authority.issue({ uris: [`spiffe://cluster.local/ns/a/sa/${key}`] }));
  const clients = await Promise.all(issued);
  await outcomesOf(
    "principal",
    clients.map(({ certificate, key }) => ({ tls: { cert: certificate, key } })),
  );
});

test("traceId: all requests of a trace meet the same, in whichever header its id is", async () => {
  const traces = KEYS.map((_, index) => `${TRACE.slice(0, 30)}${index + 16}`);
  const asW3c = await outcomesOf(
    "traceId",
    traces.map((trace) => ({ headers: [["traceparent", `00-${trace}-b7ad6b7169203331-01`]] })),
  );
  const others = async (line: (trace: string) => HeaderLine): Promise<string[]> =>
    await Promise.all(traces.map((trace) => outcomeOf("traceId", { headers: [line(trace)] })));
  assert.deepEqual(await others((trace) => ["b3", `${trace}-e457b5a2e4d86bd1-1`]), asW3c);
  assert.deepEqual(await others((trace) => ["X-B3-TraceId", trace]), asW3c);
  assert.deepEqual(await others((trace) => ["X-B3-TraceId", trace.slice(-LOWER.length)]), asW3c);
});

test("without the key a request meets this or that", async () => {
  // One outcome alone comes up once in 2^63 times.
  const outcomes = await Promise.all(Array.from({ length: 64 }, () => outcomeOf("header", { headers: [] })));
  assert.deepEqual([...new Set(outcomes)].sort(), ["200", aborted(418, "half")]);
});
