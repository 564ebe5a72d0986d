/**
 * Workers of one process in each other's way: between any two host calls of one, others do something. What must hold then, whatever the
 * order. `SEED=` replays a run, `RUNS=` sets how many.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Emulator, exportGlobals, type Root } from "../../../../emulator/index.ts";
import { Random, seedOfRun } from "../../../../test/oracle/random.ts";
import { OWN_MODULE_ONLY } from "../../../../test/support/module/sections.ts";
import { CIRCUIT_BREAKING } from "./compiled.ts";
import { FAILS, FLAG, OK, PLUGIN, Scenario, reviews, type Answer, type Sent } from "./scenario.ts";

const SEED = seedOfRun();
const RUNS = Number(process.env["RUNS"] ?? 2000);
const KEY = `circuit-breaking.1.${PLUGIN}.reviews`;
/** The workers are put back to where they were once in so many runs; each run ends with nothing in flight. */
const AFRESH = 60;
const [CLOSED, OPEN, HALF_OPEN] = [0, 1, 2];

const ANSWERS: readonly Answer[] = [OK, OK, FAILS, FAILS, FAILS, { flags: FLAG.DC }, { status: 503, details: "rbac" }];

/** The record as it lies in the shared data (`record.ts`). */
interface Record {
  state: number;
  until: bigint;
  generation: number;
  started: number;
  succeeded: number;
  failed: number;
}

function parsed(value: string): Record {
  const bytes = Buffer.from(value, "latin1");
  const word = (at: number): number => bytes.readUInt32LE(at);
  return {
    ...{ until: bytes.readBigUInt64LE(8), state: word(24), generation: word(28) },
    ...{ started: word(36), succeeded: word(40), failed: word(44) },
  };
}

class Worker {
  readonly inFlight: Sent[] = [];
  busy = false;

  constructor(readonly root: Root) {}
}

/** One run: workers, and what has been seen of the record. */
class Run {
  readonly random: Random;
  readonly workers: readonly Worker[];
  /** How often a state was entered, and how many probes began, as the record has it. */
  readonly entered: number[];
  private probes: number;
  private depth = 0;
  private last: Record;

  constructor(
    private readonly scenario: Scenario,
    private readonly roots: readonly Root[],
    private readonly policy: { threshold: number; permitted: number },
    seed: number,
  ) {
    this.random = new Random(seed);
    this.workers = roots.map((root) => new Worker(root));
    this.last = this.record;
    this.entered = this.counted();
    this.probes = scenario.counter("probes");
    this.watch(scenario.emulator);
  }

  get record(): Record {
    return parsed(this.scenario.emulator.sharedData.get("", KEY)?.value ?? "");
  }

  private counted(): number[] {
    return ["closed", "opened", "half_opened"].map((name) => this.scenario.counter(name));
  }

  /** A worker that does nothing begins a request or ends one. */
  act(): void {
    const idle = this.workers.filter(({ busy }) => !busy);
    if (idle.length === 0) return;
    const worker = this.random.pick(idle);
    worker.busy = true;
    if (worker.inFlight.length > 0 && this.random.percent(55)) {
      const [sent] = worker.inFlight.splice(this.random.int(worker.inFlight.length), 1);
      sent?.answer(this.random.pick(ANSWERS));
    } else if (worker.inFlight.length < 4) {
      const sent = this.scenario.send(undefined, worker.root);
      if (sent.refused) sent.answer(OK);
      else worker.inFlight.push(sent);
    }
    worker.busy = false;
  }

  /** What holds while nobody is in the midst of anything. */
  verifyQuiet(): void {
    const { state, started, succeeded, failed } = this.record;
    assert.equal(["closed", "open", "half-open"][state], this.scenario.state());
    const errors = this.scenario.of("reviews", "consecutive_errors");
    if (state === CLOSED) assert.ok(errors < this.policy.threshold, `an opening is lost: ${errors} errors`);
    const inFlight = started - succeeded - failed;
    assert.ok(inFlight <= this.workers.reduce((sum, one) => sum + one.inFlight.length, 0));
    assert.deepEqual(this.counted(), this.entered);
    assert.equal(this.scenario.counter("probes"), this.probes);
  }

  /** Every worker does with a request what the record says. */
  verifyWorkers(): void {
    for (const { root, inFlight } of this.workers) {
      const { state, until, started, succeeded, failed } = this.record;
      const before = until > this.scenario.emulator.clock.monotonic;
      // Probes whose lease is over have failed, which opens it.
      const lost = !before && started > succeeded + failed;
      const sent = this.scenario.send(undefined, root);
      const refuses = state === HALF_OPEN ? lost || started >= this.policy.permitted : state === OPEN && before;
      assert.equal(sent.refused, refuses, `state ${state}, ${started} started`);
      if (sent.refused) sent.answer(OK);
      else inFlight.push(sent);
    }
  }

