/** `signalbox admission certificate`: what it makes, as OpenSSL and a TLS client see it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { X509Certificate, createPrivateKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { parseAllDocuments } from "yaml";
import { signalbox } from "./test/run.ts";

interface Secret {
  type: string;
  metadata: { name: string; namespace: string };
  data: Record<"tls.crt" | "tls.key" | "ca.crt", string>;
}
interface Configuration {
  kind: string;
  metadata: { name: string };
  webhooks: { name: string; clientConfig: { caBundle: string } }[];
}

const DAY_MS = 24 * 3600 * 1000;

async function made(...args: string[]): Promise<[Secret, Configuration]> {
  const { status, out, err } = await signalbox(["admission", "certificate", ...args]);
  assert.deepEqual([status, err], [0, ""]);
  return parseAllDocuments(out).map((document) => document.toJS() as unknown) as [Secret, Configuration];
}

const decoded = (base64 = ""): string => Buffer.from(base64, "base64").toString();

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-certificate-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("it prints a Secret for the Deployment, and the caBundle for server-side apply alone", async () => {
  const [secret, configuration] = await made();
  assert.equal(secret.type, "kubernetes.io/tls");
  assert.deepEqual(secret.metadata, { name: "signalbox-admission-tls", namespace: "signalbox-system" });
  const certificate = new X509Certificate(decoded(secret.data["tls.crt"]));
  const authority = new X509Certificate(decoded(secret.data["ca.crt"]));
  assert.ok(certificate.checkPrivateKey(createPrivateKey(decoded(secret.data["tls.key"]))));
  assert.ok(certificate.verify(authority.publicKey));
  assert.equal(authority.ca, true);
  assert.equal(certificate.ca, false);
  assert.equal(
    certificate.subjectAltName,
    "DNS:signalbox-admission.signalbox-system.svc, DNS:signalbox-admission.signalbox-system.svc.cluster.local, DNS:signalbox-admission.signalbox-system",
  );
  const days = (Date.parse(certificate.validTo) - Date.now()) / DAY_MS;
  assert.ok(days > 364 && days <= 365, `${days}`);
  const { "ca.crt": caBundle } = secret.data;
  assert.deepEqual(configuration, {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "signalbox-admission" },
    webhooks: [{ name: "plugins.admission.signalbox", clientConfig: { caBundle } }],
  });
  const [again] = await made();
  assert.notEqual(again.data["ca.crt"], secret.data["ca.crt"]);
});

test("names, addresses and days are those that are given", async () => {
  const [secret] = await made(
    "--service",
    "a",
    "-n",
    "b",
    "--host",
    "c.example",
    "--host",
    "127.0.0.1",
    "--days",
    "30",
  );
  const certificate = new X509Certificate(decoded(secret.data["tls.crt"]));
  assert.equal(secret.metadata.namespace, "b");
  assert.equal(
    certificate.subjectAltName,
    "DNS:a.b.svc, DNS:a.b.svc.cluster.local, DNS:a.b, DNS:c.example, IP Address:127.0.0.1",
  );
  assert.ok((Date.parse(certificate.validTo) - Date.now()) / DAY_MS <= 30);
});

test("the CA before stays trusted with --trust-too, so that replicas can change over one by one", async (t) => {
  const folder = folderFor(t);
  const [before] = await made();
  writeFileSync(join(folder, "ca.crt"), decoded(before.data["ca.crt"]));
  const [secret, configuration] = await made("--trust-too", join(folder, "ca.crt"));
  const bundle = decoded(configuration.webhooks[0]?.clientConfig.caBundle);
  assert.equal(bundle, decoded(secret.data["ca.crt"]) + decoded(before.data["ca.crt"]));
});

test("files are for their owner alone, and OpenSSL takes them for a server", async (t) => {
  const folder = join(folderFor(t), "made");
  const { status, out } = await signalbox(["admission", "certificate", "--folder", folder]);
  assert.deepEqual([status, out], [0, ""]);
  for (const name of ["tls.crt", "tls.key", "ca.crt"]) {
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
    assert.match(readFileSync(join(folder, name), "utf8"), /^-----BEGIN .*-----\n[^]*-----END .*-----\n$/);
  }
  const options = [
    "verify",
    "-x509_strict",
    "-purpose",
    "sslserver",
    "-verify_hostname",
    "signalbox-admission.signalbox-system.svc",
  ];
  const { error, stdout, stderr } = spawnSync("openssl", [...options, "-CAfile", "ca.crt", "tls.crt"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (error !== undefined) return t.skip("there is no openssl");
  assert.equal(stdout, "tls.crt: OK\n", stderr);
});

test("its options are checked", async () => {
  const { status, err } = await signalbox(["admission", "certificate", "--days", "0"]);
  const help = "signalbox admission certificate --help tells more";
  assert.deepEqual([status, err], [2, `signalbox: --days 0: expected a whole number from 1 to 3650; ${help}\n`]);
  const missing = await signalbox(["admission", "certificate", "--trust-too", "none.crt"]);
  assert.equal(missing.err, "signalbox: none.crt cannot be read: there is no such file\n");
});
