import type { TestContext } from "node:test";
import { cluster, Envoy, type Listener } from "../../support/envoy/index.ts";
import { Echo } from "../echo.ts";
import { NODE_METADATA } from "./experiment.ts";
import { CLUSTER } from "./listener.ts";

/** Starts an Envoy with these listeners before an upstream that echoes requests, both for the length of a test. */
export async function startProxy(t: TestContext, listeners: readonly Listener[]): Promise<Envoy> {
  const echo = await Echo.start();
  t.after(() => echo.stop());
  const clusters = [cluster(CLUSTER, echo.port)];
  const envoy = await Envoy.start({ concurrency: 1, metadata: NODE_METADATA, clusters, listeners });
  t.after(() => envoy.stop());
  return envoy;
}
