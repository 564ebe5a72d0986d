/**
 * A plugin of the same proxy that writes whatever it likes into all that the filters share, before each of their requests and all the
 * while. docs/architecture.md says what it can reach by that, and what it cannot ("Other plugins of the proxy").
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import {
  answer,
  Envoy,
  Http1,
  inlineWasm,
  listener,
  type JsonObject,
  type Request,
} from "../../support/envoy/index.ts";
import { MANY_RULES, pushesOr } from "../pushes/amount.ts";
import { PLUGINS, verifyPushes } from "../pushes/discovered.ts";
import { assertNothingElse } from "../pushes/judged.ts";
import { issueMtls, type Mtls } from "../pushes/mtls.ts";
import { NUMBERED } from "../pushes/numbered.ts";
import { budgets } from "./budgets.ts";
import { CIRCUITS, CIRCUITS_IN_ALL, KEYED_REQUESTS, RECORDS, states, verifyCircuits } from "./circuits.ts";
import { LIMITS, REMEMBERED, TRACES, verifyTraces } from "./traces.ts";
import { hostile, HOSTILE_WRITES, sharedBy, type Victim } from "./hostile.ts";

const WORKERS = 4;
const CONNECTIONS = 16;
/** On each connection, one after the other. */
const REQUESTS = 50;
/** So small a share of all requests that no test has enough of them for a fault. */
const BUDGET = { maxPercent: 0.0001 };

/** Faults for one path alone, but for requests that are exempt. */
const faults = (fields: JsonObject): JsonObject => ({
  virtualServices: [
    {
      name: "all",
      hosts: ["*"],
      http: [
        {
          name: "fault",
          match: [{ uri: { prefix: "/fault" } }],
          fault: { abort: { percentage: { value: 100 }, httpStatus: 418 } },
        },
      ],
    },
  ],
  exempt: [{ headers: { "x-tier": { exact: "gold" } } }],
  ...fields,
});
const FAULTS: Readonly<Record<string, JsonObject>> = {
  unlimited: faults({}),
  budgeted: faults({ budget: BUDGET }),
  capped: faults({ budget: BUDGET, maxActiveFaults: 0 }),
  over: faults({ budget: BUDGET, window: { until: "2020-01-01T00:00:00Z" } }),
};

/** Everything that shares something, so that all of it is written over whichever filter a test is about. */
const VICTIMS: readonly Victim[] = [
  ...NUMBERED.map((numbered) => ({
    module: numbered.module,
    plugin: PLUGINS[0],
    configuration: numbered.configuration(`${PLUGINS[0]}-0`, MANY_RULES),
  })),
  ...Object.entries(FAULTS).map(([plugin, configuration]) => ({ module: "fault-injection", plugin, configuration })),
  ...Object.entries(CIRCUITS).map(([plugin, configuration]) => ({
    module: "circuit-breaking",
    plugin,
    configuration,
    requests: KEYED_REQUESTS,
    status: 500,
  })),
  ...Object.entries(TRACES).map(([plugin, configuration]) => ({
    module: "trace-propagation",
    plugin,
    configuration,
    requests: REMEMBERED,
  })),
];

let mtls: Mtls;
/** The attacker's filter, which forges what would be counted or remembered at the present time. */
let attack: () => JsonObject;

before(async () => {
  mtls = await issueMtls();
  const shared = sharedBy(VICTIMS);
  const budget = [...shared.data.keys()].filter((key) => key.startsWith("fault-injection.budget."));
  assert.equal(budget.length, 3, "a plugin with a budget shares it");
  assert.ok([...shared.data].some(([key, { length }]) => key.startsWith("trace-propagation.join.") && length > 8));
  assert.ok([...shared.data.keys()].some((key) => key.startsWith("trace-propagation.alone.")));
  const circuits = [...shared.data].filter(([key]) => key.startsWith(RECORDS));
  assert.equal(circuits.length, CIRCUITS_IN_ALL, "each circuit shares its record");
  for (const name of LIMITS) assert.ok([...shared.gauges, ...shared.counters].includes(name), name);
  for (const word of ["state", "consecutive_errors", "idle_since"])
    assert.ok(
      shared.gauges.some((name) => name.endsWith(`.${word}`)),
      word,
    );
  assert.ok(shared.counters.some((name) => name.endsWith(".transitions")));
  attack = () => {
    const now = budgets();
    const forged = [
      ...budget.map((key) => [key, now] as const),
      ...circuits.map(([key, record]) => [key, states(record)] as const),
    ];
    return hostile(shared, new Map(forged));
  };
});

