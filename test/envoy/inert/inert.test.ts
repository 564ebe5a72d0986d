/**
 * Why no filter takes a refused configuration as one that does nothing, for pods that start while it is in place (docs/istio.md,
 * "Roll out"): a plugin that does so, in each order of pushes.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { compile } from "../../../emulator/test/compile.ts";
import { answer, discovered, Envoy, fetchOnce, listener, type JsonObject } from "../../support/envoy/index.ts";

/** Plugins of one image: the first starts with a configuration that is refused, the second with a good one. */
const PLUGINS = ["starts-bad", "starts-good"] as const;
type Plugin = (typeof PLUGINS)[number];

/** The module itself, as an Envoy in a container sees no file of a test's own. */
let vm: JsonObject;

before(() => {
  const bytes = Buffer.from(compile("test/envoy/inert/assembly/inert.ts"));
  vm = { code: { local: { inline_bytes: bytes.toString("base64") } } };
});

/** An Envoy with both plugins, in which threads do as `second` says; asserts what holds before the first configuration comes back. */
async function whereTheFirstWasTaken(second: "refuse" | "take", then: (proxy: Proxy) => Promise<void>): Promise<void> {
  const envoy = await Envoy.start({
    filters: {
      "starts-bad": { module: "inert.wasm", vm, configuration: `bad-1,${second}` },
      "starts-good": { module: "inert.wasm", vm, configuration: "good-1" },
    },
    listeners: PLUGINS.map((name) => listener(name, { filters: [discovered(name)], routes: [answer("ok")] })),
  });
  try {
    const proxy = new Proxy(envoy);
    assert.equal(await proxy.inForce("starts-bad"), "nothing-of-bad-1", "a new proxy takes requests");
    assert.equal(await proxy.inForce("starts-good"), "good-1");

    assert.equal(await proxy.push("starts-good", `bad-1,${second}`), false, "a proxy that runs refuses it");
    assert.equal(await proxy.inForce("starts-good"), "good-1");

    assert.equal(await proxy.push("starts-bad", `bad-2,${second}`), true, "another one in place of it");
    assert.equal(await proxy.inForce("starts-bad"), "nothing-of-bad-2");
    assert.equal(await proxy.push("starts-bad", "good-1"), true);
    assert.equal(await proxy.push("starts-bad", `bad-3,${second}`), false, "now it runs, so it refuses");
    assert.equal(await proxy.inForce("starts-bad"), "good-1");
    await then(proxy);
  } finally {
    await envoy.stop();
  }
}

class Proxy {
  constructor(private readonly envoy: Envoy) {}

  async inForce(plugin: Plugin): Promise<string | undefined> {
    const { headers } = await fetchOnce(this.envoy.port(plugin));
    return headers.find(([name]) => name === "x-in-force")?.[1];
  }

  async push(plugin: Plugin, configuration: string): Promise<boolean> {
    return (await this.envoy.push(plugin, configuration)).accepted;
  }
}

test("a refused configuration that was taken at the start comes back after a good one, and is taken: the good one is lost", async () => {
  await whereTheFirstWasTaken("take", async (proxy) => {
    assert.equal(await proxy.push("starts-bad", "bad-1,take"), true);
    assert.equal(await proxy.inForce("starts-bad"), "nothing-of-bad-1");
  });
});

test("the same, and the threads refuse it: from then on Envoy refuses every configuration of every plugin of the image", async () => {
  await whereTheFirstWasTaken("refuse", async (proxy) => {
    await proxy.push("starts-bad", "bad-1,refuse");
    for (const plugin of PLUGINS) assert.equal(await proxy.push(plugin, "good-2"), false);
  });
});
