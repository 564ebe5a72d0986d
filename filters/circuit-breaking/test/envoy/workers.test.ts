/** Four workers and many clients: what the upstream sees. The numbers are rows of public reports. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Http1, until } from "../../../../test/support/envoy/index.ts";
import { Circuits, isRefused, rule, type Part } from "./circuits.ts";

const WORKERS = 4;
const CLIENTS = 200;
const PERMITTED = 3;
const THRESHOLD = 5;

const ONE = { consecutive5xxErrors: 1, baseEjectionTime: "1s", interval: "10s" };

/** An upstream that holds an answer back holds it for as long as the test takes: on a busy machine that may be more than the usual 15 s. */
const PATIENT = { timeout: "0s" };

const PARTS: Readonly<Record<string, Part>> = {
  probes: {
    configuration: rule("probes", {
      ...ONE,
      permittedNumberOfCallsInHalfOpenState: PERMITTED,
      maxWaitDurationInHalfOpenState: "600s",
    }),
    route: PATIENT,
  },
  once: { configuration: rule("once", { consecutive5xxErrors: THRESHOLD, baseEjectionTime: "600s" }) },
  // So long that all clients have heard of an opening before it is over.
  rounds: {
    configuration: rule("rounds", { consecutive5xxErrors: THRESHOLD, baseEjectionTime: "2s", maxEjectionTime: "2s" }),
  },
  spread: { configuration: rule("spread", { consecutive5xxErrors: THRESHOLD, baseEjectionTime: "600s" }) },
  left: {
    configuration: rule("left", { ...ONE, baseEjectionTime: "100ms", maxWaitDurationInHalfOpenState: "600s" }),
    route: PATIENT,
  },
  overflow: {
    configuration: rule("overflow", { consecutive5xxErrors: 2 }),
    route: PATIENT,
    cluster: { circuit_breakers: { thresholds: [{ max_requests: 1 }] } },
  },
};

let circuits: Circuits;
before(async () => {
  circuits = await Circuits.start(PARTS, { concurrency: WORKERS });
});
after(async () => {
  await circuits.stop();
});

/** Connections enough that every worker has some. */
async function connections(part: string, count: number): Promise<Http1[]> {
  return await Promise.all(Array.from({ length: count }, () => Http1.connect(circuits.envoy.port(part))));
}

test("row 22: of 200 clients at once the upstream sees exactly as many as are permitted", async () => {
  const clients = await connections("probes", CLIENTS);
  assert.equal(isRefused(await circuits.ask("probes", "500")), false);
  assert.equal(circuits.upstream.came("probes"), 1);
  await until("its time to be over", async () => {
    // Who is not refused any more is the first probe; its client has gone before an answer, which gives the place back.
    const answers = clients.map((client) => client.request({ path: "/probes/hold" }));
    const all = await Promise.allSettled(answers.map((one) => Promise.race([one, pending()])));
    const refused = all.filter((one) => one.status === "fulfilled" && one.value !== undefined);
    if (refused.length === CLIENTS) return false;
    assert.equal(refused.length, CLIENTS - PERMITTED);
    return true;
  });
  // A probe that was let pass may still be on its way.
  await until("all probes to arrive", () => circuits.upstream.came("probes") >= 1 + PERMITTED);
  assert.equal(await circuits.metric("state", "probes"), 2);
  circuits.upstream.release();
  await until("it to close", async () => (await circuits.metric("state", "probes")) === 0);
  assert.equal(circuits.upstream.came("probes"), 1 + PERMITTED);
  assert.equal(await circuits.metric("opened", "probes"), 1);
  for (const client of clients) client.close();
});

/** Nothing, once every answer that is there has been read. */
async function pending(): Promise<undefined> {
  const all = ["rejected", "state"] as const;
  const refused = async (): Promise<number> => await circuits.metric(all[0], "probes");
  let before = -1;
  await until("no more refusals", async () => {
    const now = await refused();
    const quiet = now === before;
    before = now;
    return quiet;
  });
  return undefined;
}

test("row 19: five errors on as many connections of several workers open it for all, once", async () => {
  const clients = await connections("spread", 4 * WORKERS);
  for (const client of clients.slice(0, THRESHOLD)) await client.request({ path: "/spread/500" });
  for (const client of clients) assert.equal(isRefused(await client.request({ path: "/spread/200" })), true);
  assert.equal(circuits.upstream.came("spread"), THRESHOLD);
  assert.equal(await circuits.metric("opened", "spread"), 1);
  for (const client of clients) client.close();
});

test("many that fail at once open it once, and no more than were in flight get there", async () => {
  const clients = await connections("once", 40);
  await Promise.all(
    clients.map(async (client) => {
      for (let i = 0; i < 20; i++) await client.request({ path: "/once/500" });
    }),
  );
  assert.equal(await circuits.metric("opened", "once"), 1);
  const came = circuits.upstream.came("once");
  assert.ok(came >= THRESHOLD && came <= THRESHOLD - 1 + clients.length, String(came));
  for (const client of clients) client.close();
});

test("row 14: after each recovery it opens again, by no more than the threshold and what is in flight", async () => {
  const clients = await connections("rounds", 8);
  for (let round = 1; round <= 4; round++) {
    const before = circuits.upstream.came("rounds");
    await Promise.all(
      clients.map(async (client) => {
        while (!isRefused(await client.request({ path: "/rounds/500" })));
      }),
    );
    const came = circuits.upstream.came("rounds") - before;
    assert.ok(came >= THRESHOLD && came <= THRESHOLD - 1 + clients.length, `round ${round}: ${came}`);
    assert.equal(await circuits.metric("opened", "rounds"), round);
    await until("it to close", async () => !isRefused(await circuits.ask("rounds", "200")));
  }
  for (const client of clients) client.close();
});

test("row 23: a probe whose client hangs up gives its place back", async () => {
  assert.equal(isRefused(await circuits.ask("left", "500")), false);
  const came = circuits.upstream.came("left");
  const probe = await until("a probe", async () => {
    const client = await Http1.connect(circuits.envoy.port("left"));
    client.send("GET /left/hold HTTP/1.1\r\nhost: a\r\n\r\n");
    const refused = client.answer().then(isRefused, () => false);
    const arrives = until("it to arrive", () => circuits.upstream.came("left") > came).then(() => false);
    return (await Promise.race([refused, arrives])) ? undefined : client;
  });
  assert.equal(isRefused(await circuits.ask("left", "200")), true);
  probe.close();
  await until("the next to be let in", async () => !isRefused(await circuits.ask("left", "200")));
  assert.equal(await circuits.metric("state", "left"), 0);
});

test("row 11: an overflow of the cluster's own limits says nothing", async () => {
  const clients = await connections("overflow", 10);
  let turnedAway = 0;
  const answers = clients.map(async (client) => {
    const one = await client.request({ path: "/overflow/hold" });
    if (one.status === 503) turnedAway++;
    return one;
  });
  await until("nine to be turned away", () => turnedAway === 9);
  await until("the tenth to arrive", () => circuits.upstream.came("overflow") > 0);
  assert.equal(circuits.upstream.came("overflow"), 1);
  circuits.upstream.release();
  const all = await Promise.all(answers);
  assert.equal(all.some(isRefused), false);
  assert.equal(await circuits.metric("consecutive_errors", "overflow"), 0);
  for (const client of clients) client.close();
});
