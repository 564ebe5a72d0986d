/** Against Debian's docker-registry: anonymous, with a password, and with tokens. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { moduleNames } from "../../tools/project.ts";
import { blobsOf } from "../image.ts";
import { moduleOf } from "../project-images.ts";
import { registryProgram, startRegistry } from "../test/docker-registry.ts";
import { output, programMissing } from "../test/program.ts";
import { sampleImage } from "../test/sample.ts";
import { temporaryFolder } from "../test/temporary.ts";
import { TokenServer } from "../test/token-server.ts";
import { readAddress } from "./address.ts";
import { Connection } from "./connection.ts";
import type { Credentials } from "./credentials.ts";
import { push } from "./push.ts";
import { Repository } from "./repository.ts";

const program = registryProgram();
const skip = "missing" in program && program.missing;

/** `pusher:secret` by bcrypt, the only hash that the registry takes. */
const HTPASSWD = "pusher:$2b$04$7.mnOW/si5Lfb1RKXoX5juxCM5.6Uoz1wLEZz1xI0sSkHmtF/7fXa\n";
const PUSHER = "pusher:secret";

async function start(t: TestContext, auth?: object): Promise<string> {
  assert.ok("path" in program);
  const registry = await startRegistry(program.path, temporaryFolder(t), auth);
  t.after(() => registry.stop());
  return registry.host;
}

function repositoryAt(host: string, credentials: Credentials): Repository {
  return new Repository(new Connection(readAddress(host), "signalbox/sample", credentials));
}

test("every filter is pushed in both forms and comes back byte for byte", { skip }, async (t) => {
  const host = await start(t);
  const lines: string[] = [];
  const pushed = await push(`${host}/signalbox`, "1.0.0", (line) => lines.push(line));
  assert.equal(pushed.length, 2 * moduleNames().length);
  for (const { name, digest } of pushed) assert.ok(lines.includes(`${name}  ${digest}`), name);
  for (const filter of moduleNames()) {
    const names = [`${host}/signalbox/${filter}:1.0.0`, `${host}/signalbox/${filter}:1.0.0-artifact`];
    assert.deepEqual(
      pushed.filter((one) => one.filter === filter).map(({ name }) => name),
      names,
    );
    const repository = new Repository(new Connection(readAddress(host), `signalbox/${filter}`, {}));
    const digest = pushed.find(({ name }) => name === names[1])?.digest ?? "";
    const { bytes } = await repository.manifest("1.0.0-artifact", "application/vnd.oci.image.manifest.v1+json");
    const { layers } = JSON.parse(bytes.toString()) as { layers: { digest: string }[] };
    assert.deepEqual(await repository.blob(layers[1]?.digest ?? ""), moduleOf(filter));
    assert.deepEqual(await repository.manifest(digest, "application/vnd.oci.image.manifest.v1+json"), {
      bytes,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
    });
  }
});

test("what was pushed is what skopeo finds by tag", { skip }, async (t) => {
  const missing = programMissing("skopeo", "--version");
  if (missing !== undefined) return t.skip(missing);
  const host = await start(t);
  for (const form of ["compat", "artifact"] as const) {
    const image = sampleImage(form);
    await repositoryAt(host, {}).push(image, form);
    const source = `docker://${host}/signalbox/sample:${form}`;
    assert.deepEqual(output("skopeo", ["inspect", "--raw", "--tls-verify=false", source]), image.manifest.bytes);
    const copy = ["copy", "--insecure-policy", "--quiet", "--src-tls-verify=false", source];
    output("skopeo", [...copy, `dir:${temporaryFolder(t)}`]);
  }
});

test("a second push sends nothing anew, and a tag can be moved", { skip }, async (t) => {
  const repository = repositoryAt(await start(t), {});
  const methods: string[] = [];
  const { connection } = repository;
  const request = connection.request.bind(connection);
  connection.request = (method, place, options) => (methods.push(method), request(method, place, options));
  const [first, second] = [sampleImage("compat"), sampleImage("artifact")];
  await repository.push(first, "latest");
  assert.equal(methods.filter((method) => method === "POST").length, blobsOf(first).length);
  methods.length = 0;
  await repository.push(first, "latest");
  assert.equal(methods.includes("POST"), false);
  await repository.push(second, "latest");
  const { bytes } = await repository.manifest("latest", second.manifest.descriptor.mediaType);
  assert.deepEqual(bytes, second.manifest.bytes);
});

test("a password opens a registry that asks for one", { skip }, async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "htpasswd"), HTPASSWD);
  const host = await start(t, { htpasswd: { realm: "r", path: join(folder, "htpasswd") } });
  await repositoryAt(host, { basic: PUSHER }).push(sampleImage("compat"), "1");
  const wrong = repositoryAt(host, { basic: "pusher:wrong" }).push(sampleImage("compat"), "1");
  await assert.rejects(wrong, /^Error: 127[^\n]*: the registry does not take the credentials of [^\n]*config\.json\.$/);
  const none = repositoryAt(host, {}).push(sampleImage("compat"), "1");
  await assert.rejects(none, /^Error: [^\n]*wants a password[^\n]*docker login 127[^\n]*$/);
});

test("a token, fetched with the password, opens a registry that asks for one", { skip }, async (t) => {
  const tokens = await TokenServer.start(temporaryFolder(t), PUSHER);
  t.after(() => tokens.stop());
  const host = await start(t, tokens.auth);
  await repositoryAt(host, { basic: PUSHER }).push(sampleImage("artifact"), "1");
  const wrong = repositoryAt(host, { basic: "pusher:wrong" }).push(sampleImage("artifact"), "1");
  await assert.rejects(wrong, /^Error: [^\n]*give tokens, which answers 401 to the credentials of [^\n]*$/);
  const none = repositoryAt(host, {}).push(sampleImage("artifact"), "1");
  await assert.rejects(
    none,
    /^Error: [^\n]*give tokens, which answers 401 to a client without credentials: docker login [^\n]*$/,
  );
});

test("what is not there, or not what it is said to be, is told with the registry's reason", { skip }, async (t) => {
  const repository = repositoryAt(await start(t), {});
  const missing = repository.manifest("none", "application/vnd.oci.image.manifest.v1+json");
  await assert.rejects(
    missing,
    /^Error: [^\n]*sample: the manifest none is refused with 404: MANIFEST_UNKNOWN, [^\n]*$/,
  );
  const image = sampleImage("compat");
  const [layer] = image.layers;
  assert.ok(layer);
  const other = { ...layer, bytes: Buffer.concat([layer.bytes, Buffer.from("x")]) };
  const push = repository.push({ ...image, layers: [other] }, "1");
  await assert.rejects(push, /^Error: [^\n]*the blob sha256:[^\n]* is refused with 400: DIGEST_INVALID, [^\n]*$/);
});
