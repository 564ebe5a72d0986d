/** Where `signalbox convert` puts what it makes, what it names as not converted, and what it ends with. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { converted, policy, service, documents, to, JASON, SLEEP } from "./testing/conversion.ts";
import { signalbox } from "./testing/run.ts";

test("for a gateway: its matches alone, its workloads, its namespace", async () => {
  const http = [
    { match: [{ gateways: ["mesh"], ...JASON[0] }], route: [to("v3")] },
    { match: [{ gateways: ["front"], uri: { exact: "/a" } }, { gateways: ["mesh"] }], route: [to("v2")] },
    { route: [to("v1")] },
  ];
  const text = service("reviews", http, { gateways: ["mesh", "front"] });
  const { resources, lines, status } = await converted(
    text,
    "--gateway",
    "front",
    "--selector",
    "istio=ingressgateway",
  );
  assert.deepEqual(resources[0]?.metadata, { name: "header-routing-reviews", namespace: "default" });
  assert.deepEqual(resources[0]?.spec["selector"], { matchLabels: { istio: "ingressgateway" } });
  const { virtualServices } = resources[0]?.spec["pluginConfig"] as { virtualServices: { http: object[] }[] };
  assert.deepEqual(virtualServices[0]?.http, [
    { match: [{ uri: { exact: "/a" } }], route: [to("v2")] },
    { route: [to("v1")] },
  ]);
  assert.deepEqual(resources[1]?.spec["gateways"], ["front"]);
  assert.match(lines.join(), /warning: VirtualService reviews: converted for front alone: keep one for mesh/);
  assert.equal(status, 0);
  const other = await converted(text, "--gateway", "back");
  assert.match(
    other.lines.join(),
    /error: VirtualService reviews: not converted: for mesh, front: say with --gateway for which/,
  );
  assert.equal(other.status, 1);
});

test("where the plugin goes follows from exportTo, or from --to-namespace", async () => {
  const http = [{ route: [to("v1")] }, { route: [to("v2")] }];
  const where = async (text: string, ...args: string[]) => {
    const { resources, lines } = await converted(text, ...args);
    return [resources[0]?.metadata.namespace, ...lines.map((line) => line.replace(/.*not converted: /, ""))];
  };
  const mine = service("reviews", http, { exportTo: ["."] });
  assert.deepEqual(await where(service("reviews", http)), ["istio-system"]);
  assert.deepEqual(await where(mine), ["default"]);
  assert.deepEqual(await where(mine, "--to-namespace", "front"), ["front"]);
  assert.deepEqual(await where(documents(mine, service("ratings", http))), [
    "istio-system",
    "exported to other namespaces than the rest: convert it alone, with --to-namespace",
  ]);
});

test("what cannot be converted is named with the reason", async () => {
  const reason = async (text: string) => {
    const { status, lines, out } = await converted(text);
    assert.equal(status, 1);
    assert.equal(out, "");
    return lines.map((line) => line.replace(/^<stdin>:\d+:\d+: error: /, "")).join("\n");
  };
  const delegate = [{ match: JASON, delegate: { name: "a" } }];
  assert.equal(
    await reason(service("reviews", delegate)),
    "VirtualService reviews: not converted: http[0].delegate: its routes are in another resource: write them here",
  );
  const regex = [{ match: [{ uri: { regex: "a(?=b)" } }], route: [to("v1")] }];
  assert.match(
    await reason(service("reviews", regex)),
    /not converted: http\[0\]\.match\[0\]\.uri\.regex: not an RE2 regular expression/,
  );
  const tcp = { tcp: [{ route: [{ destination: { host: "a" } }] }] };
  assert.equal(await reason(service("a", [], tcp)), "VirtualService a: not converted: it has no HTTP route for mesh");
  assert.equal(
    await reason(policy("a", {}).replace("security.istio.io/v1", "security.istio.io/v2")),
    "AuthorizationPolicy a: not converted: Istio has no AuthorizationPolicy of security.istio.io/v2; write security.istio.io/v1",
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
