/**
 * Where the filter does something else than native outlier detection on purpose. Each difference is shown at both sides, with its
 * reason: `.` is a request that passed, `x` one that was refused.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { scripted, status, type Act } from "./acts.ts";
import { ask, REFUSED } from "./ask.ts";
import { LONG } from "./generate.ts";
import { RETRIES } from "./upstream.ts";
import { SIDES, World, type Side, type Subject } from "./world.ts";

const subject = (name: string, consecutive5xxErrors: number, fields: Partial<Subject> = {}): Subject => {
  const policy = { consecutive5xxErrors, ...LONG, ...fields.policy };
  return { name, ...fields, policy };
};

const GRPC = { grpc: true } as const;
const SUBJECTS = {
  trailers: subject("trailers", 2),
  silent: subject("silent", 2),
  broken: subject("broken", 3),
  alternative: subject("alternative", 2),
  early: subject("early", 1),
  hosts: subject("hosts", 2, { hosts: 3 }),
  last: subject("last", 2 * (RETRIES + 1)),
  each: subject("each", 2 * (RETRIES + 1), { own: { attempts: "EACH" } }),
  gateway: subject("gateway", 0, { policy: { consecutiveGatewayErrors: RETRIES }, own: { attempts: "EACH" } }),
} as const;

let world: World;
before(async () => {
  const local = { cidr_ranges: [{ address_prefix: "127.0.0.0", prefix_len: 8 }] };
  // Envoy does for requests of the mesh what it does not for others; they have `x-forwarded-for` from inside.
  world = await World.start(Object.values(SUBJECTS), {
    manager: { internal_address_config: local, use_remote_address: true },
  });
});
after(() => world.stop());

/** The same acts, one after the other, at both sides. */
async function does(name: keyof typeof SUBJECTS, ...acts: Act[]): Promise<Record<Side, string>> {
  const fates: Record<Side, string> = { native: "", filter: "" };
  for (const act of acts) {
    for (const side of SIDES) fates[side] += (await ask(world, side, SUBJECTS[name], act)) === REFUSED ? "x" : ".";
    await world.settled();
  }
  return fates;
}

const times = (count: number, act: Act): Act[] => Array<Act>(count).fill(act);

test("a gRPC status in trailers: native outlier detection never sees it", async () => {
  const unavailable = scripted("status=200 trailer=14", GRPC);
  assert.deepEqual(await does("trailers", ...times(4, unavailable)), { native: "....", filter: "..xx" });
});

test("gRPC without any status: to gRPC itself that is UNKNOWN, natively HTTP 200", async () => {
  const without = scripted("status=200", GRPC);
  assert.deepEqual(await does("silent", ...times(4, without)), { native: "....", filter: "..xx" });
});

test("gRPC that breaks off before its trailers: natively its headers are a success first, so such errors never add up", async () => {
  const breaks = scripted("break status=200", GRPC);
  assert.deepEqual(await does("broken", ...times(5, breaks)), { native: ".....", filter: "...xx" });
});

test("a timeout that is answered with 204 for x-envoy-upstream-rq-timeout-alt-response: natively a success, here nothing", async () => {
  const headers = [["x-envoy-upstream-rq-timeout-alt-response", "1"]] as const;
  const late = scripted("silence", { way: "timeout", headers });
  assert.match(await ask(world, "native", SUBJECTS.alternative, late), /^HTTP 204,/);
  assert.deepEqual(await does("alternative", status(500), late, status(500), status(200)), {
    native: "....",
    filter: "...x",
  });
});

test("an open circuit answers before the route is looked at; natively a request without a host of its own is never refused", async () => {
  const direct = scripted("status=200", { way: "direct" });
  const fault = scripted("status=200", { how: "fault" });
  assert.deepEqual(await does("early", status(500), direct, fault, status(200)), { native: "...x", filter: ".xxx" });
});

test("several hosts: natively each has its own count, here the destination has one", async () => {
  assert.deepEqual(await does("hosts", ...times(8, status(500))), { native: "......xx", filter: "..xxxxxx" });
});

test("a request that is retried counts once by default; with attempts EACH as often as it was sent, as natively", async () => {
  const retried = { ...status(503), way: "retry" } as const;
  assert.deepEqual(await does("last", ...times(2 * (RETRIES + 1) + 1, retried)), {
    native: "..xxxxx",
    filter: "......x",
  });
  assert.deepEqual(await does("each", ...times(4, retried)), { native: "..xx", filter: "..xx" });
});

test("with attempts EACH what was sent again before a success was an error of a gateway: the filter cannot know what it met", async () => {
  const recovers = scripted("status=500 last=200", { way: "retry" });
  const fails = scripted("status=500", { way: "retry" });
  assert.deepEqual(await does("gateway", ...times(3, fails)), { native: "...", filter: "..." });
  assert.deepEqual(await does("gateway", ...times(3, recovers)), { native: "...", filter: ".xx" });
});
