/**
 * Whatever could have a call joined to another's trace: keys that are stale, that several traces have at once, that come to one place
 * in shared data, and more of them than it holds. A call goes on in the trace of the request that caused it, or in a new one.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Envoy, until, valuesOf, type HeaderLine, type JsonObject } from "../../../../test/support/envoy/index.ts";
import { inOnePlace, placeOf } from "./places.ts";
import { Caller, Service } from "./service.ts";
import { roomy, sidecar } from "./sidecar.ts";
import { counted, newSpan, newTrace, parentIn, traceparent } from "./traces.ts";

const WORKERS = 4;
const KEYS = 50;
const ID = "x-request-id";

/** Each has places of its own, by its name. */
const SIDECARS: Readonly<Record<string, JsonObject>> = {
  plain: { join: {} },
  torn: { join: {} },
  brief: { join: { lifetime: "20ms" } },
  full: { join: { lifetime: "1h" } },
  "soon-empty": { join: { lifetime: "50ms" } },
};

/** All traces that the tests began; a call that is missed is in none of them. */
const known = new Set<string>();
const client = new Caller();
let end: Service;
let service: Service;
let envoy: Envoy;

before(async () => {
  end = await Service.start(({ headers }) => parentIn(headers).trace);
  // Calls through the same sidecar, with the key alone.
  service = await Service.start(async ({ path, headers }) => {
    if (path === "/") return "";
    return await outbound(path.slice(1), valuesOf(headers, ID)[0]!);
  });
  envoy = await Envoy.start({
    concurrency: WORKERS,
    clusters: [roomy("service", service.port), roomy("end", end.port)],
    listeners: Object.entries(SIDECARS).flatMap(([name, configuration]) =>
      sidecar({ name, configuration, workload: "service", calls: "end" }),
    ),
  });
});
after(async () => {
  client.close();
  await envoy?.stop();
  await service?.stop();
  await end?.stop();
});

/** An outbound request with that key: the trace that it goes on in. */
async function outbound(name: string, key: string): Promise<string> {
  return await client.call<string>(envoy.port(`${name}:outbound`), "/", [[ID, key]]);
}

/** An inbound request of a trace; with `/<name>` it causes an outbound one, whose trace is given. */
async function inbound(
  name: string,
  path: string,
  key: string,
  trace: string,
  headers: readonly HeaderLine[] = [],
): Promise<string> {
  known.add(trace);
  const all = [traceparent(trace), [ID, key] as const, ...headers];
  return await client.call<string>(envoy.port(`${name}:inbound`), path, all);
}

/** A call, and the trace of the request that caused it. */
interface Call {
  cause: string;
  trace: string;
}

async function calls(name: string, key: string, cause: string, headers?: readonly HeaderLine[]): Promise<Call> {
  return { cause, trace: await inbound(name, `/${name}`, key, cause, headers) };
}

/**
 * Asserts of calls that each is of its cause's trace, or of one that nobody has, and of the counters that they say so. Gives how many
 * were joined, and how many of the others as their key was torn.
 */
