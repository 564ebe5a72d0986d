import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { digestOf } from "../../../images/blob.ts";
import { moduleOf } from "../../../images/project-images.ts";
import { PROJECT, moduleNames } from "../../../tools/project.ts";
import { inForce } from "../harness/in-force.ts";
import type { Mesh } from "../harness/mesh.ts";
import { selecting, shownPlugin } from "../harness/plugins.ts";

/** Where a module can come from: a name for it, and the fields of a WasmPlugin. */
const SOURCES: readonly [string, (mesh: Mesh, filter: string) => { url: string; sha256?: string }][] = [
  ["file", (_, filter) => ({ url: `file://${join(PROJECT, "build", filter)}.wasm` })],
  [
    "http",
    (mesh, filter) => ({ url: mesh.modules.url(filter), sha256: digestOf(moduleOf(filter)).replace("sha256:", "") }),
  ],
  ["oci-compat", (mesh, filter) => mesh.image(filter, "compat")],
  ["oci-artifact", (mesh, filter) => mesh.image(filter, "artifact")],
];

/** Every filter from everywhere, with the configuration that its folder shows. */
export function loading(mesh: () => Mesh): void {
  for (const filter of moduleNames()) {
    test(`${filter} loads by ${SOURCES.map(([name]) => name).join(", ")}`, async (t) => {
      const nameOf = (source: string): string => `${filter}-${source}`;
      const plugins = SOURCES.map(([name, source]) =>
        shownPlugin(filter, nameOf(name), {
          ...source(mesh(), filter),
          selector: selecting("httpbin"),
          match: [{ mode: "SERVER" }],
          // Had one of them not loaded, each request would be refused.
          failStrategy: "FAIL_CLOSE",
        }),
      );
      await mesh().apply(t, ...plugins);
      for (const [name] of SOURCES) await inForce(mesh().httpbin, nameOf(name));

      assert.equal((await mesh().sleep.send({ host: "httpbin" })).status, 200);
    });
  }
}
