/**
 * Configurations pushed as Istio pushes a WasmPlugin, one after another and under load, to two plugins of one image: each request is
 * judged by a whole configuration of its plugin that is in force, and answered. `PUSH_SECONDS` is how long each test pushes.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { ConnectionOptions } from "node:tls";
import { Authority, discovered, Envoy, listener, SHOWS_DETAILS, type Listener } from "../../support/envoy/index.ts";
import type { ServerTls } from "../../support/envoy/tls.ts";
import { assertJudgedByLatest, assertNothingElse, judgedMeanwhile } from "./judged.ts";
import { NUMBERED, ROUTES, type Numbered } from "./numbered.ts";
import { Sequence } from "./sequence.ts";

const SECONDS = Number(process.env["PUSH_SECONDS"] || 2);
/** What every push waits for, and no longer: for what becomes of it only the last of a few. */
const INTERVAL_MS = 100;
const AT_ONCE = 3;
const WORKERS = 4;
/** So many connections that the kernel gives each worker some, also one that had none before. */
const CONNECTIONS = 32;
/** Plugins of one image, in Envoy and in labels. */
const PLUGINS = ["one", "other"] as const;

let tls: ServerTls;
let client: ConnectionOptions;

before(async () => {
  const authority = await Authority.create();
  const certificate = await authority.issue({ uris: ["spiffe://cluster.local/ns/default/sa/reviews"] });
  const issued = await authority.issue({ uris: ["spiffe://cluster.local/ns/default/sa/sleep"] });
  tls = { certificate, clientAuthority: authority.certificate };
  client = { cert: issued.certificate, key: issued.key };
});

for (const numbered of NUMBERED) {
  for (const rules of [10, 10_000]) {
    test(`${numbered.module}, ${rules} rules: pushes, refused ones among them, under load`, async () => {
      await verify(numbered, rules);
    });
  }
}

async function verify(numbered: Numbered, rules: number): Promise<void> {
  const sequences = PLUGINS.map((plugin) => [plugin, new Sequence(plugin, numbered, rules)] as const);
  const envoy = await Envoy.start({
    filters: Object.fromEntries(
      sequences.map(([plugin, sequence]) => [plugin, { module: numbered.module, configuration: sequence.next() }]),
    ),
    listeners: PLUGINS.map(listenerFor),
    metadata: { NAMESPACE: "default" },
    concurrency: WORKERS,
  });
  try {
    const judged = sequences.map(([plugin, sequence]) => ({
      port: envoy.port(plugin),
      tls: client,
      numbered,
      sequence,
    }));
    const [one, other] = judged as [(typeof judged)[0], (typeof judged)[0]];
    await judgedMeanwhile(one, async () => {
      await judgedMeanwhile(other, async () => {
        const end = performance.now() + SECONDS * 1000;
        do {
          for (const [plugin, sequence] of sequences) await pushRefused(envoy, plugin, sequence);
          await Promise.all(sequences.map(([plugin, sequence]) => pushSome(envoy, plugin, sequence)));
          for (const each of judged) await assertJudgedByLatest(each, CONNECTIONS);
        } while (performance.now() < end);
      });
    });
    assertNothingElse(envoy.log());
  } finally {
    await envoy.stop();
  }
}

function listenerFor(plugin: string): Listener {
  return listener(plugin, { tls, filters: [discovered(plugin)], routes: ROUTES, manager: SHOWS_DETAILS });
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
