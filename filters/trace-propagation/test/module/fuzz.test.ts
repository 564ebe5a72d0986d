/**
 * Requests of any kind, in any order, through workers that are pushed configurations and whose host fails: no trap, no request that
 * does not go on, and none in the trace of another but where `Witness` says. `SEED=` replays a run, `FUZZ=` sets how many steps.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Emulator, Status, type Root, type Vm } from "../../../../emulator/index.ts";
import { anyConfiguration } from "../../../../test/support/module/mutate.ts";
import { Random, seedOfRun } from "../../../../test/oracle/random.ts";
import { AnyRequest } from "./any-request.ts";
import { TRACE_PROPAGATION } from "./compiled.ts";
import { Sent, requestHeaders, traceparent, type Direction } from "./scenario.ts";
import { Witness, type Joining } from "./witness.ts";

const SEED = seedOfRun();
const STEPS = Number(process.env["FUZZ"] ?? 4_000);

const FORMATS = ["w3c", "b3", "b3-single", "jaeger", "datadog", "xray", "cloud-trace"];
const LIFETIMES = [1_000, 10_000, 60_000];
const GROUPS = ["first", "second"];
/** So many requests are in flight at a time. */
const MOST = 4;

const STATUSES = Object.values(Status).filter((status) => status !== Status.Ok);
const CALLS = [
  ...["proxy_get_header_map_pairs", "proxy_replace_header_map_value", "proxy_remove_header_map_value", "malloc"],
  ...[
    "proxy_get_property",
    "proxy_increment_metric",
    "proxy_log",
    "random_get",
    "clock_time_get",
    "proxy_define_metric",
  ],
  ...["proxy_get_shared_data", "proxy_set_shared_data", "proxy_get_buffer_bytes", "proxy_get_current_time_nanoseconds"],
];

interface Plugin {
  readonly root: Root;
  readonly joining: Joining;
}

/** A process with workers in which anything happens. */
class Process {
  readonly emulator = new Emulator({ record: false, logLevel: "error", seed: SEED });
  readonly witness = new Witness();
  protected readonly vms: Vm[];
  private readonly plugins: Plugin[] = [];
  private readonly requests: AnyRequest;
  private flying: Sent[] = [];

  constructor(
    protected readonly random: Random,
    workers: number,
    private readonly whenAlone: boolean,
  ) {
    this.requests = new AnyRequest(random);
    this.vms = Array.from({ length: workers }, () => TRACE_PROPAGATION.loadInto(this.emulator));
    for (const vm of this.vms) for (const group of GROUPS) this.push(vm, group);
  }

  step(): void {
    const { random } = this;
    const choice = random.int(100);
    if (choice < 10) this.emulator.clock.advance(random.pick([1, 300, 5_000, 70_000]));
    else if (choice < 12) this.push(random.pick(this.vms), random.pick(GROUPS));
    else if (choice < 35 || this.flying.length >= MOST) this.end();
    else this.send(random.pick(["inbound", "outbound", "outbound", "unspecified"] as const));
    for (const vm of this.vms) assert.equal(vm.failed, undefined);
  }

  /** Whether a call of the host may fail in this step. */
  protected get hostFails(): boolean {
    return false;
  }

  private send(direction: Direction): void {
    const { random } = this;
    const { root, joining } = random.pick(this.plugins);
    const made = this.requests.make(random.percent(direction === "outbound" ? 20 : 80));
    const sent = this.witness.send(root, direction, joining, made, this.hostFails);
    if (random.percent(60) && this.flying.length < MOST) this.flying.push(sent);
    else this.witness.end(sent);
  }

  private end(): void {
    if (this.flying.length === 0) return;
    const sent = this.random.pick(this.flying);
    this.flying = this.flying.filter((one) => one !== sent);
    this.witness.end(sent);
  }

  private push(vm: Vm, group: string): void {
    const { random, whenAlone } = this;
    const lifetimeMilliseconds = random.pick(LIFETIMES);
    const keys = ["x-request-id", "x-correlation-id"];
    const configuration = JSON.stringify({
      extract: random.some(FORMATS, 1 + random.int(7)),
      inject: ["w3c", ...random.some(FORMATS.slice(1), random.int(7))],
      foreign: random.pick(["keep", "remove"]),
      participate: random.percent(50),
      sampling: { randomSamplingPercentage: random.pick([0, 1, 100]) },
      join: { keys, lifetime: `${lifetimeMilliseconds}ms`, whenAlone, group },
    });
    const root = vm.createRoot({ configuration });
    if (!root.accepted) {
      assert.equal(this.hostFails, true);
      return root.delete();
    }
    const at = this.plugins.findIndex((one) => one.root.vm === vm && one.joining.group === group);
    const [before] = at < 0 ? [] : this.plugins.splice(at, 1);
    this.plugins.push({ root, joining: { group, keys, lifetimeMilliseconds, whenAlone } });
    before?.root.delete();
  }
}

