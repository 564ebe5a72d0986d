import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { discovered, Envoy, listener, SHOWS_DETAILS, type JsonObject } from "../../support/envoy/index.ts";
import { assertJudgedByLatest, assertNothingElse, judgedMeanwhile, type Judged } from "./judged.ts";
import type { Mtls } from "./mtls.ts";
import { ROUTES, type Numbered } from "./numbered.ts";
import { Sequence } from "./sequence.ts";

/** What every push waits for, and no longer: for what becomes of it only the last of a few. */
const INTERVAL_MS = 100;
const AT_ONCE = 3;
const WORKERS = 4;
/** So many connections that the kernel gives each worker some, also one that had none before. */
const CONNECTIONS = 32;
/** Plugins of one image, in Envoy and in labels. */
export const PLUGINS = ["one", "other"] as const;

/** How configurations are pushed. */
export interface Pushes {
  numbered: Numbered;
  /** Of each configuration. */
  rules: number;
  mtls: Mtls;
  /** How long to go on; one round is done in any case. */
  seconds: number;
  /** Filters of each listener before the plugin. */
  before?: readonly JsonObject[];
  /** Looks at the Envoy at the end. */
  finally?: (envoy: Envoy) => Promise<void>;
}

/**
 * Pushes configurations as Istio pushes a WasmPlugin, one after another and under load, to two plugins of one image, and asserts that
 * each request is judged by a whole configuration of its plugin that is in force, and answered.
 */
export async function verifyPushes({ numbered, rules, mtls, seconds, before = [], ...others }: Pushes): Promise<void> {
  const sequences = PLUGINS.map((plugin) => [plugin, new Sequence(plugin, numbered, rules)] as const);
  const envoy = await Envoy.start({
    filters: Object.fromEntries(
      sequences.map(([plugin, sequence]) => [plugin, { module: numbered.module, configuration: sequence.next() }]),
    ),
    listeners: PLUGINS.map((plugin) => {
      const filters = [...before, discovered(plugin)];
      return listener(plugin, { tls: mtls.server, filters, routes: ROUTES, manager: SHOWS_DETAILS });
    }),
    metadata: { NAMESPACE: "default" },
    concurrency: WORKERS,
  });
  try {
    const [one, other] = sequences.map(([plugin, sequence]) => ({
      port: envoy.port(plugin),
      tls: mtls.client,
      numbered,
      sequence,
    })) as [Judged, Judged];
    await judgedMeanwhile(one, async () => {
      await judgedMeanwhile(other, async () => {
        const end = performance.now() + seconds * 1000;
        do {
          for (const [plugin, sequence] of sequences) await pushRefused(envoy, plugin, sequence);
          await Promise.all(sequences.map(([plugin, sequence]) => pushSome(envoy, plugin, sequence)));
          for (const each of [one, other]) await assertJudgedByLatest(each, CONNECTIONS);
        } while (performance.now() < end);
      });
    });
    assertNothingElse(envoy.log());
    await others.finally?.(envoy);
  } finally {
    await envoy.stop();
  }
}

async function pushRefused(envoy: Envoy, plugin: string, sequence: Sequence): Promise<void> {
  const { accepted } = await envoy.push(plugin, sequence.refused());
  assert.equal(accepted, false);
}

/** Pushes some so soon after one another that Envoy may overtake itself, and waits until the last is in force. */
async function pushSome(envoy: Envoy, plugin: string, sequence: Sequence): Promise<void> {
  for (let push = 1; push < AT_ONCE; push++) {
    const next = pause(INTERVAL_MS);
    envoy.give(plugin, sequence.next());
    await next;
  }
  const { accepted, log } = await envoy.push(plugin, sequence.next());
  assert.equal(accepted, true, log);
  sequence.inForce();
}
