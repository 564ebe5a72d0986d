/**
 * Listeners that are replaced under load, each with a configuration of its own in its filter, while the ones before drain: a connection
 * is judged by the configuration that it began with, and a new one by the newest, also if that is one that still drains, or one that
 * another listener has too. `PUSHES` is how many each test pushes (`amount.ts`).
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import {
  Envoy,
  freePort,
  inlineWasm,
  listener,
  SHOWS_DETAILS,
  type JsonObject,
  type Listener,
} from "../../support/envoy/index.ts";
import { MANY_RULES, pushesOr } from "./amount.ts";
import { assertJudgedByLatest, assertNothingElse, judgedMeanwhile, type Judged } from "./judged.ts";
import { issueMtls, type Mtls } from "./mtls.ts";
import { NUMBERED, ROUTES, type Numbered } from "./numbered.ts";
import { Sequence } from "./sequence.ts";
import { countedAs, WORKERS } from "./workers.ts";

/** Longer than one round of replacements, so that listeners still drain when their configuration comes back. */
const DRAIN_SECONDS = 2;
/** One that is refused, two replacements and one more listener. */
const PUSHES_A_ROUND = 4;
const PLUGIN = "plugin";
const EARLY = "early";
const LATE = "late";

let mtls: Mtls;

before(async () => {
  mtls = await issueMtls();
});

for (const numbered of NUMBERED) {
  for (const [rules, pushes] of [
    [10, 16],
    [MANY_RULES, 8],
  ] as const) {
    test(`${numbered.module}, ${rules} rules: listeners replaced under load while others drain`, async () => {
      await new Replacements(numbered, rules, pushesOr(pushes), await freePort(), await freePort()).verify();
    });
  }
}

class Replacements {
  private readonly sequence: Sequence;
  /** Of the listener that is there from the first replacement on, for as long as it is not changed. */
  private configuration: JsonObject;
  private replaced = 0;

  constructor(
    private readonly numbered: Numbered,
    rules: number,
    private readonly pushes: number,
    private readonly port: number,
    private readonly latePort: number,
  ) {
    this.sequence = new Sequence("listener", numbered, rules);
    this.configuration = this.sequence.next();
  }

  async verify(): Promise<void> {
    const { numbered, sequence, port } = this;
    const envoy = await Envoy.start({
      listeners: [],
      discoveredListeners: [this.listener(EARLY, port, this.configuration)],
      metadata: { NAMESPACE: "default" },
      concurrency: WORKERS,
      drainSeconds: DRAIN_SECONDS,
    });
    try {
      const judged: Judged = { listener: EARLY, port, tls: mtls.client, numbered, sequence, isKept: true };
      await judgedMeanwhile(judged, async () => {
        for (let pushed = 0; pushed < this.pushes; pushed += PUSHES_A_ROUND) await this.round(envoy, judged);
      });
      assertNothingElse(envoy.log());
    } finally {
      await envoy.stop();
    }
  }

  /** One that is refused, another one, the one before it again, which still drains, and that one at a listener that is new. */
  private async round(envoy: Envoy, judged: Judged): Promise<void> {
    const { sequence, port, latePort } = this;
    const before = sequence.latest;
    const refused = this.listener(EARLY, port, sequence.refused());
    assert.equal(await envoy.offerListeners([refused]), false);

    await this.replace(envoy, sequence.next());
    await assertJudgedByLatest(judged, envoy);
    await this.replace(envoy, sequence.again(before));
    await assertJudgedByLatest(judged, envoy);

    const same = this.listener(EARLY, port, this.configuration);
    await envoy.replaceListeners([same, this.listener(LATE, latePort, this.configuration)]);
    await assertJudgedByLatest({ ...judged, listener: LATE, port: latePort }, envoy);
  }

  private async replace(envoy: Envoy, configuration: JsonObject): Promise<void> {
    this.configuration = configuration;
    this.replaced += 1;
    await envoy.replaceListeners([this.listener(EARLY, this.port, configuration)]);
    this.sequence.inForce();
  }

  /**
   * With every second replacement another field of the listener changes too: otherwise Envoy keeps the listener and drains its filter
   * chain alone.
   */
  private listener(name: string, port: number, configuration: JsonObject): Listener {
    const filters = [inlineWasm(PLUGIN, { module: this.numbered.module, configuration })];
    const made = listener(name, { tls: mtls.server, filters, routes: ROUTES, manager: SHOWS_DETAILS });
    const fields = {
      ...countedAs(name),
      address: { socket_address: { address: "127.0.0.1", port_value: port } },
      per_connection_buffer_limit_bytes: 2 ** 20 + ((this.replaced >> 1) % 2),
    };
    return { ...made, listener: fields };
  }
}
