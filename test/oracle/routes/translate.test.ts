/** The translator against what istiod itself made of the same VirtualServices (`istiod/README.md`). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonical, ours, readTranslations } from "./istiod/recorded.ts";

for (const one of readTranslations(new URL("istiod/translations.json", import.meta.url))) {
  test(`istiod's own translation: ${one.about}`, () => {
    assert.deepEqual(ours(one.virtualServices), canonical(one.virtualHosts));
  });
}
