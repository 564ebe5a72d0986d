import assert from "node:assert/strict";
import { test } from "node:test";
import { signalbox } from "../cli/test/run.ts";
import { PLUGIN, pluginConfig } from "./plugin.ts";
import { PROPAGATE, type Propagate } from "./propagate.ts";

test("the plugin is one that signalbox validate takes, but for the image that nobody has published", async () => {
  const { status, out } = await signalbox(["validate", "--output", "json", PLUGIN]);
  assert.equal(status, 0, out);
});

test("only for services that pass on nothing are calls joined by time alone", () => {
  const joins = (propagate: Propagate): unknown =>
    (pluginConfig(propagate, "otlp").tracePropagation as { join: unknown }).join;
  assert.deepEqual(PROPAGATE.map(joins), [
    { keys: ["x-request-id"], whenAlone: true },
    { keys: ["x-request-id"] },
    { keys: ["x-request-id"] },
  ]);
});
