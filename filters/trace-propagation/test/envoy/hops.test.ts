/**
 * Services that pass on nothing but x-request-id, each behind a sidecar of its own, between which the trace goes in another format
 * each time: one trace end to end.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setInterval } from "node:timers/promises";
import { Envoy, valuesOf, type HeaderLine, type JsonObject } from "../../../../test/support/envoy/index.ts";
import { Caller, Service } from "./service.ts";
import { roomy, sidecar } from "./sidecar.ts";
import { counted, newSpan, newTrace } from "./traces.ts";

const WORKERS = 3;
const REQUESTS = 1000;
/** 500 a second. */
const AT_ONCE = 10;
const PAUSE_MS = 20;

/** A service: the format in which its sidecar is called, gives it the trace, and calls others; the trace id in what it is given. */
interface Stop {
  from: string;
  gives: string;
  to: string;
  traceOf: (headers: readonly HeaderLine[]) => string | undefined;
}

const STOPS: readonly Stop[] = [
  { from: "b3", gives: "b3-single", to: "w3c", traceOf: (seen) => only(seen, "b3").split("-")[0] },
  { from: "w3c", gives: "datadog", to: "jaeger", traceOf: datadogTrace },
  { from: "jaeger", gives: "xray", to: "cloud-trace", traceOf: xrayTrace },
];

function only(headers: readonly HeaderLine[], name: string): string {
  const values = valuesOf(headers, name);
  assert.equal(values.length, 1, `one ${name}: ${JSON.stringify(headers)}`);
  return values[0]!;
}

/** The lower half in decimal, the upper half in a tag. */
function datadogTrace(headers: readonly HeaderLine[]): string {
  const [, upper = ""] = /_dd\.p\.tid=([0-9a-f]{16})/.exec(only(headers, "x-datadog-tags")) ?? [];
  return upper + BigInt(only(headers, "x-datadog-trace-id")).toString(16).padStart(16, "0");
}

/** Parted by a dash. */
function xrayTrace(headers: readonly HeaderLine[]): string {
  const [, time = "", unique = ""] = /Root=1-(\w+)-(\w+)/.exec(only(headers, "x-amzn-trace-id")) ?? [];
  return time + unique;
}

/** What runs: the first stop's at the front. */
const services: Service[] = [];
const envoys: Envoy[] = [];
const client = new Caller();

/** Starts a stop. It answers with the rest of the way, as each service on it saw the trace: `/2` is to the second service from here, by one call; `/2/2` by two calls at once. */
async function start(stop: Stop, next: Envoy | undefined): Promise<Envoy> {
  let outbound = 0;
  const service = await Service.start(async ({ path, headers }, caller) => {
    const trace = stop.traceOf(headers);
    const [, left, calls = "1"] = path.split("/");
    if (left === "1") return [trace];
    const key: HeaderLine = ["x-request-id", only(headers, "x-request-id")];
    const call = async (): Promise<string[]> => await caller.call(outbound, `/${Number(left) - 1}/${calls}`, [key]);
    return [trace, ...(await Promise.all(Array.from({ length: Number(calls) }, call))).flat()];
  });
  services.unshift(service);
  const joins: JsonObject = { foreign: "remove", join: {} };
  const envoy = await Envoy.start({
    concurrency: WORKERS,
    clusters: [roomy("service", service.port), roomy("next", next?.port("sidecar:inbound") ?? service.port)],
    listeners: sidecar({
      name: "sidecar",
      configuration: {
        inbound: { extract: [stop.from], inject: [stop.gives], ...joins },
        outbound: { extract: [stop.gives], inject: [stop.to], ...joins },
      },
      workload: "service",
      calls: "next",
    }),
  });
  envoys.unshift(envoy);
  outbound = envoy.port("sidecar:outbound");
  return envoy;
}

before(async () => {
  let next: Envoy | undefined = undefined;
  for (const stop of [...STOPS].reverse()) next = await start(stop, next);
});
after(async () => {
  client.close();
  for (const envoy of envoys) await envoy.stop();
  for (const service of services) await service.stop();
});

/** Sends as many requests as there are, so many a second, whether those before have their answers or not. */
async function send(one: () => Promise<void>): Promise<void> {
  const sent: Promise<void>[] = [];
  for await (const _ of setInterval(PAUSE_MS)) {
    sent.push(...Array.from({ length: AT_ONCE }, one));
    if (sent.length >= REQUESTS) break;
  }
  await Promise.all(sent);
}

/** Sends requests of a trace each; asserts of each that every service on its way saw that trace. */
async function staysWhole(path: string, services: number): Promise<void> {
  await send(async () => {
    const trace = newTrace();
    const traces = await client.call<string[]>(envoys[0]!.port("sidecar:inbound"), path, [
      ["x-b3-traceid", trace],
      ["x-b3-spanid", newSpan()],
      ["x-b3-sampled", "1"],
      ["x-request-id", newSpan()],
    ]);
    assert.deepEqual(traces, Array(services).fill(trace));
  });
}

/** What the sidecar of each stop counts meanwhile. */
async function countedAtEach(work: () => Promise<void>): Promise<Record<string, number>[]> {
  const counts: Record<string, number>[] = envoys.map(() => ({}));
  const nested = envoys.reduce(
    (inner, envoy, index) => async () => void (counts[index] = await counted(envoy, inner)),
    work,
  );
  await nested();
  return counts;
}

const RECEIVED = { extracted: REQUESTS, injected: REQUESTS };
const RECEIVED_AND_CALLED = { extracted: REQUESTS, injected: 2 * REQUESTS, joined: REQUESTS };

test("two hops, 500 requests a second: every call is of its cause's trace, none is lost", async () => {
  const counts = await countedAtEach(() => staysWhole("/2", 2));
  assert.deepEqual(counts, [RECEIVED_AND_CALLED, RECEIVED, {}]);
});

test("three hops, the same", async () => {
  const counts = await countedAtEach(() => staysWhole("/3", 3));
  assert.deepEqual(counts, [RECEIVED_AND_CALLED, RECEIVED_AND_CALLED, RECEIVED]);
});
