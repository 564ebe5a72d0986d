/**
 * Thousands of streams that come, wait, hang up, are answered by somebody else and end in any order, with ticks at odd times,
 * pushes and roots taken up again: each that is held is let go on or answered exactly once, in its time, and no other at all.
 * `SEED=` replays a run, `FUZZ=` sets how many steps.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Status } from "../../../../emulator/index.ts";
import { Random, seedOfRun } from "../../../../test/oracle/random.ts";
import { FAULT_INJECTION } from "./compiled.ts";
import { Life, PATHS, TimedRoot, everyKind } from "./life.ts";

const SEED = seedOfRun();
const STEPS = Number(process.env.FUZZ ?? 20_000);
/** So many streams are there at a time. */
const MOST = 60;
/** A timer is set for whole milliseconds, rounded up. */
const ROUNDING = 1;

const FIELDS = [
  {},
  {},
  { maxActiveFaults: 30 },
  { budget: { maxPercent: 60 } },
  { window: { from: "2020-01-01T00:00:00Z" } },
];

/** A worker of Envoy with whatever happens in it. */
class Worker {
  readonly vm = FAULT_INJECTION.load({ record: false }).vm;
  readonly emulator = this.vm.emulator;
  readonly roots: TimedRoot[] = [];
  /** Roots that were pushed away and still have streams. */
  readonly old: TimedRoot[] = [];
  lives: Life[] = [];
  readonly seen = { resumed: 0, aborted: 0, hungUp: 0, answered: 0, takenUp: 0 };
  /** Whether the host does as it should: then nothing is late, and nothing is forgotten. */
  protected reliable = true;

  constructor(protected readonly random: Random) {
    this.push();
  }

  step(): void {
    const { random } = this;
    const choice = random.int(100);
    if (choice < 15) this.pass(random.pick([0.3, 1, 7, 60, 500]));
    else if (choice < 20) this.tickOddly();
    else if (choice < 35) this.respond();
    else if (choice < 60 || this.lives.length > MOST) this.end();
    else if (choice < 62) this.push();
    else if (choice < 64) this.takeUp();
    else this.arrive();
    for (const life of this.lives) this.check(life);
    this.lives = this.lives.filter((life) => !life.ended);
  }

  /** All of it ends. */
  finish(): void {
    this.pass(10_000);
    for (const life of this.lives) {
      if (this.reliable) assert.equal(life.isHeld, false);
      life.end();
      this.check(life);
    }
    for (const { root } of this.roots) root.delete();
    assert.equal(this.vm.contextCount, 0);
    assert.equal(this.vm.failed, undefined);
    assert.equal(this.active, 0n);
  }

  get active(): bigint {
    return this.emulator.metrics.gauges.get("fault_injection.active_faults") ?? 0n;
  }

  protected check(life: Life): void {
    life.check(this.reliable);
    if (!this.reliable) return;
    const { kind, age } = life;
    if (life.isHeld) assert.ok(age < kind.most + ROUNDING, `held for ${age} of ${kind.most} ms`);
    else if (life.verbs.some((verb) => verb.startsWith("tick ")))
      assert.ok(age >= kind.least, `held for only ${age} ms`);
  }

  private arrive(): void {
    const { random } = this;
    const timed = random.pick(this.roots);
    const life = new Life(timed, random.pick(PATHS), random.percent(10) ? { "user-agent": "kube-probe/1" } : {});
    // Envoy may have answered a request before this filter sees it.
    if (!random.percent(3)) life.requestHeaders();
    if (random.percent(30) && life.isHeld) life.stream.requestBody("body", random.percent(50));
    if (life.isAnswered) this.seen.aborted++;
    if (life.isAnswered && random.percent(90)) life.end();
    else this.lives.push(life);
  }

  /** Time goes by, and the timers fire that are due. */
  protected pass(milliseconds: number): void {
    const { clock } = this.emulator;
    const end = clock.monotonic + BigInt(Math.round(milliseconds * 1e6));
    for (let next = this.nextDue(end); next !== undefined; next = this.nextDue(end)) {
      const due = next.due ?? end;
      if (due > clock.monotonic) clock.advance(Number(due - clock.monotonic) / 1e6);
      const before = this.lives.filter((life) => life.isHeld).length;
      next.tick();
      this.seen.resumed += before - this.lives.filter((life) => life.isHeld).length;
      assert.ok(next.due === undefined || next.due > clock.monotonic, "a timer that fires without end");
    }
    clock.advance(Number(end - clock.monotonic) / 1e6);
  }

