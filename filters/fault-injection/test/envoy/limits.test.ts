/** What holds for the whole proxy, on however many workers: `maxActiveFaults` and `budget`. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  answer,
  discovered,
  Envoy,
  fetchOnce,
  Http1,
  inlineWasm,
  listener,
  until,
  type Answer,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";
import { abort, counted, delay, entry, FOR_GOOD, metric, outcome, plugin } from "./faults.ts";

const WORKERS = 4;
const MOST = 5;
const AT_ONCE = 60;
/** Faults may befall that many of a hundred requests. */
const SHARE = 10;
const MANY = 2000;

const budget = (name: string, fields: JsonObject = {}): JsonObject =>
  plugin([entry(name, abort(418), { uri: { prefix: "/aborted" } })], { budget: { maxPercent: SHARE }, ...fields });

const CONFIGURATIONS: Readonly<Record<string, JsonObject>> = {
  "max-active": plugin([entry("held", delay(FOR_GOOD))], { maxActiveFaults: MOST }),
  "max-active-none": plugin([entry("none", delay(FOR_GOOD))], { maxActiveFaults: 0 }),
  "max-active-brief": plugin([entry("brief", delay("3ms"))], { maxActiveFaults: MOST }),
  budget: budget("budget"),
  "budget-many": budget("budget-many"),
  "budget-none": budget("budget-none", { budget: { maxPercent: 0 } }),
};

let envoy: Envoy;

before(async () => {
  const inline = Object.entries(CONFIGURATIONS).map(([name, configuration]) =>
    listener(name, {
      filters: [inlineWasm(name, { module: "fault-injection", configuration })],
      routes: [answer("reached")],
    }),
  );
  envoy = await Envoy.start({
    filters: { pushed: { module: "fault-injection", configuration: budget("pushed") } },
    listeners: [...inline, listener("pushed", { filters: [discovered("pushed")], routes: [answer("reached")] })],
    concurrency: WORKERS,
  });
});
after(async () => await envoy?.stop());

const active = async (): Promise<number> => await metric(envoy, "active_faults");

/** Requests that may be held, each on a connection of its own. */
class Attempts {
  private readonly connections: Http1[] = [];
  answered = 0;
  sent = 0;

  async send(name: string, count: number): Promise<void> {
    const connections = await Promise.all(Array.from({ length: count }, () => Http1.connect(envoy.port(name))));
    this.connections.push(...connections);
    this.sent += count;
    for (const connection of connections) {
      connection.request({}).then(
        (given) => {
          assert.equal(outcome(given), "200");
          this.answered += 1;
        },
        () => undefined,
      );
    }
  }

  hangUp(): void {
    for (const connection of this.connections) connection.close();
  }
}

test("maxActiveFaults: never more are held on all workers together; each of the others goes on, and is counted", async () => {
  for (let round = 0; round < 3; round++) {
    const attempts = new Attempts();
    const rises = await counted(envoy, async () => {
      await attempts.send("max-active", AT_ONCE);
      // Of two workers that come at once for the last place neither may get it, so each try may leave some free.
      await until("all that may to be held", async () => {
        await until("each to be held or answered", async () => attempts.sent - attempts.answered === (await active()));
        const held = attempts.sent - attempts.answered;
        assert.ok(held <= MOST, `${held} are held`);
        if (held < MOST) await attempts.send("max-active", 1);
        return held === MOST;
      });
    });
    assert.deepEqual(rises, {
      delays_injected: MOST,
      "route.held.delays_injected": MOST,
      active_faults: MOST,
      faults_overflow: attempts.sent - MOST,
    });
    attempts.hangUp();
    await until("their places to be free", async () => (await active()) === 0);
  }
});

test("maxActiveFaults: places are free again as soon as their streams end, however many come", async () => {
  let delayed = 0;
  const rises = await counted(envoy, async () => {
    const client = async (): Promise<void> => {
      const connection = await Http1.connect(envoy.port("max-active-brief"));
      for (let request = 0; request < 20; request++) {
        if (outcome(await connection.request({})) === "200, brief") delayed += 1;
      }
      connection.close();
    };
    await Promise.all(Array.from({ length: 20 }, client));
    await until("the last stream to end", async () => (await active()) === 0);
  });
  assert.ok(delayed > MOST, `${delayed}`);
  assert.equal(rises["delays_injected"], delayed);
  assert.equal(rises["faults_overflow"], 20 * 20 - delayed);
});

test("maxActiveFaults: 0 is none at all", async () => {
  const rises = await counted(envoy, async () => {
    assert.equal(outcome(await fetchOnce(envoy.port("max-active-none"))), "200");
  });
  assert.deepEqual(rises, { faults_overflow: 1 });
});

const send = async (name: string, path: string): Promise<Answer> => await fetchOnce(envoy.port(name), { path });

test("budget: of requests one after the other, each on a connection of its own, every tenth", async () => {
  const statuses: number[] = [];
  for (let request = 0; request < 30; request++) statuses.push((await send("budget", "/aborted")).status);
  assert.deepEqual(
    statuses.map((status) => status === 418),
    Array.from({ length: 30 }, (_, index) => index % 10 === 9),
  );
});

test("budget: no more than its share, however many come to all workers at once", async () => {
  let aborted = 0;
  const rises = await counted(envoy, async () => {
    const client = async (): Promise<void> => {
      const connection = await Http1.connect(envoy.port("budget-many"));
      for (let request = 0; request < MANY / 20; request++) {
        if ((await connection.request({ path: "/aborted" })).status === 418) aborted += 1;
      }
      connection.close();
    };
    await Promise.all(Array.from({ length: 20 }, client));
  });
  assert.ok(aborted > 0 && aborted <= (MANY * SHARE) / 100, `${aborted} of ${MANY}`);
  assert.equal(rises["aborts_injected"], aborted);
  assert.equal(rises["faults_over_budget"], MANY - aborted);
});

test("budget: requests that are to meet no fault are of them; what was spent stays so over a push", async () => {
  // One connection is one worker's, which knows of all its requests at once.
  const connection = await Http1.connect(envoy.port("pushed"));
  const status = async (path: string): Promise<number> => (await connection.request({ path })).status;
  for (let request = 0; request < 8; request++) assert.equal(await status("/spared"), 200);
  assert.equal(await status("/aborted"), 200);
  assert.equal(await status("/aborted"), 418, "the tenth");
  for (let request = 11; request < 14; request++) assert.equal(await status("/aborted"), 200);
  connection.close();

  const { accepted, log } = await envoy.push("pushed", budget("pushed-again"));
  assert.equal(accepted, true, log);
  for (let request = 14; request < 20; request++) assert.equal((await send("pushed", "/aborted")).status, 200);
  assert.equal((await send("pushed", "/aborted")).status, 418, "the twentieth");
});

test("budget: 0 % is none at all", async () => {
  for (let request = 0; request < 10; request++) assert.equal((await send("budget-none", "/aborted")).status, 200);
});
