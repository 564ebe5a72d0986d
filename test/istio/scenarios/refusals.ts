import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../../../envoy/deadline.ts";
import { withClients } from "../../support/envoy/clients.ts";
import type { Resource } from "../harness/kubernetes.ts";
import type { Mesh } from "../harness/mesh.ts";
import { selecting, wasmPlugin } from "../harness/plugins.ts";

const CLIENTS = 4;

/** What a configuration that the filter refuses does to requests under way, where no other was in force before it. */
export function refusals(mesh: () => Mesh): void {
  const plugin = (name: string, failStrategy: "FAIL_CLOSE" | "FAIL_OPEN", pluginConfig: object): Resource =>
    wasmPlugin(name, {
      ...mesh().image("authz"),
      selector: selecting("httpbin"),
      match: [{ mode: "SERVER" }],
      phase: "AUTHZ",
      failStrategy,
      pluginConfig,
    });

  for (const failStrategy of ["FAIL_CLOSE", "FAIL_OPEN"] as const) {
    test(`a configuration that the filter refuses, pushed under load to a new plugin: 500 from then until it is mended or gone, with ${failStrategy}`, async (t) => {
      const name = `refused-${failStrategy.toLowerCase().replace("_", "-")}`;
      const bad = plugin(name, failStrategy, { polices: [] });
      const good = plugin(name, failStrategy, { policies: [] });
      /** What each client was answered, of answers alike in a row the first. */
      const clients: number[][] = [];
      const everyone = async (status: number): Promise<boolean> =>
        await until(`every client to be answered ${status}`, () => clients.every((one) => one.at(-1) === status));

      await withClients(
        CLIENTS,
        async (isDone) => {
          const answers: number[] = [];
          clients.push(answers);
          while (!isDone()) {
            const { status } = await mesh().sleep.send({ host: "httpbin" });
            if (answers.at(-1) !== status) answers.push(status);
          }
        },
        async () => {
          await everyone(200);
          await mesh().apply(t, bad);
          await everyone(500);
          await mesh().change(good);
          await everyone(200);

          await mesh().remove(good);
          // Once it was gone it is new again, whatever it was before.
          await mesh().change(bad);
          await everyone(500);
          await mesh().remove(bad);
          await everyone(200);
        },
      );

      // Each change came at once for each of them, with nothing else between.
      for (const answers of clients) assert.deepEqual(answers, [200, 500, 200, 500, 200]);
    });
  }
}
