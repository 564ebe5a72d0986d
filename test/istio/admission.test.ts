/**
 * The webhook `signalbox admission` behind a real API server with Istio's own resource definitions: `make istio-test`. Istio itself
 * has no part in it, so none is started.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { stringify } from "yaml";
import { until } from "../../envoy/deadline.ts";
import { Missing } from "../../tools/envoy-binary.ts";
import { ADMISSION } from "../../tools/manifests/admission-manifests.ts";
import { PROJECT } from "../../tools/project.ts";
import { freePort } from "../support/envoy/ports.ts";
import { Kubernetes, type Resource } from "./harness/kubernetes.ts";
import { wasmPlugin, type PluginSpec } from "./harness/plugins.ts";
import { Program } from "./harness/program.ts";
import { builtPrograms } from "./programs/cache.ts";

const SIGNALBOX = [process.execPath, join(PROJECT, "cli/signalbox.js")] as const;
const IMAGE = "oci://registry.local/signalbox/authz:0.1.0";

const GOOD = spec([{ name: "get", rules: [{ to: [{ operation: { methods: ["GET"] } }] }] }]);
const MISTAKEN = spec([{ name: "get", rules: [{ from: [{ source: { principal: ["cluster.local/ns/a/sa/b"] } }] }] }]);
const REFUSAL =
  '/spec/pluginConfig/policies/0/rules/0/from/0/source/principal: error: policies[0].rules[0].from[0].source: unknown field "principal" (did you mean "principals"?) [authz] [SBX201]';

function spec(policies: readonly object[]): PluginSpec {
  const selector = { matchLabels: { app: "httpbin" } };
  return { url: IMAGE, selector, phase: "AUTHZ", failStrategy: "FAIL_CLOSE", pluginConfig: { policies } };
}

let kubernetes: Kubernetes;
let webhook: Program | undefined;
let folder = "";
let port = 0;

before(async () => {
  const programs = builtPrograms();
  if (programs === undefined) throw new Missing("Istio is not built yet: make istio-test builds it.");
  folder = mkdtempSync(join(tmpdir(), "signalbox-admission-"));
  kubernetes = await Kubernetes.start(programs, join(folder, "kubernetes"));
  await kubernetes.kubectl(["apply", "--server-side", "-f", programs.path("crd-all.gen.yaml")]);
  await kubernetes.untilEstablished();
  port = await freePort();
});
after(async () => {
  await webhook?.stop();
  await kubernetes?.stop();
  if (folder !== "") rmSync(folder, { recursive: true });
});

async function signalbox(...args: string[]): Promise<string> {
  const program = Program.start({ name: "signalbox", command: SIGNALBOX[0], args: [SIGNALBOX[1], ...args], folder });
  return await program.output();
}

async function startWebhook(): Promise<Program> {
  const files = ["--certificate", "tls/tls.crt", "--key", "tls/tls.key"];
  const args = [
    SIGNALBOX[1],
    "admission",
    "--address",
    "127.0.0.1",
    "--port",
    `${port}`,
    "--drain",
    "0",
    "--deadline",
    "25s",
    ...files,
  ];
  const program = Program.start({ name: "the webhook", command: SIGNALBOX[0], args, folder });
  await program.logged("listening on");
  return program;
}

/** The configuration of the manifests, for the webhook on loopback in place of one behind a Service. A busy machine has time. */
function configuration(failurePolicy: "Ignore" | "Fail"): Resource {
  const [shown] = ADMISSION["base/validatingwebhookconfiguration.yaml"] ?? [];
  const [hook] = shown?.webhooks as [Record<string, unknown>];
  const caBundle = readFileSync(join(folder, "tls/ca.crt")).toString("base64");
  const clientConfig = { url: `https://127.0.0.1:${port}/validate`, caBundle };
  return { ...shown, webhooks: [{ ...hook, clientConfig, failurePolicy, timeoutSeconds: 30 }] };
}

