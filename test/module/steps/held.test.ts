/** What becomes of requests that wait for a large configuration, and of configurations that prove wrong or go before they are read. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromArray } from "../../../emulator/index.ts";
import { isReading, readAll } from "../../support/module/steps.ts";
import { GET, Process, allowing, allowingAtOnce, injecting, outcome, sendingTo } from "./process.ts";

const DENIED = "rbac_access_denied_matched_policy[none]";
const at = (path: string): Record<string, string> => ({ ...GET, ":path": path });

test("what proves wrong though it was said to be accepted: authz denies, others let pass, and it is said once", () => {
  const fault = { abort: { percentage: { value: 100 }, httpStatus: 503 } };
  for (const [module, document, expected] of [
    ["authz", allowing("/"), "authz_not_configured"],
    ["header-routing", sendingTo("v2"), "on"],
    ["fault-injection", injecting(fault), "on"],
    ["signalbox", { authz: { policies: (allowing("/") as { policies: object }).policies } }, "authz_not_configured"],
  ] as const) {
    const process = new Process(module);
    const vm = process.vm();
    const wrong = { ...document, nonsense: 1 };
    forgeHint(process, document, wrong);
    const root = process.root(vm, wrong);
    assert.equal(root.accepted, true, module);
    const held = [1, 2].map(() => {
      const stream = root.stream({ requestHeaders: GET });
      stream.requestHeaders();
      return stream;
    });
    assert.deepEqual(
      held.map(({ requestPaused }) => requestPaused),
      [true, true],
    );
    readAll(root);
    const said = (stream: (typeof held)[number]): string =>
      stream.localReply?.details ?? (stream.requestPaused ? "held" : "on");
    assert.deepEqual(held.map(said), [expected, expected], module);
    assert.equal(outcome(root), expected, module);
    const critical = process.emulator.logs.filter(({ level }) => level === "critical").map(({ message }) => message);
    assert.equal(critical.length, 2, critical.join("\n"));
    assert.match(critical[0]!, /nonsense/);
    assert.match(critical[1]!, /the proxy's shared data says that it was accepted/);
    assert.equal(vm.failed, undefined);
  }
});

/** Writes into the record that the canary of an accepted document has made what would be noted of a wrong one. */
function forgeHint(process: Process, accepted: unknown, wrong: unknown): void {
  process.canary(accepted);
  const entry = Buffer.alloc(ENTRIES * 8);
  entry.writeBigUInt64LE(xxHash64(Buffer.from(JSON.stringify(wrong)), 0n), 0);
  const { sharedData } = process.emulator;
  const [key] = sharedData.keys("");
  sharedData.set("", key!, fromArray(entry));
}

const ENTRIES = 64;
const MASK = (1n << 64n) - 1n;
const [P1, P2, P3, P4, P5] = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;

const rotl = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (64n - by))) & MASK;
const round = (sum: bigint, lane: bigint): bigint => (rotl((sum + lane * P2) & MASK, 31n) * P1) & MASK;

/** XXH64 as the xxHash specification describes it. */
function xxHash64(bytes: Buffer, seed: bigint): bigint {
  let at = 0;
  let hash = (seed + P5) & MASK;
  if (bytes.length >= 32) {
    let sums = [seed + P1 + P2, seed + P2, seed, seed - P1].map((sum) => sum & MASK);
    for (; at + 32 <= bytes.length; at += 32) {
      sums = sums.map((sum, lane) => round(sum, bytes.readBigUInt64LE(at + lane * 8)));
    }
    hash = sums.reduce((sum, lane, index) => (sum + rotl(lane, [1n, 7n, 12n, 18n][index]!)) & MASK, 0n);
    for (const sum of sums) hash = ((hash ^ round(0n, sum)) * P1 + P4) & MASK;
  }
  hash = (hash + BigInt(bytes.length)) & MASK;
  for (; at + 8 <= bytes.length; at += 8) {
    hash = (rotl(hash ^ round(0n, bytes.readBigUInt64LE(at)), 27n) * P1 + P4) & MASK;
  }
  if (at + 4 <= bytes.length) {
    hash = (rotl(hash ^ ((BigInt(bytes.readUInt32LE(at)) * P1) & MASK), 23n) * P2 + P3) & MASK;
    at += 4;
  }
  for (; at < bytes.length; at++) hash = (rotl(hash ^ ((BigInt(bytes[at]!) * P5) & MASK), 11n) * P1) & MASK;
  hash = ((hash ^ (hash >> 33n)) * P2) & MASK;
  hash = ((hash ^ (hash >> 29n)) * P3) & MASK;
  return hash ^ (hash >> 32n);
}

test("all requests that waited go on, more than one call of the timer may resume, and each is judged by the whole plan", () => {
  const process = new Process("authz");
  const vm = process.busyVm(allowingAtOnce("/"));
  process.makeLooksTake(300);
  const root = process.pushed(vm, allowing("/a"));
  const streams = Array.from({ length: 100 }, (_, index) => {
    const stream = root.stream({ requestHeaders: at(index % 2 === 0 ? "/a" : "/b") });
    assert.equal(stream.requestHeaders().action, "StopAllIterationAndWatermark");
    return stream;
  });
  const ticks = readAll(root);
  streams.forEach((stream, index) => {
    if (index % 2 === 0) assert.deepEqual([stream.requestPaused, stream.localReply], [false, undefined]);
    else assert.equal(stream.localReply?.details, DENIED);
    stream.end();
  });
  assert.ok(ticks >= 4, `${ticks} ticks`);
  assert.equal(vm.failed, undefined);
});

test("requests that end while they wait are forgotten, and those after them go on", () => {
  const process = new Process("authz");
  const vm = process.busyVm(allowingAtOnce("/"));
  process.makeLooksTake(300);
  const root = process.pushed(vm, allowing("/a"));
  const streams = Array.from({ length: 50 }, () => {
    const stream = root.stream({ requestHeaders: at("/a") });
    stream.requestHeaders();
    return stream;
  });
  streams.forEach((stream, index) => index % 3 === 0 && stream.end());
  readAll(root);
  assert.deepEqual(
    streams.filter((stream, index) => index % 3 !== 0 && stream.requestPaused),
    [],
  );
  assert.equal(outcome(root, at("/b")), DENIED);
  assert.equal(vm.failed, undefined);
});

test("memory is flat over pushes that are read, that go unread and that go half read, with requests that wait", () => {
  const process = new Process("authz", { record: false });
  const vm = process.busyVm(allowingAtOnce("/"));
  process.makeLooksTake(200);
  const documents = ["/a", "/b", "/c"].map((path) => allowing(path));
  for (const document of documents) process.canary(document);
  let settled = 0;
  for (let push = 0; push < 1000; push++) {
    const root = process.root(vm, documents[push % 3]!, { rootId: `r${push}` });
    assert.equal(root.accepted, true);
    const stream = root.stream({ requestHeaders: at("/a") });
    stream.requestHeaders();
    if (push % 4 === 0) readAll(root);
    else for (let slices = 0; slices < (push % 4) - 1 && isReading(root); slices++) root.tick();
    stream.end();
    root.delete();
    if (push === 100) settled = vm.memoryBytes;
  }
  assert.equal(vm.memoryBytes, settled);
  assert.equal(vm.failed, undefined);
});
