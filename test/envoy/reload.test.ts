import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Envoy, underLoad, type JsonObject } from "../support/envoy/index.ts";
import { reviews, sending } from "./reviews.ts";

const PUSHES = 20;

let envoy: Envoy;

before(async () => {
  envoy = await Envoy.start({
    filters: { "header-routing": { module: "header-routing", configuration: sending("jason", "v2") } },
    listeners: [reviews()],
    concurrency: 4,
  });
});
after(async () => await envoy?.stop());

/** What becomes of jason's requests while `work` goes on. */
async function jasonMeanwhile(work: () => Promise<void>): Promise<Map<string, number>> {
  return await underLoad(
    { port: envoy.port("header-routing"), requests: [{ headers: [["end-user", "jason"]] }] },
    work,
  );
}

test("configurations pushed under load: each request is answered by one of them, none fails", async () => {
  const answers = await jasonMeanwhile(async () => {
    for (let push = 0; push < PUSHES; push++) {
      const { accepted, log } = await envoy.push("header-routing", sending("jason", push % 2 === 0 ? "v3" : "v2"));
      assert.equal(accepted, true, log);
    }
  });

  assert.deepEqual([...answers.keys()].sort(), ["200 v2", "200 v3"]);
});

test("configurations refused under load change nothing, and no request fails", async () => {
  assert.equal((await envoy.push("header-routing", sending("jason", "v2"))).accepted, true);
  const wrong: JsonObject = { ...sending("jason", "v3"), virtualService: [] };

  const answers = await jasonMeanwhile(async () => {
    for (let push = 0; push < PUSHES; push++) {
      // Envoy would take the same text for no change.
      const { accepted } = await envoy.push("header-routing", { ...wrong, [`unknown${push}`]: push });
      assert.equal(accepted, false);
    }
  });

  assert.deepEqual([...answers.keys()], ["200 v2"]);
});