  /** Ends everything and counts errors in a row until it opens: it takes as many as the configuration says. */
  verifyCount(): void {
    for (const { inFlight } of this.workers) for (const sent of inFlight.splice(0)) sent.answer({ flags: FLAG.DC });
    this.scenario.after(600_000);
    const root = this.random.pick(this.roots);
    for (let i = 0; i < this.policy.permitted; i++) this.scenario.ask(OK, undefined, root);
    if (this.record.state !== CLOSED) this.scenario.asks(this.policy.permitted, OK, undefined, root);
    this.scenario.ask(OK, undefined, root);
    assert.equal(this.record.state, CLOSED);
    const before = this.scenario.counter("opened");
    for (let i = 1; i <= this.policy.threshold; i++) {
      this.scenario.ask(FAILS, undefined, this.random.pick(this.roots));
      assert.equal(this.scenario.counter("opened") - before, i === this.policy.threshold ? 1 : 0, `after ${i} errors`);
    }
  }

  /** Has others come in between, before any read and write of what is shared. */
  private watch({ sharedData, metrics }: Emulator): void {
    const get = sharedData.get.bind(sharedData);
    const set = sharedData.set.bind(sharedData);
    const of = metrics.of.bind(metrics);
    sharedData.get = (vmId, key) => {
      this.comeBetween();
      return get(vmId, key);
    };
    metrics.of = (type) => {
      this.comeBetween();
      return of(type);
    };
    sharedData.set = (vmId, key, value, cas) => {
      this.comeBetween();
      const status = set(vmId, key, value, cas);
      if (status === 0 && key === KEY) this.written(parsed(value));
      return status;
    };
  }

  private comeBetween(): void {
    if (this.depth === 0 || this.depth >= this.workers.length || !this.random.percent(12)) return;
    this.within(() => this.act());
  }

  /** Lets others come in between of what is done. */
  within(act: () => void): void {
    this.depth++;
    act();
    this.depth--;
  }

  /** Each write is one step of the machine. */
  private written(next: Record): void {
    const before = this.last;
    this.last = next;
    assert.ok(next.started <= this.policy.permitted, "more probes than are permitted");
    assert.ok(next.succeeded + next.failed <= next.started);
    if (next.state === HALF_OPEN) {
      if (next.generation !== before.generation) this.probes++;
      else if (next.started > before.started) this.probes++;
    }
    if (next.generation === before.generation) return assert.equal(next.state, before.state);
    assert.equal(next.generation, before.generation + 1, "a generation is left out");
    assert.notEqual(next.state, before.state === HALF_OPEN ? HALF_OPEN : before.state);
    this.entered[next.state]!++;
  }
}

/** The module with its globals exported, without which a VM could not be put back to where it was. */
const MODULE = exportGlobals(CIRCUIT_BREAKING.module);
const COMPILED = new WebAssembly.Module(MODULE);

function scenarioOf(threshold: number, permitted: number): { scenario: Scenario; roots: Root[]; restore: () => void } {
  const policy = {
    consecutive5xxErrors: threshold,
    baseEjectionTime: "1s",
    interval: "10s",
    permittedNumberOfCallsInHalfOpenState: permitted,
    maxWaitDurationInHalfOpenState: "5s",
  };
  const scenario = new Scenario(reviews(policy), { record: false, logLevel: "error" });
  const { emulator } = scenario;
  const vms = [1, 2, 3].map(() => emulator.instantiate(MODULE, COMPILED));
  const roots = vms.map((vm) => scenario.push(vm));
  const kept = [emulator.snapshot(), ...vms.map((vm) => vm.snapshot())];
  return { scenario, roots, restore: () => kept.forEach((restore) => restore()) };
}

test(`${RUNS} runs of three workers; SEED=${SEED}`, { skip: OWN_MODULE_ONLY }, () => {
  const policies = [
    { threshold: 1, permitted: 1 },
    { threshold: 3, permitted: 1 },
    { threshold: 2, permitted: 3 },
  ];
  const made = policies.map((policy) => ({ policy, ...scenarioOf(policy.threshold, policy.permitted) }));
  const reached = [0, 0, 0];
  const ends = policies.map(() => [0, 0, 0]);
  for (let number = 0; number < RUNS; number++) {
    const { policy, scenario, roots, restore } = made[number % made.length]!;
    if (number % AFRESH < made.length) restore();
    const { sharedData, metrics } = scenario.emulator;
    const own = { get: sharedData.get, set: sharedData.set, of: metrics.of };
    try {
      const run = new Run(scenario, roots, policy, SEED + number);
      for (let step = 0; step < 40; step++) {
        if (run.random.percent(12)) scenario.after(run.random.pick([100, 1000, 3000, 6000]));
        run.within(() => run.act());
        run.verifyQuiet();
      }
      run.verifyWorkers();
      run.verifyCount();
      const before = number % AFRESH < made.length ? [0, 0, 0] : ends[number % made.length]!;
      run.entered.forEach((count, state) => (reached[state]! += count - before[state]!));
      ends[number % made.length] = run.entered;
    } catch (error) {
      throw new Error(`SEED=${SEED} RUNS=${number + 1}, policy ${number % made.length}: ${(error as Error).stack}`);
    } finally {
      Object.assign(sharedData, { get: own.get, set: own.set });
      metrics.of = own.of;
    }
  }
  assert.ok(
    reached.every((count) => count > RUNS / 10),
    `${reached.join()} times closed, opened, half-open`,
  );
});
