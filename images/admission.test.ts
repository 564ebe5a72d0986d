/** The image of the webhook: that it is what the manifests ask for, and that it runs with nothing else around it. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { parseAllDocuments } from "yaml";
import { dockerMissing } from "../envoy/image.ts";
import { filterManifests } from "../tools/manifests/filter-manifests.ts";
import { aboutAdmission, admissionImage } from "./admission.ts";
import type { Image } from "./image.ts";
import { layoutOf, writeLayout } from "./layout.ts";
import { output, programMissing } from "./test/program.ts";
import { temporaryFolder } from "./test/temporary.ts";

interface Config {
  architecture: string;
  config: { User: string; Entrypoint: string[]; ExposedPorts: object; Labels: Record<string, string> };
  rootfs: { diff_ids: string[] };
}

let image: Image;
let config: Config;
before(() => {
  image = admissionImage(aboutAdmission().about);
  config = JSON.parse(image.config.bytes.toString()) as Config;
});

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

test("it is two layers, and says what they are before they are compressed", () => {
  assert.equal(image.layers.length, 2);
  assert.deepEqual(
    config.rootfs.diff_ids,
    image.layers.map(({ bytes }) => sha256(gunzipSync(bytes))),
  );
  assert.equal(config.config.Labels["org.opencontainers.image.title"], "signalbox-admission");
});

test("it runs as the user and listens on the port that the Deployment says", async () => {
  const manifest = (await filterManifests()).get("admission/base/deployment.yaml") ?? "";
  const { spec } = (parseAllDocuments(manifest)[0]?.toJS() as { spec: { template: { spec: Pod } } }).spec.template;
  const [container] = spec.containers;
  assert.equal(config.config.User, `${spec.securityContext.runAsUser}:${spec.securityContext.runAsGroup}`);
  assert.deepEqual(Object.keys(config.config.ExposedPorts), [`${container?.ports[0]?.containerPort}/tcp`]);
});

interface Pod {
  securityContext: { runAsUser: number; runAsGroup: number };
  containers: { ports: { containerPort: number }[] }[];
}

test("with nothing but its files around it, it is the command, and takes the certificate that it makes", (t) => {
  if (process.getuid?.() !== 0) return t.skip("only root can change the root folder");
  const root = temporaryFolder(t);
  for (const { bytes } of image.layers) execFileSync("tar", ["-xzf", "-", "-C", root], { input: bytes });
  mkdirSync(join(root, "tmp"));
  // Neither this folder nor what a umask took away is for another user.
  chmodSync(root, 0o755);
  chmodSync(join(root, "tmp"), 0o777);
  const [node = "", command = "", ...words] = config.config.Entrypoint;
  const run = (...args: string[]) => {
    const env = { PATH: process.env.PATH };
    const inside = ["--userspec", config.config.User, root, node, command, ...words, ...args];
    return spawnSync("chroot", inside, { encoding: "utf8", env });
  };
  const made = run("certificate", "--folder", "/tmp/made");
  assert.deepEqual([made.status, made.stderr], [0, ""]);
  // It has started all that it needs, its threads included, when it finds that it may not have this port.
  const files = ["--certificate", "/tmp/made/tls.crt", "--key", "/tmp/made/tls.key"];
  const served = run(...files, "--address", "192.0.2.1", "--port", "8443");
  assert.deepEqual(
    [served.status, served.stderr],
    [2, "signalbox: cannot listen on 192.0.2.1:8443: listen EADDRNOTAVAIL: address not available 192.0.2.1:8443\n"],
  );
});

test("skopeo reads it, and finds its digest right", (t) => {
  const missing = programMissing("skopeo", "--version");
  if (missing !== undefined) return t.skip(missing);
  const folder = join(temporaryFolder(t), "layout");
  writeLayout(layoutOf(image, { repository: "signalbox/admission", tag: "test" }), folder);
  assert.equal(sha256(output("skopeo", ["inspect", "--raw", `oci:${folder}`])), image.manifest.descriptor.digest);
  output("skopeo", ["copy", "--insecure-policy", "--quiet", `oci:${folder}`, `dir:${temporaryFolder(t)}`]);
});

test("Docker runs it as the Deployment has it: read-only, without capabilities", (t) => {
  const missing = dockerMissing();
  if (missing !== undefined) {
    assert.notEqual(process.env.DOCKER_REQUIRED, "1", missing);
    return t.skip(missing);
  }
  const folder = join(temporaryFolder(t), "layout");
  writeLayout(layoutOf(image, { repository: "signalbox/admission", tag: "test" }), folder);
  output("docker", ["load", "--quiet", "--input", `${folder}.tar`]);
  const options = [
    "--rm",
    "--read-only",
    "--cap-drop",
    "ALL",
    "--security-opt",
    "no-new-privileges",
    "--network",
    "none",
  ];
  const printed = output("docker", ["run", ...options, "signalbox/admission:test", "certificate"]).toString();
  assert.match(printed, /^kind: ValidatingWebhookConfiguration$/m);
});
