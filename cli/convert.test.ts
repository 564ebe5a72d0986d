/** Where `signalbox convert` puts what it makes, what it names as not converted, and what it ends with. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { converted, policy, service, documents, to, SLEEP, URL } from "./test/conversion.ts";
import { signalbox } from "./test/run.ts";

test("where the plugin goes follows from exportTo, or from --to-namespace", async () => {
  const http = [{ route: [to("v1")] }, { route: [to("v2")] }];
  const where = async (text: string, ...args: string[]) => {
    const { resources, lines } = await converted(text, ...args);
    return [resources.at(-1)?.metadata.namespace, ...lines.map((line) => line.replace(/.*not converted: /, ""))];
  };
  const mine = service("reviews", http, { exportTo: ["."] });
  assert.deepEqual(await where(service("reviews", http)), ["istio-system"]);
  assert.deepEqual(await where(mine), ["default"]);
  assert.deepEqual(await where(mine, "--to-namespace", "front"), ["front"]);
  assert.deepEqual(await where(documents(mine, service("ratings", http))), [
    "istio-system",
    "it is exported to other namespaces than the others: convert it alone, with --to-namespace",
  ]);
});

test("what cannot be converted is named with the reason", async () => {
  const reason = async (text: string) => {
    const { status, lines, out } = await converted(text);
    assert.equal(status, 1);
    assert.equal(out, "");
    return lines.map((line) => line.replace(/^<stdin>:\d+:\d+: error: /, "")).join("\n");
  };
  const regex = [{ match: [{ uri: { regex: "a(?=b)" } }], route: [to("v1")] }];
  assert.match(
    await reason(service("reviews", regex)),
    /not converted: http\[0\]\.match\[0\]\.uri\.regex: not an RE2 regular expression/,
  );
  const tcp = { tcp: [{ route: [{ destination: { host: "a" } }] }] };
  assert.equal(await reason(service("a", [], tcp)), "VirtualService a: not converted: it has no HTTP route for mesh");
  assert.equal(
    await reason(policy("a", {}).replace("security.istio.io/v1", "security.istio.io/v2")),
    "AuthorizationPolicy a: not converted: no AuthorizationPolicy in security.istio.io/v2: write security.istio.io/v1 (or v1beta1)",
  );
  assert.equal(await reason("hosts: [a]"), "not a Kubernetes resource: it needs a kind and an apiVersion");
  assert.match(
    await reason(policy("a", { rulez: [] })),
    /^spec\.rulez: unknown field "rulez" \(did you mean "rules"\?\)$/,
  );
  const { lines } = await converted(service("reviews", [{ route: [to("v1")] }]), "--filter", "fault-injection");
  assert.match(lines.join(), /not converted: it has no faults$/);
});

test("all versions of the resources are taken", async () => {
  for (const version of ["v1alpha3", "v1beta1", "v1"]) {
    const text = service("reviews", [{ route: [to("v1")] }]).replace("io/v1", `io/${version}`);
    assert.equal((await converted(text)).status, 0, version);
  }
  const text = policy("a", { selector: { matchLabels: { app: "a" } }, rules: SLEEP });
  assert.equal((await converted(text.replace("io/v1", "io/v1beta1"))).status, 0);
});

test("strings that YAML 1.1 reads as something else are quoted", async () => {
  const match = [{ headers: { on: { exact: "yes" } } }];
  const { out } = await converted(service("reviews", [{ match, route: [to("v2")] }]));
  assert.match(out, /"on":\n\s+exact: "yes"/);
});

test("--output json is for programs", async () => {
  const { status, out } = await signalbox(
    ["convert", "-", "-o", "json"],
    policy("a", { action: "CUSTOM", provider: { name: "p" } }),
  );
  const { resources, findings } = JSON.parse(out) as { resources: unknown[]; findings: { severity: string }[] };
  assert.deepEqual(resources, []);
  assert.equal(findings[0]?.severity, "error");
  assert.equal(status, 1);
});

test("a selector that is none is a mistake of the command", async () => {
  const { status, err } = await signalbox(["convert", "-", "--selector", "app"], policy("a", { rules: SLEEP }));
  assert.equal(err, "signalbox: --selector app: expected labels, such as app=httpbin\n");
  assert.equal(status, 2);
});

const A = { selector: { matchLabels: { app: "a" } }, rules: SLEEP };

test("resources of other kinds are left as they are, and counted", async () => {
  const other = "apiVersion: v1\nkind: Service\nmetadata: { name: a }";
  // A kind of this name that is not Istio's.
  const mesh = "apiVersion: appmesh.k8s.aws/v1beta2\nkind: VirtualService\nmetadata: { name: a }\nspec: {}";
  const one = await converted(documents(policy("a", A), other));
  assert.deepEqual([one.status, one.lines, one.notes], [0, [], ["1 resource of another kind is left as it is."]]);
  const two = await converted(documents(other, mesh));
  assert.deepEqual([two.status, two.out, two.notes], [0, "", ["2 resources of other kinds are left as they are."]]);
  // --filter asks for one.
  const routes = service("reviews", [{ route: [to("v1")] }]);
  const authz = await converted(documents(routes, policy("a", A)), "--filter", "authz");
  assert.deepEqual(
    authz.resources.map(({ metadata }) => metadata.name),
    ["authz-a"],
  );
  assert.deepEqual(authz.notes, ["1 resource of another kind is left as it is."]);
  assert.equal((await converted("apiVersion: v1\nkind: List\nitems: []")).status, 0);
});

test("what is given twice is converted once; two that differ are told apart by nobody", async () => {
  const same = await converted(documents(policy("a", A), policy("a", A)));
  assert.deepEqual([same.status, same.resources.length], [0, 1]);
  assert.match(
    same.lines.join(),
    /^<stdin>:3:\d+: warning: AuthorizationPolicy a: given twice: the same stands at <stdin>:1$/,
  );
  const differ = await converted(documents(policy("a", A), policy("a", { ...A, action: "DENY" }), policy("b", A)));
  assert.deepEqual([differ.status, differ.out], [1, ""]);
  assert.match(
    differ.lines.join("\n"),
    /^<stdin>:3:\d+: error: AuthorizationPolicy a: not converted: another AuthorizationPolicy of this name stands at <stdin>:1; take one of them out, then all are converted$/,
  );
  const folder = mkdtempSync(join(tmpdir(), "signalbox-convert-"));
  try {
    const file = join(folder, "a.yaml");
    writeFileSync(file, policy("a", A));
    const { status, err } = await signalbox(["convert", "--url", URL, file, file]);
    assert.deepEqual([status, err], [0, `${file} is given twice, and read once.\n`]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("plugins do not take one another's name", async () => {
  const plugin = (name: string) =>
    JSON.stringify({
      apiVersion: "extensions.istio.io/v1alpha1",
      kind: "WasmPlugin",
      metadata: { name, namespace: "foo" },
      spec: { url: "oci://example.com/other" },
    });
  const { lines, out, status } = await converted(
    documents(plugin("x"), plugin("x"), plugin("authz-a"), policy("a", A)),
  );
  assert.match(
    lines[0] ?? "",
    /^<stdin>:3:\d+: warning: WasmPlugin x: another WasmPlugin of this name stands at <stdin>:1: /,
  );
  assert.match(
    lines[1] ?? "",
    /^<stdin>:5:\d+: warning: WasmPlugin authz-a: the plugin that is made has this name too/,
  );
  assert.match(out, /^# It REPLACES the WasmPlugin of this name that was given\.$/m);
  assert.equal(status, 0);
  const names = async (text: string, ...args: string[]) =>
    (await converted(text, ...args)).resources.map(({ metadata }) => metadata.name);
  assert.deepEqual(await names(policy("a", A), "--name", "guard"), ["guard"]);
  const two = documents(policy("a", A), policy("b", { ...A, selector: { matchLabels: { app: "b" } } }));
  assert.deepEqual(await names(two, "--name", "guard"), ["guard-authz-a", "guard-authz-b"]);
  const gateways = [{ istio: "ingress" }, { istio: "ingress", x: "y" }, { x: "ingress" }];
  const pods = gateways.flatMap((labels) => [
    "--gateway-pods",
    Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(),
  ]);
  const all = await names(policy("a", { rules: SLEEP }), ...pods);
  assert.deepEqual(all, ["authz-a", "authz-a-ingress", "authz-a-ingress-2"]);
  // What Kubernetes takes no name of is told apart all the same.
  const odd = ["A_b", "a_b"].map((istio) => `istio=${istio}`);
  const made = await names(policy("a", { rules: SLEEP }), ...odd.flatMap((labels) => ["--gateway-pods", labels]));
  assert.match(made.join(), /^authz-a,authz-a-a-b-[0-9a-f]{8},authz-a-a-b-[0-9a-f]{8}$/);
});

test("outputs can be joined, and their steps are numbered", async () => {
  const other = { ...A, selector: { matchLabels: { app: "b" } } };
  const first = await converted(documents(policy("a", A), policy("b", other)));
  const second = await converted(policy("c", A));
  const joined = parseAllDocuments(first.out + second.out);
  assert.deepEqual(
    [...joined].map((document) => document.errors),
    [[], [], []],
  );
  assert.deepEqual(first.out.match(/^# \d+\. \w+ \w+/gm), ["# 1. Apply this", "# 2. Apply this", "# 3. Then delete"]);
});

test("what a plugin still needs is said: an image, and whether it is meant for the whole mesh", async () => {
  const own = await signalbox(["convert", "-"], policy("a", A));
  assert.equal(
    own.err,
    "warning: the plugins have a placeholder url, at which there is no image: give yours with --url.\n",
  );
  assert.match(own.out, /^# There is no image at this url: write yours, or give it with --url/m);
  const root = policy("a", { rules: SLEEP }, { namespace: "istio-system" });
  const { notes, out } = await converted(root, "--gateway-pods", "none");
  assert.deepEqual(notes, [
    "warning: WasmPlugin istio-system/authz-a is for every workload of the mesh; --selector narrows it.",
  ]);
  assert.match(out, /^# It is for every workload of the mesh: /m);
});

test("there is no dry run of routes", async () => {
  const { lines, status } = await converted(service("reviews", [{ route: [to("v1")] }]), "--dry-run");
  assert.match(lines.join(), /VirtualService reviews: not converted: there is no dry run of routes and faults/);
  assert.equal(status, 1);
});
