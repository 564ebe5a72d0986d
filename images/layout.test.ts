import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dockerMissing } from "../envoy/image.ts";
import { PROJECT, moduleNames } from "../tools/project.ts";
import type { Descriptor } from "./blob.ts";
import { FORMS } from "./image.ts";
import { moduleOf, writeImages } from "./project-images.ts";
import { output, programMissing } from "./test/program.ts";
import { temporaryFolder } from "./test/temporary.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** The digest of every file below a folder, by its name. */
function filesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  return Object.fromEntries(files.sort().map((name) => [name, sha256(readFileSync(join(folder, name)))]));
}

test("layouts are what the OCI image spec says, with nothing in them that nobody names", (t) => {
  const folder = temporaryFolder(t);
  writeImages(folder);
  for (const layout of moduleNames().flatMap((filter) => FORMS.map((form) => join(folder, filter, form)))) {
    const read = (name: string) => readFileSync(join(layout, name));
    const json = (name: string) => JSON.parse(read(name).toString()) as Record<string, unknown>;
    const blob = ({ digest, size }: Descriptor): string => {
      const path = `blobs/${digest.replace(":", "/")}`;
      assert.equal(`sha256:${sha256(read(path))}`, digest);
      assert.equal(read(path).length, size);
      return path;
    };
    assert.deepEqual(json("oci-layout"), { imageLayoutVersion: "1.0.0" });
    const index = json("index.json") as { manifests: [Descriptor]; mediaType: string; schemaVersion: number };
    assert.deepEqual(
      [index.schemaVersion, index.mediaType, index.manifests.length, index.manifests[0].mediaType],
      [2, "application/vnd.oci.image.index.v1+json", 1, "application/vnd.oci.image.manifest.v1+json"],
    );
    const path = blob(index.manifests[0]);
    const manifest = json(path) as unknown as { config: Descriptor; layers: Descriptor[] };
    const named = [path, ...[manifest.config, ...manifest.layers].map(blob), "oci-layout", "index.json"];
    const there = Object.keys(filesOf(layout)).filter((name) => name !== "manifest.json");
    assert.deepEqual(there, [...new Set(named)].sort());
    const unpacked = temporaryFolder(t);
    execFileSync("tar", ["-xf", `${layout}.tar`, "-C", unpacked]);
    assert.deepEqual(filesOf(unpacked), filesOf(layout));
  }
});

test("the same commit gives the same bytes, whatever the time zone, umask and clock", (t) => {
  const [here, there] = [temporaryFolder(t), temporaryFolder(t)];
  writeImages(here);
  const program = `import("${join(PROJECT, "images/project-images.ts")}").then((it) => it.writeImages(process.argv[1]))`;
  const command = ["umask 077;", process.execPath, "--import", "tsx", "-e", `'${program}'`, there];
  execFileSync("sh", ["-c", command.join(" ")], {
    cwd: PROJECT,
    env: { ...process.env, TZ: "Asia/Kathmandu", LC_ALL: "C" },
  });
  const files = filesOf(here);
  assert.equal(Object.keys(files).filter((name) => name.endsWith(".tar")).length, 2 * moduleNames().length);
  assert.deepEqual(filesOf(there), files);
});

test("skopeo reads every layout and archive, and finds each digest right", (t) => {
  const missing = programMissing("skopeo", "--version");
  if (missing !== undefined) return t.skip(missing);
  const folder = temporaryFolder(t);
  for (const { archive, digest } of writeImages(folder).written) {
    for (const source of [`oci-archive:${archive}`, `oci:${archive.replace(/\.tar$/, "")}`]) {
      assert.equal(`sha256:${sha256(output("skopeo", ["inspect", "--raw", source]))}`, digest);
      // A copy checks what every blob is.
      output("skopeo", ["copy", "--insecure-policy", "--quiet", source, `dir:${temporaryFolder(t)}`]);
    }
  }
});

test("docker load takes the archive of the compat form, labels included", (t) => {
  const missing = dockerMissing();
  if (missing !== undefined) {
    assert.notEqual(process.env.DOCKER_REQUIRED, "1", missing);
    return t.skip(missing);
  }
  const folder = temporaryFolder(t);
  writeImages(folder);
  const { version } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as { version: string };
  for (const filter of moduleNames()) {
    const image = `signalbox/${filter}:${version}`;
    const loaded = output("docker", ["load", "--quiet", "--input", join(folder, filter, "compat.tar")]).toString();
    assert.match(loaded, new RegExp(`^Loaded image: ${image}$`, "m"));
    const [{ Config }] = JSON.parse(output("docker", ["image", "inspect", image]).toString()) as [
      { Config: { Labels: Record<string, string> } },
    ];
    assert.equal(Config.Labels["org.opencontainers.image.title"], `signalbox-${filter}`);
    const container = output("docker", ["create", image, "none"]).toString().trim();
    try {
      const archive = output("docker", ["cp", `${container}:/plugin.wasm`, "-"]);
      assert.deepEqual(execFileSync("tar", ["-xO"], { input: archive }), moduleOf(filter));
    } finally {
      output("docker", ["rm", container]);
    }
  }
});