/** One whose host fails now and then; whatever the call, or overtaken writes alone. */
class UnreliableProcess extends Process {
  private fails = false;

  constructor(
    random: Random,
    workers: number,
    private readonly calls: readonly string[],
    private readonly statuses: readonly number[],
  ) {
    super(random, workers, random.percent(50));
  }

  override step(): void {
    const { emulator, random } = this;
    emulator.clearFaults();
    this.fails = random.percent(10);
    // A write that names no version cannot be overtaken.
    const overtaken = (status: number, args: string): boolean =>
      status !== Number(Status.CasMismatch) || / cas=\d+$/.test(args);
    if (this.fails) {
      const status = random.pick(this.statuses);
      const times = random.pick([1, 2, 8, 40]);
      emulator.fail(random.pick(this.calls), status, { times, when: ({ args }) => overtaken(status, args) });
    }
    super.step();
    emulator.logs.length = 0;
  }

  protected override get hostFails(): boolean {
    return this.fails;
  }
}

for (const [workers, whenAlone] of [
  [1, false],
  [1, true],
  [4, true],
] as const) {
  test(`any requests, ${workers} workers, ${whenAlone ? "when alone" : "by keys"}; SEED=${SEED}`, (t) => {
    const process = new Process(new Random(SEED + workers), workers, whenAlone);
    for (let step = 0; step < STEPS; step++) process.step();
    t.diagnostic(`${process.witness.joined} joined`);
    assert.ok(process.witness.joined > STEPS / 100, "hardly any request was joined: nothing was shown");
  });
}

test(`a host that fails now and then, in any way; SEED=${SEED}`, (t) => {
  // What a failure leaves in doubt is in doubt for good where the clock fails, so that each process is not there for long.
  let joined = 0;
  for (let round = 0; round < STEPS / 200; round++) {
    const process = new UnreliableProcess(new Random(SEED + round), 1, CALLS, STATUSES);
    for (let step = 0; step < 200; step++) process.step();
    joined += process.witness.joined;
  }
  t.diagnostic(`${joined} joined`);
  assert.ok(joined > STEPS / 200);
});

test(`workers that overtake one another; SEED=${SEED}`, (t) => {
  let joined = 0;
  for (let round = 0; round < STEPS / 1000; round++) {
    const random = new Random(SEED + round);
    const process = new UnreliableProcess(random, 3, ["proxy_set_shared_data"], [Status.CasMismatch]);
    for (let step = 0; step < 1000; step++) process.step();
    joined += process.witness.joined;
  }
  t.diagnostic(`${joined} joined`);
  assert.ok(joined > STEPS / 200);
});

const VALID = JSON.stringify({
  extract: FORMATS,
  inject: FORMATS,
  foreign: "remove",
  participate: true,
  direction: "INBOUND",
  trustDomain: "td",
  join: { keys: ["x-request-id"], lifetime: "1m30s", whenAlone: true, group: "g" },
  sampling: {
    randomSamplingPercentage: 12.34,
    rules: [{ match: [{ uri: { regex: "/[a-z]+(\\d{1,3}|x*)$" }, principals: ["*"] }], randomSamplingPercentage: 100 }],
  },
});

test(`configurations: mutated, random and nested; SEED=${SEED}`, () => {
  const random = new Random(SEED);
  const { vm } = TRACE_PROPAGATION.load({ record: false });
  for (let round = 0; round < STEPS / 10; round++) {
    const configuration = anyConfiguration(random, VALID);
    const root = vm.createRoot({ configuration });
    const text = Buffer.from(configuration).toString("latin1");
    assert.equal(vm.failed, undefined, `round ${round}: ${text}`);
    if (root.accepted) Sent.through(root, "inbound", requestHeaders({ traceparent: traceparent() })).end();
    assert.equal(vm.failed, undefined, `round ${round}: ${text}`);
    root.delete();
    vm.emulator.logs.length = 0;
  }
});
