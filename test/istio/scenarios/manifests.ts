import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleNames } from "../../../tools/project.ts";
import type { Mesh } from "../harness/mesh.ts";
import { ISTIO_VERSION } from "../programs/builds.ts";
import { PRODUCTPAGE, RATINGS } from "./bookinfo.ts";
import { EFFECTS } from "./manifest-effects.ts";

/** What is in `manifests/` for each filter, applied as it is but for the images, and taken away again. */
export function manifests(mesh: () => Mesh): void {
  for (const folder of ["base", "traffic-extension"]) {
    for (const filter of moduleNames()) {
      test(`manifests/${folder}/${filter} does what it says`, async (t) => {
        if (folder === "traffic-extension" && ISTIO_VERSION === "1.29.1")
          return t.skip("Istio 1.29 has no TrafficExtension");
        // Whoever has a selector of theirs is there before they are applied.
        for (const who of [PRODUCTPAGE, RATINGS]) await mesh().startWorkload(who);

        await mesh().applyFolder(t, `${folder}/${filter}`);

        const effect = EFFECTS[filter];
        assert.ok(effect !== undefined, `nothing is asked of ${filter}`);
        await effect(mesh());
      });
    }
  }
}
