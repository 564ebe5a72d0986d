import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import { filesBelow, moduleNames } from "../../tools/project.ts";
import { pinned, writePinned } from "../../tools/manifests/pin.ts";

const HEX = "0123456789abcdef".repeat(4);
const pinOf = (filter: string) => ({ filter, name: `localhost:5000/mesh/${filter}:2.0`, digest: `sha256:${HEX}` });

test("the image is that of the filter, wherever the url is, and its digest stands beside it", () => {
  const manifest = `spec:
  url: oci://registry.example.com/signalbox/authz:0.1.0
---
spec:
  wasm:
    url: oci://registry.example.com/signalbox/header-routing:0.1.0
    pluginConfig: {}
`;
  const expected = `spec:
  url: oci://localhost:5000/mesh/authz:2.0
  sha256: ${HEX}
---
spec:
  wasm:
    url: oci://localhost:5000/mesh/header-routing:2.0
    sha256: ${HEX}
    pluginConfig: {}
`;
  assert.equal(pinned(manifest, ["header-routing", "authz"].map(pinOf)), expected);
  assert.throws(() => pinned(manifest, [pinOf("authz")]), /there is no image of header-routing/);
});

test("the image of a container is pinned by its digest, and left alone where it was not pushed", () => {
  const manifest = "      - name: a\n        image: registry.example.com/signalbox/admission:0.1.0\n";
  const image = `localhost:5000/mesh/admission:2.0@sha256:${HEX}`;
  assert.equal(pinned(manifest, [pinOf("admission")]), `      - name: a\n        image: ${image}\n`);
  assert.equal(pinned(manifest, []), manifest);
});

test("a copy of all manifests has every image pinned, and is the same for the rest", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-manifests-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writePinned([...moduleNames(), "admission"].map(pinOf), folder);
  const pins = new Set<string>();
  for (const file of filesBelow("manifests")) {
    const text = readFileSync(join(folder, file.slice("manifests/".length)), "utf8");
    assert.doesNotMatch(text, /registry\.example\.com/, file);
    for (const { spec } of parseAllDocuments(text).map((document) => document.toJS() as { spec?: Plugin })) {
      const { url, sha256 } = spec?.wasm ?? spec ?? {};
      if (url === undefined) continue;
      assert.equal(sha256, HEX, file);
      pins.add(url);
    }
  }
  assert.deepEqual(
    [...pins].sort(),
    moduleNames().map((filter) => `oci://localhost:5000/mesh/${filter}:2.0`),
  );
});

interface Plugin {
  url?: string;
  sha256?: string;
  wasm?: { url: string; sha256?: string };
}