  private nextDue(end: bigint): TimedRoot | undefined {
    const due = [...this.roots, ...this.old].filter((timed) => timed.due !== undefined && timed.due <= end);
    return due.sort((a, b) => Number((a.due ?? 0n) - (b.due ?? 0n)))[0];
  }

  /** The host calls early, though it should not. */
  private tickOddly(): void {
    const timed = this.random.pick([...this.roots, ...this.old]);
    if (timed.root.tickPeriod > 0) timed.tick();
  }

  /** The upstream answers, or for one that is held a timeout does; it may stay for a while then. */
  private respond(): void {
    const life = this.lives.length > 0 ? this.random.pick(this.lives) : undefined;
    if (life === undefined || life.responded || life.isAnswered || !life.hasBegun) return;
    if (life.isHeld) this.seen.answered++;
    life.responseHeaders(life.isHeld ? "504" : "200");
  }

  private end(): void {
    if (this.lives.length === 0) return;
    const life = this.random.pick(this.lives);
    if (life.isHeld) this.seen.hungUp++;
    life.end();
  }

  protected push(): void {
    const fields = this.random.pick(FIELDS);
    const configuration = JSON.stringify(everyKind(fields));
    const root = this.vm.createRoot({ configuration });
    if (!root.accepted) {
      assert.equal(this.reliable, false);
      root.delete();
      return;
    }
    const last = this.roots.length > 2 || this.random.percent(80) ? this.roots.shift() : undefined;
    this.roots.push(new TimedRoot(root));
    if (last === undefined) return;
    last.root.delete();
    if (!last.root.deleted) this.old.push(last);
  }

  /** A configuration is pushed back whose root is still there. */
  private takeUp(): void {
    const at = this.old.findIndex(({ root }) => !root.deleted);
    if (at < 0) return;
    const [timed] = this.old.splice(at, 1);
    if (timed === undefined) return;
    timed.root.takeUp();
    this.roots.push(timed);
    this.seen.takenUp++;
  }
}

test(`streams that end in every way; SEED=${SEED}`, (t) => {
  const worker = new Worker(new Random(SEED));
  for (let step = 0; step < STEPS; step++) worker.step();
  worker.finish();
  t.diagnostic(JSON.stringify(worker.seen));
  // Were there none of a kind, nothing would be said of it.
  for (const [kind, count] of Object.entries(worker.seen)) assert.ok(count > STEPS / 1000, kind);
});

/** Those whose failing cannot but leave a fault counted that is none, or a request held, are left out. */
const FAILING = [
  ...[
    "proxy_get_header_map_pairs",
    "proxy_add_header_map_value",
    "proxy_get_metric",
    "proxy_get_shared_data",
    "malloc",
  ],
  ...["proxy_set_shared_data", "proxy_get_current_time_nanoseconds", "clock_time_get", "proxy_get_buffer_bytes"],
  ...["proxy_set_tick_period_milliseconds", "proxy_send_local_response", "proxy_get_property", "proxy_define_metric"],
];
const STATUSES = Object.values(Status).filter((status) => status !== Status.Ok);

/** One whose host fails now and then. */
class UnreliableWorker extends Worker {
  override step(): void {
    const { emulator, random } = this;
    this.reliable = false;
    emulator.clearFaults();
    if (random.percent(20)) emulator.fail(random.pick(FAILING), random.pick(STATUSES), { times: 1 + random.int(3) });
    super.step();
  }

  override finish(): void {
    this.emulator.clearFaults();
    super.finish();
  }
}

test(`the same with a host that fails now and then: nothing is done twice, and no fault stays active; SEED=${SEED}`, () => {
  const worker = new UnreliableWorker(new Random(SEED + 1));
  for (let step = 0; step < STEPS; step++) worker.step();
  worker.finish();
  assert.ok(worker.seen.resumed > STEPS / 1000);
});