/** What kubectl says where the API server refuses; undefined where it does not. */
async function refusal(resource: Resource, ...options: string[]): Promise<string | undefined> {
  try {
    await kubernetes.kubectl(["apply", ...options, "-f", "-"], stringify(resource));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** An API server learns of a configuration a moment after it has it. */
async function inForce(what: string, condition: (said: string | undefined) => boolean): Promise<void> {
  const probe = wasmPlugin("probe", MISTAKEN);
  await until(what, async () => condition(await refusal(probe, "--dry-run=server")));
}

test("an API server takes the manifests, and from `certificate` the Secret and nothing but the caBundle", async () => {
  const base = ["--kustomize", join(PROJECT, "manifests/admission/base")];
  await kubernetes.kubectl(["apply", ...base]);
  const made = await signalbox("admission", "certificate");
  await kubernetes.kubectl(["apply", "--server-side", "--field-manager=signalbox-certificate", "-f", "-"], made);
  const read = async (...words: string[]): Promise<Record<string, unknown>> =>
    JSON.parse(await kubernetes.kubectl(["get", ...words, "-o", "json"])) as Record<string, unknown>;
  const secret = await read("secret", "signalbox-admission-tls", "--namespace", "signalbox-system");
  const { webhooks } = await read("validatingwebhookconfiguration", "signalbox-admission");
  const [hook] = webhooks as [{ clientConfig: { caBundle: string; service: object }; failurePolicy: string }];
  assert.equal(hook.clientConfig.caBundle, (secret.data as Record<string, string>)["ca.crt"]);
  assert.equal(hook.failurePolicy, "Ignore");
  assert.deepEqual(hook.clientConfig.service, {
    name: "signalbox-admission",
    namespace: "signalbox-system",
    path: "/validate",
    port: 443,
  });
  // Who applies the manifests again, without a caBundle in them, leaves it there.
  await kubernetes.kubectl(["apply", ...base]);
  const again = await read("validatingwebhookconfiguration", "signalbox-admission");
  assert.deepEqual(again.webhooks, webhooks);
  await kubernetes.kubectl(["delete", "validatingwebhookconfiguration", "signalbox-admission"]);
});

test("what is in force before there is a webhook stays", async () => {
  await kubernetes.apply(wasmPlugin("older", MISTAKEN));
});

test("a mistake is refused with the line of signalbox validate and its place, what is right is taken", async () => {
  await signalbox("admission", "certificate", "--folder", "tls", "--host", "127.0.0.1");
  webhook = await startWebhook();
  await kubernetes.apply(configuration("Fail"));
  await inForce("the webhook to be asked", (said) => said?.includes(REFUSAL) === true);

  const said = await refusal(wasmPlugin("guard", MISTAKEN));
  const by = 'error when creating "STDIN": admission webhook "plugins.admission.signalbox" denied the request: ';
  assert.equal(said, `kubectl apply -f -: Error from server (BadRequest): ${by}${REFUSAL}\n`);
  await assert.rejects(kubernetes.kubectl(["get", "wasmplugin", "guard"]), /NotFound/);
  assert.equal(await refusal(wasmPlugin("guard", GOOD)), undefined);
  assert.match(await kubernetes.kubectl(["get", "wasmplugin", "guard", "-o", "name"]), /^wasmplugin/);
});

test("an update with a mistake is refused, and the object stays as it was", async () => {
  assert.ok((await refusal(wasmPlugin("guard", MISTAKEN)))?.includes(REFUSAL));
  const kept = await kubernetes.kubectl(["get", "wasmplugin", "guard", "-o", "jsonpath={.spec.pluginConfig}"]);
  assert.deepEqual(JSON.parse(kept), GOOD.pluginConfig);
});

test("an object that was wrong before can be labelled, with a warning, and deleted", async () => {
  await kubernetes.kubectl(["label", "wasmplugin", "older", "team=a"]);
  const label = ["label", "wasmplugin", "older", "team=b", "--overwrite", "--warnings-as-errors"];
  await assert.rejects(
    kubernetes.kubectl(label),
    /Warning: already applied, with an error: policies\[0\]\.rules\[0\]\.from\[0\]\.source: /,
  );
  await kubernetes.kubectl(["delete", "wasmplugin", "older"]);
});

test("what works and is probably a mistake is a warning of kubectl's", async () => {
  const { failStrategy: _, ...rest } = GOOD;
  const faults = { ...rest, url: IMAGE.replace("authz", "fault-injection"), pluginConfig: { virtualServices: [] } };
  const plugin = wasmPlugin("warned", faults);
  const said = await refusal(plugin, "--warnings-as-errors");
  assert.match(said ?? "", /Warning: spec\.failStrategy: not set, so FAIL_CLOSE: /);
  assert.equal(await refusal(plugin), undefined);
});

test("a plugin of another image is taken, whatever its pluginConfig", async () => {
  const url = "oci://registry.local/others/rate-limit:1";
  assert.equal(await refusal(wasmPlugin("other", { ...MISTAKEN, url }), "--warnings-as-errors"), undefined);
});

test("10,000 rules are reviewed in time, and a mistake in the last is found", async () => {
  const rules: object[] = Array.from({ length: 10_000 }, (_, number) => ({
    from: [{ source: { principals: [`cluster.local/ns/default/sa/app-${number}`] } }],
    to: [{ operation: { paths: [`/api/${number}`] } }],
  }));
  const plugin = (all: object[]): Resource => wasmPlugin("many", spec([{ name: "many", rules: all }]));
  assert.equal(await refusal(plugin(rules), "--server-side"), undefined);
  const said = await refusal(plugin([...rules.slice(1), { form: [] }]), "--server-side");
  assert.match(said ?? "", /policies\[0\]\.rules\[9999\]: unknown field "form" \(did you mean "from"\?\) \[authz\]/);
});

test("while the webhook is down, Fail refuses every plugin, and Ignore takes even a mistake", async () => {
  await webhook?.stop();
  const down = /failed calling webhook "plugins\.admission\.signalbox": .*connection refused/;
  assert.match((await refusal(wasmPlugin("guard", { ...GOOD, phase: "AUTHN" }))) ?? "", down);

  await kubernetes.apply(configuration("Ignore"));
  await inForce("Ignore to be in force", (said) => said === undefined);
  assert.equal(await refusal(wasmPlugin("unchecked", MISTAKEN)), undefined);

  // Back again, it is asked at once.
  webhook = await startWebhook();
  await inForce("the webhook to be asked", (said) => said?.includes(REFUSAL) === true);
});

test("a namespace with the label signalbox-admission=disabled is left alone", async () => {
  const labels = { "signalbox-admission": "disabled" };
  await kubernetes.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "free", labels } });
  const plugin = { ...wasmPlugin("guard", MISTAKEN), metadata: { name: "guard", namespace: "free" } };
  await until("the label to be known", async () => (await refusal(plugin)) === undefined);
});
