import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { discovered, Envoy, listener, SHOWS_DETAILS, type JsonObject } from "../../support/envoy/index.ts";
import { assertJudgedByLatest, assertNothingElse, judgedMeanwhile, type Judged } from "./judged.ts";
import type { Mtls } from "./mtls.ts";
import { ROUTES, type Numbered } from "./numbered.ts";
import { Sequence } from "./sequence.ts";
import { connectionsByWorker, countedAs, WORKERS } from "./workers.ts";

/** What every push waits for, and no longer: for what becomes of it only the last of a few. */
const INTERVAL_MS = 100;
/** Plugins of one image, in Envoy and in labels. */
export const PLUGINS = ["one", "other"] as const;

/** How configurations are pushed. */
export interface Pushes {
  numbered: Numbered;
  /** Of each configuration. */
  rules: number;
  mtls: Mtls;
  /** How many of them, refused ones included, at least. */
  pushes: number;
  /** Filters of each listener before the plugin. */
  before?: readonly JsonObject[];
  /** Looks at the Envoy at the end. */
  finally?: (envoy: Envoy) => Promise<void>;
}

/**
 * Pushes configurations as Istio pushes a WasmPlugin, one after another and under load, to two plugins of one image, and asserts that
 * each request is judged by a whole configuration of its plugin that is in force, and answered. Some workers have no connection at
 * first, and join when configurations were replaced before their first request.
 */
export async function verifyPushes(asked: Pushes): Promise<void> {
  const { numbered, rules, mtls, before = [] } = asked;
  const sequences = PLUGINS.map((plugin) => [plugin, new Sequence(plugin, numbered, rules)] as const);
  const envoy = await Envoy.start({
    filters: Object.fromEntries(
      sequences.map(([plugin, sequence]) => [plugin, { module: numbered.module, configuration: sequence.next() }]),
    ),
    listeners: PLUGINS.map((plugin) => {
      const filters = [...before, discovered(plugin)];
      const made = listener(plugin, { tls: mtls.server, filters, routes: ROUTES, manager: SHOWS_DETAILS });
      return { ...made, listener: countedAs(plugin) };
    }),
    metadata: { NAMESPACE: "default" },
    concurrency: WORKERS,
  });
  try {
    const plugins = sequences.map(([plugin, sequence]): Judged => ({
      listener: plugin,
      port: envoy.port(plugin),
      tls: mtls.client,
      numbered,
      sequence,
    }));
    await judgedBoth(plugins, async () => await lateRound(envoy, plugins), 1);
    await judgedBoth(plugins, async () => {
      for (let pushed = PUSHES_A_ROUND; pushed < asked.pushes; pushed += PUSHES_A_ROUND) await round(envoy, plugins);
    });
    assertNothingElse(envoy.log());
    await asked.finally?.(envoy);
  } finally {
    await envoy.stop();
  }
}

/** For each plugin one that is refused and three that are not. */
const PUSHES_A_ROUND = 4 * PLUGINS.length;

/** Requests of both plugins are judged for as long as `work` takes, on so many connections each. */
async function judgedBoth(plugins: readonly Judged[], work: () => Promise<void>, connections?: number): Promise<void> {
  const [one, other] = plugins as [Judged, Judged];
  await judgedMeanwhile(one, async () => void (await judgedMeanwhile(other, work, connections)), connections);
}

/** A round of which each plugin has one connection: the workers that have none join afterwards. */
async function lateRound(envoy: Envoy, plugins: readonly Judged[]): Promise<void> {
  await pushOnce(envoy, plugins);
  const connections = await Promise.all(plugins.map(({ listener }) => connectionsByWorker(envoy, listener)));
  const late = connections[0]!.filter((_, worker) => connections.every((of) => of[worker] === 0));
  assert.ok(late.length >= WORKERS - PLUGINS.length, `connections by worker: ${JSON.stringify(connections)}`);
  for (const each of plugins) await assertJudgedByLatest(each, envoy);
}

async function round(envoy: Envoy, plugins: readonly Judged[]): Promise<void> {
  await pushOnce(envoy, plugins);
  for (const each of plugins) await assertJudgedByLatest(each, envoy);
}

async function pushOnce(envoy: Envoy, plugins: readonly Judged[]): Promise<void> {
  for (const each of plugins) await pushRefused(envoy, each);
  await Promise.all(plugins.map((each) => pushSome(envoy, each)));
}

async function pushRefused(envoy: Envoy, { listener, sequence }: Judged): Promise<void> {
  const { accepted } = await envoy.push(listener, sequence.refused());
  assert.equal(accepted, false);
}

/**
 * Pushes some so soon after one another that Envoy may overtake itself, and waits until the last is in force. The second one is the one
 * from before the first, of which requests may still be on their way.
 */
async function pushSome(envoy: Envoy, { listener, sequence }: Judged): Promise<void> {
  for (const configuration of [() => sequence.next(), () => sequence.again(sequence.certain)]) {
    const next = pause(INTERVAL_MS);
    envoy.give(listener, configuration());
    await next;
  }
  const { accepted, log } = await envoy.push(listener, sequence.next());
  assert.equal(accepted, true, log);
  sequence.inForce();
}