async function verify(work: () => Promise<Call[]>): Promise<{ joined: number; torn: number; missed: number }> {
  let all: Call[] = [];
  const rises = await counted(envoy, async () => void (all = await work()));
  const joined = all.filter(({ cause, trace }) => trace === cause).length;
  for (const { cause, trace } of all) assert.ok(trace === cause || !known.has(trace), `${trace} for ${cause}`);
  const begun = all.map(({ trace }) => trace).filter((trace) => !known.has(trace));
  assert.equal(new Set(begun).size, begun.length);
  const { joined: counts = 0, join_missed_torn: torn = 0, join_missed: missed = 0 } = rises;
  assert.deepEqual([counts, torn + missed], [joined, all.length - joined]);
  return { joined, torn, missed };
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

test("calls of nobody's in between: they are in traces of their own", async () => {
  const strangers: string[] = [];
  const counts = await verify(async () => {
    const own = times(4 * KEYS, () => calls("plain", newSpan(), newTrace()));
    const others = times(4 * KEYS, async () => ({ cause: "none", trace: await outbound("plain", newSpan()) }));
    strangers.push(...(await Promise.all(others)).map(({ trace }) => trace));
    return await Promise.all([...own, ...others]);
  });
  assert.deepEqual(counts, { joined: 4 * KEYS, torn: 0, missed: 4 * KEYS });
  assert.equal(new Set(strangers).size, 4 * KEYS);
});

test("one key several times at once, in one trace: each call is in it", async () => {
  const keys = times(KEYS, (): [string, string] => [newSpan(), newTrace()]);
  const counts = await verify(
    async () =>
      await Promise.all(keys.flatMap(([key, trace]) => times(6, async () => await calls("plain", key, trace)))),
  );
  assert.deepEqual(counts, { joined: 6 * KEYS, torn: 0, missed: 0 });
});

test("one key in several traces at once: none but the first that came can be joined, and soon not that one", async () => {
  const keys = times(KEYS, newSpan);
  const { joined, torn, missed } = await verify(
    async () => await Promise.all(times(6, () => keys.map(async (key) => await calls("torn", key, newTrace()))).flat()),
  );
  assert.ok(joined <= KEYS, `${joined}`);
  assert.deepEqual([joined + torn, missed], [6 * KEYS, 0]);
  const after = await verify(
    async () => await Promise.all(keys.map(async (key) => ({ cause: "several", trace: await outbound("torn", key) }))),
  );
  assert.deepEqual(after, { joined: 0, torn: KEYS, missed: 0 });
});

test("a key that is stale, or comes again in another trace: never the trace before", async () => {
  const keys = times(KEYS, newSpan);
  for (let round = 0; round < 5; round++) {
    await verify(
      async () =>
        await Promise.all(
          keys.map(async (key) => {
            const cause = newTrace();
            await inbound("brief", "/", key, cause);
            return { cause, trace: await outbound("brief", key) };
          }),
        ),
    );
  }
  for (const key of keys) {
    await until("it to be forgotten", async () => !known.has(await outbound("brief", key)));
  }
  const after = await verify(
    async () => await Promise.all(keys.map(async (key) => ({ cause: "none", trace: await outbound("brief", key) }))),
  );
  assert.equal(after.joined, 0);
});

/** Long enough that a place holds seven: 4096 bytes, of which each takes more than 500. */
const LONG: HeaderLine = ["tracestate", `congo=${"1".repeat(250)},rojo=${"2".repeat(246)}`];
const PLACE = 0x7a3;

test("keys that come to one place, at once: each call is of its cause's trace", async () => {
  const counts = await verify(
    async () => await Promise.all(inOnePlace(ID, 6, PLACE).map(async (key) => await calls("plain", key, newTrace()))),
  );
  assert.deepEqual(counts, { joined: 6, torn: 0, missed: 0 });
});

test("more than a place holds: all of them are missed from then on, of other places none", async () => {
  const keys = inOnePlace(ID, 12, PLACE);
  await verify(async () => await Promise.all(keys.map(async (key) => await calls("full", key, newTrace(), [LONG]))));
  const [first = ""] = keys;
  const counts = await verify(async () => {
    const later = keys.map(async (key) => ({ cause: "dropped", trace: await outbound("full", key) }));
    return await Promise.all([...later, calls("full", first, newTrace())]);
  });
  assert.deepEqual(counts, { joined: 0, torn: 0, missed: 13 });
  const other = newSpan();
  assert.notEqual(placeOf(ID, other), PLACE);
  const elsewhere = await verify(async () => [await calls("full", other, newTrace(), [LONG])]);
  assert.deepEqual(elsewhere, { joined: 1, torn: 0, missed: 0 });
});

test("a place that had more than it holds is believed again once the time of those is over", async () => {
  const keys = inOnePlace(ID, 12, PLACE);
  const traces = keys.map(newTrace);
  await verify(
    async () =>
      await Promise.all(keys.map(async (key, index) => await calls("soon-empty", key, traces[index]!, [LONG]))),
  );
  const [[key = ""], [trace = ""]] = [keys, traces];
  await until("its call to be joined", async () => (await calls("soon-empty", key, trace)).trace === trace);
});