for (const [numbered, rules] of [[NUMBERED[0]!, 10] as const, ...NUMBERED.map((one) => [one, MANY_RULES] as const)]) {
  test(`${numbered.module}, ${rules} rules: no verdict changes, also not while configurations are pushed`, async () => {
    await verifyPushes({ numbered, rules, mtls, pushes: pushesOr(16), before: [attack()], finally: assertWritten });
  });
}

test("fault-injection: a budget may be lifted or used up, and nothing else changes", async () => {
  const outcomes = (plugin: string, path: string, ...headers: [string, string][]): [string, Request] => [
    plugin,
    { path, headers },
  ];
  await withPlugins("fault-injection", FAULTS, async (envoy) => {
    const seen = async ([plugin, request]: [string, Request]): Promise<string[]> =>
      await answersTo(envoy, plugin, request, ({ status }) => `${status}`);
    for (const plugin of Object.keys(FAULTS)) {
      assert.deepEqual(await seen(outcomes(plugin, "/")), ["200"], plugin);
      assert.deepEqual(await seen(outcomes(plugin, "/fault", ["x-tier", "gold"])), ["200"], plugin);
    }
    assert.deepEqual(await seen(outcomes("unlimited", "/fault")), ["418"]);
    assert.deepEqual(await seen(outcomes("capped", "/fault")), ["200"]);
    assert.deepEqual(await seen(outcomes("over", "/fault")), ["200"]);
    // Without the attacker there would be no fault: what it writes is taken for the filter's own.
    assert.deepEqual(await seen(outcomes("budgeted", "/fault")), ["200", "418"]);
  });
});

test("trace-propagation: a call may be joined to another trace, any share of what begins is sampled, and what has a context goes on", async () => {
  await withPlugins("trace-propagation", TRACES, async (envoy) => {
    await verifyTraces(async (plugin, request, tell) => await answersTo(envoy, plugin, request, tell), envoy);
  });
});

test("circuit-breaking: a circuit may open or close, and no other request is refused, and none is lost", async () => {
  await verifyCircuits(attack(), async (envoy) => {
    assertNothingElse(envoy.log());
    await assertWritten(envoy);
  });
});

/** An Envoy with a listener for each configuration, and the attacker before the filter. */
async function withPlugins(
  module: string,
  configurations: Readonly<Record<string, JsonObject>>,
  work: (envoy: Envoy) => Promise<void>,
): Promise<void> {
  const shows = { response_headers_to_add: [{ header: { key: "x-trace", value: "%REQ(traceparent)%" } }] };
  const attacker = attack();
  const envoy = await Envoy.start({
    listeners: Object.entries(configurations).map(([plugin, configuration]) => ({
      ...listener(plugin, {
        filters: [attacker, inlineWasm(plugin, { module, configuration })],
        routes: [answer("reached", undefined, shows)],
      }),
      listener: { traffic_direction: "OUTBOUND" },
    })),
    metadata: { NAMESPACE: "default" },
    concurrency: WORKERS,
  });
  try {
    await work(envoy);
    assertNothingElse(envoy.log());
    await assertWritten(envoy);
  } finally {
    await envoy.stop();
  }
}

async function assertWritten(envoy: Envoy): Promise<void> {
  assert.ok((await envoy.stat(HOSTILE_WRITES)) > 0);
}

/** All that became of a request that was sent many times over many connections. */
async function answersTo(
  envoy: Envoy,
  plugin: string,
  request: Request,
  tell: (answer: Awaited<ReturnType<Http1["request"]>>) => string,
): Promise<string[]> {
  const seen = new Set<string>();
  const client = async (): Promise<void> => {
    const connection = await Http1.connect(envoy.port(plugin));
    for (let sent = 0; sent < REQUESTS; sent++) seen.add(tell(await connection.request(request)));
    connection.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  return [...seen].sort();
}
