/** That kustomize builds every folder of manifests/, and what the overlays make. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { parseAllDocuments } from "yaml";
import { PROJECT, filesBelow } from "../../tools/project.ts";

/** How kustomize is called here: by itself, or as kubectl has it. */
const COMMAND = [
  ["kustomize", "build"],
  ["kubectl", "kustomize"],
].find(([program = ""]) => spawnSync(program, ["version", "--client"], { stdio: "ignore" }).error === undefined);
const skip = COMMAND === undefined && "there is neither kustomize nor kubectl";

/** For the kustomizations of others; by themselves they are built to nothing, or patch nothing. */
const COMPONENTS = ["manifests/metrics", "manifests/sidecar"];

interface Resource {
  kind: string;
  metadata: { name: string; namespace?: string };
  spec: Record<string, unknown> & { template?: { metadata: { annotations: Record<string, string> } } };
}

function build(folder: string): Resource[] {
  const [program = "", ...words] = COMMAND ?? [];
  const { status, stdout, stderr } = spawnSync(program, [...words, folder], { encoding: "utf8" });
  assert.equal(status, 0, `${folder}: ${stderr}`);
  return parseAllDocuments(stdout).map((document) => document.toJS() as Resource);
}

const manifests = (folder: string) => build(join(PROJECT, "manifests", folder));
const names = (resources: Resource[]) => resources.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();

test("every folder with a kustomization is built, to something", { skip }, () => {
  const folders = filesBelow("manifests")
    .filter((file) => file.endsWith("/kustomization.yaml"))
    .map(dirname);
  for (const folder of folders.filter((one) => !COMPONENTS.includes(one))) {
    assert.ok(build(join(PROJECT, folder)).length > 0, folder);
  }
});

test("header-routing comes with the VirtualService and DestinationRule that it needs", { skip }, () => {
  const expected = ["DestinationRule reviews", "VirtualService reviews"];
  assert.deepEqual(names(manifests("base/header-routing")), [...expected, "WasmPlugin header-routing"]);
  const extended = names(manifests("traffic-extension/header-routing"));
  assert.deepEqual(extended, ["DestinationRule reviews", "TrafficExtension header-routing", "VirtualService reviews"]);
});

test("the walk-through has Istio's own three tasks, each once", { skip }, () => {
  const resources = manifests("walkthrough");
  assert.deepEqual(names(resources), [
    "DestinationRule reviews",
    "PeerAuthentication httpbin",
    "VirtualService reviews",
    "WasmPlugin authz",
    "WasmPlugin fault-injection",
    "WasmPlugin header-routing",
  ]);
  const specOf = (name: string) => resources.find(({ metadata }) => metadata.name === name)?.spec;
  assert.deepEqual(resources.find(({ kind }) => kind === "PeerAuthentication")?.spec.mtls, { mode: "STRICT" });
  const faults = JSON.stringify(specOf("fault-injection"));
  assert.ok(faults.includes('{"delay":{"fixedDelay":"5s","percentage":{"value":10}}}'), faults);
  assert.equal(specOf("authz")?.failStrategy, "FAIL_CLOSE");
});

/** What a component makes of two Deployments. */
function composed(t: TestContext, component: string): Resource[] {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-kustomize-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(PROJECT, "manifests", component), join(folder, component), { recursive: true });
  const deployment = (name: string) => ({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name }, spec: {} });
  writeFileSync(join(folder, "a.yaml"), JSON.stringify(deployment("a")));
  writeFileSync(join(folder, "b.yaml"), JSON.stringify(deployment("b")));
  const kustomization = { resources: ["a.yaml", "b.yaml"], components: [component] };
  writeFileSync(join(folder, "kustomization.yaml"), JSON.stringify(kustomization));
  return build(folder);
}

test("the component for sidecars annotates the pods of every Deployment", { skip }, (t) => {
  const built = composed(t, "sidecar");
  assert.deepEqual(names(built), ["Deployment a", "Deployment b"]);
  for (const { spec } of built) {
    const annotations = spec.template?.metadata.annotations ?? {};
    assert.deepEqual(JSON.parse(annotations["proxy.istio.io/config"] ?? ""), { concurrency: 2 });
    assert.equal(annotations["sidecar.istio.io/proxyMemoryLimit"], "1Gi");
  }
});

test("the component for statistics names a ConfigMap at every Deployment, and brings it", { skip }, (t) => {
  const built = composed(t, "metrics");
  assert.deepEqual(names(built), ["ConfigMap signalbox-labels", "Deployment a", "Deployment b"]);
  for (const { spec } of built.filter(({ kind }) => kind === "Deployment"))
    assert.deepEqual(spec.template?.metadata.annotations, { "sidecar.istio.io/bootstrapOverride": "signalbox-labels" });
});

test("each arrangement of tracing says one thing about reviews", { skip }, () => {
  const tracing = (folder: string) => manifests(`tracing/${folder}`).map(({ kind, spec }) => [kind, spec.tracing]);
  assert.deepEqual(tracing("off"), [["Telemetry", [{ disableSpanReporting: true }]]]);
  assert.deepEqual(tracing("silent"), [["Telemetry", [{ disableContextPropagation: true }]]]);
  assert.deepEqual(tracing("next-hop"), [["Telemetry", [{ match: { mode: "CLIENT" }, disableSpanReporting: true }]]]);
});
