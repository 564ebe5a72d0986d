import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { type Image, imageOf } from "./image.ts";

/** The shortest module there is: the magic number and the version. */
const MODULE = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const ABOUT = {
  filter: "authz",
  version: "1.2.3",
  license: "Apache-2.0",
  source: "https://example.com/signalbox",
  commit: { revision: "0123abc", date: "2026-01-02T03:04:05Z" },
};
const LABELS = {
  "org.opencontainers.image.created": "2026-01-02T03:04:05Z",
  "org.opencontainers.image.licenses": "Apache-2.0",
  "org.opencontainers.image.revision": "0123abc",
  "org.opencontainers.image.source": "https://example.com/signalbox",
  "org.opencontainers.image.title": "signalbox-authz",
  "org.opencontainers.image.version": "1.2.3",
};

const sha256 = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const parse = ({ bytes }: { bytes: Buffer }) => JSON.parse(bytes.toString()) as Record<string, unknown>;
const mediaTypes = ({ layers }: Image) => layers.map(({ descriptor }) => descriptor.mediaType);

test("compat is one layer, a gzip tar with plugin.wasm, as Istio and Docker take it", () => {
  const image = imageOf("compat", MODULE, ABOUT);
  assert.deepEqual(mediaTypes(image), ["application/vnd.oci.image.layer.v1.tar+gzip"]);
  const [layer] = image.layers;
  assert.ok(layer);
  assert.deepEqual(execFileSync("tar", ["-xzO", "plugin.wasm"], { input: layer.bytes }), MODULE);
  assert.equal(execFileSync("tar", ["-tz"], { input: layer.bytes }).toString(), "plugin.wasm\n");
  // RFC 1952: no flags, so neither a name nor a comment, and no time.
  assert.deepEqual([...layer.bytes.subarray(0, 8)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
  const config = parse(image.config);
  assert.deepEqual(config.rootfs, { type: "layers", diff_ids: [sha256(gunzipSync(layer.bytes))] });
  assert.deepEqual(config.config, { Labels: LABELS });
  assert.equal(config.created, "2026-01-02T03:04:05Z");
});

test("artifact is two layers, by the media types that Istio looks for, and has the module as it is", () => {
  const image = imageOf("artifact", MODULE, ABOUT);
  assert.deepEqual(mediaTypes(image), [
    "application/vnd.module.wasm.config.v1+json",
    "application/vnd.module.wasm.content.layer.v1+wasm",
  ]);
  assert.deepEqual(image.layers[1]?.bytes, MODULE);
});

for (const form of ["compat", "artifact"] as const) {
  test(`${form}: the manifest names what there is, and says what it is`, () => {
    const image = imageOf(form, MODULE, ABOUT);
    const named = [image.config, ...image.layers].map(({ bytes }) => ({ digest: sha256(bytes), size: bytes.length }));
    const manifest = parse(image.manifest);
    const descriptors = [manifest.config, ...(manifest.layers as object[])] as { digest: string; size: number }[];
    assert.deepEqual(
      descriptors.map(({ digest, size }) => ({ digest, size })),
      named,
    );
    assert.equal(manifest.mediaType, "application/vnd.oci.image.manifest.v1+json");
    assert.equal(manifest.schemaVersion, 2);
    assert.deepEqual(manifest.annotations, LABELS);
    assert.equal(image.manifest.descriptor.digest, sha256(image.manifest.bytes));
  });
}

test("what is not known is left out", () => {
  const image = imageOf("compat", MODULE, { filter: "authz", version: "1.2.3", license: "Apache-2.0" });
  assert.deepEqual(parse(image.manifest).annotations, {
    "org.opencontainers.image.licenses": "Apache-2.0",
    "org.opencontainers.image.title": "signalbox-authz",
    "org.opencontainers.image.version": "1.2.3",
  });
  assert.equal("created" in parse(image.config), false);
});

// By `tar --format=ustar --numeric-owner --owner=0 --group=0 --mode=0644 --mtime=@0 --blocking-factor=1` of GNU tar 1.34.
test("the layer before it is compressed has the bytes that GNU tar makes", () => {
  const { layers } = imageOf("compat", MODULE, ABOUT);
  assert.ok(layers[0]);
  assert.equal(
    sha256(gunzipSync(layers[0].bytes)),
    "sha256:c3d9ad5a9bf0fd102dce99608c288325d1737e0702ae150e7bed231b655335d7",
  );
});
