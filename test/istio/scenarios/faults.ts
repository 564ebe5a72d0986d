import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mesh } from "../harness/mesh.ts";
import { selecting, wasmPlugin } from "../harness/plugins.ts";
import { steadily } from "../harness/steadily.ts";

/** How exact the rate is tells `test/oracle/faults`; here, that the percentage arrives. */
const REQUESTS = 1000;
const AT_ONCE = 25;
const PERCENT = 10;
/** Five standard deviations of a binomial distribution: outside of them once in 1.7 million runs. */
const TOLERANCE = 5 * Math.sqrt(REQUESTS * (PERCENT / 100) * (1 - PERCENT / 100));

/** What fault-injection says at an answer that it delayed. */
const MARK = "x-fault-injected";

function slowTenth(host: string): object {
  const delay = { percentage: { value: PERCENT }, fixedDelay: "0.05s" };
  const always = { match: [{ headers: { "end-user": { exact: "jason" } } }] };
  return {
    virtualServices: [
      {
        name: "reviews",
        namespace: "default",
        hosts: [host],
        http: [
          { name: "jason", ...always, fault: { delay: { ...delay, percentage: { value: 100 } } } },
          { name: "slow", fault: { delay } },
        ],
      },
    ],
  };
}

/** Of `REQUESTS` requests, how many were delayed. All of them have to be answered. */
async function delayed(mesh: Mesh): Promise<number> {
  let sent = 0;
  let marked = 0;
  const client = async (): Promise<void> => {
    while (sent < REQUESTS) {
      sent += 1;
      const { status, headers } = await mesh.sleep.send({ host: "reviews" });
      assert.equal(status, 200);
      if (headers[MARK] !== undefined) {
        assert.equal(headers[MARK], "slow");
        marked += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  return marked;
}

/** The rate of a delay, at the sidecar that sends and at the one that receives, where Istio has no faults. */
export function faults(mesh: () => Mesh): void {
  for (const [name, app, mode, configuration] of [
    ["outbound", "sleep", "CLIENT", slowTenth("reviews")],
    ["inbound", "reviews", "SERVER", { direction: "INBOUND", ...slowTenth("*") }],
  ] as const) {
    test(`fault-injection delays a tenth of the requests ${name}`, async (t) => {
      const plugin = wasmPlugin(`slow-${name}`, {
        ...mesh().image("fault-injection"),
        selector: selecting(app),
        match: [{ mode }],
        failStrategy: "FAIL_CLOSE",
        pluginConfig: configuration,
      });
      await mesh().apply(t, plugin);
      await steadily("jason waits", async () => {
        const { headers } = await mesh().sleep.send({ host: "reviews", headers: { "end-user": "jason" } });
        return headers[MARK] === "jason";
      });

      const count = await delayed(mesh());
      const expected = (REQUESTS * PERCENT) / 100;
      assert.ok(Math.abs(count - expected) <= TOLERANCE, `${count} of ${REQUESTS} were delayed`);
    });
  }
}
