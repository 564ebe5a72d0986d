import assert from "node:assert/strict";
import { test } from "node:test";
import { filterNames } from "../../../tools/project.ts";
import { inForce } from "../harness/in-force.ts";
import type { Resource } from "../harness/kubernetes.ts";
import type { Mesh } from "../harness/mesh.ts";
import { selecting } from "../harness/plugins.ts";
import { ISTIO_VERSION } from "../programs/builds.ts";

/** `manifests/traffic-extension/`: the resource that follows WasmPlugin. */
export function trafficExtension(mesh: () => Mesh): void {
  for (const filter of filterNames()) {
    test(`${filter} loads by TrafficExtension`, async (t) => {
      if (ISTIO_VERSION === "1.29.1") return t.skip("Istio 1.29 has no TrafficExtension");
      const shown = (await mesh().manifests(`traffic-extension/${filter}`)).find(
        ({ kind }) => kind === "TrafficExtension",
      );
      await mesh().apply(t, atHttpbin(shown!, `${filter}-extension`));
      await inForce(mesh().httpbin, `${filter}-extension`);

      assert.equal((await mesh().sleep.send({ host: "httpbin" })).status, 200);
    });
  }
}

/** The same at httpbin, under another name; had it not loaded, each request would be refused. */
function atHttpbin(shown: Resource, name: string): Resource {
  const spec = shown["spec"] as { wasm: object };
  return {
    ...shown,
    metadata: { name, namespace: "default" },
    spec: {
      ...spec,
      selector: selecting("httpbin"),
      match: [{ mode: "SERVER" }],
      wasm: { ...spec.wasm, failStrategy: "FAIL_CLOSE" },
    },
  };
}
