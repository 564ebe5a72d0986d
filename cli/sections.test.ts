/** The module signalbox, whose pluginConfig has sections: what validate, explain and test say of them. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Explanation, SectionExplanation } from "./decision/explain.ts";
import { signalbox } from "./test/run.ts";

const PLUGIN = "modules/signalbox/wasmplugin.yaml";
const SLEEP = "cluster.local/ns/default/sa/sleep";
const INBOUND = ["--direction", "INBOUND"];
const OUTBOUND = ["--direction", "OUTBOUND"];

const deny = (rule: object): object => ({ policies: [{ name: "p", action: "DENY", rules: [rule] }] });
const fault = (match: object, abort: object): object => ({
  virtualServices: [{ hosts: ["*"], http: [{ name: "f", match: [match], fault: { abort } }] }],
});
const ALWAYS = { percentage: { value: 100 }, httpStatus: 503 };
const TO_V1 = {
  virtualServices: [{ hosts: ["*"], http: [{ route: [{ destination: { host: "r", subset: "v1" } }] }] }],
};

/** Validates a WasmPlugin; gives what was found, a line each. */
async function found(pluginConfig: object, spec: object = {}): Promise<string[]> {
  const usual = { url: "oci://registry.internal/signalbox:1", phase: "AUTHZ", failStrategy: "FAIL_CLOSE" };
  const { out } = await signalbox(
    ["validate", "-"],
    JSON.stringify({
      apiVersion: "extensions.istio.io/v1alpha1",
      kind: "WasmPlugin",
      metadata: { name: "a", namespace: "default" },
      spec: { ...usual, ...spec, pluginConfig },
    }),
  );
  const lines = out.trimEnd().split("\n").slice(0, -1);
  return lines.map((line) => line.replace(/^<stdin>:\d+:\d+: /, ""));
}

test("validate: a message begins with the section and points into it", async () => {
  const text = [
    "trustDomain: td",
    "authz:",
    "  policies:",
    "    - name: p",
    "      rules: [{ form: [] }]",
    "headerRouting:",
    "  trustDomain: td",
    "  virtualServices:",
    "    - { apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: a } }",
    "faultInjection:",
    "  virtualServices: [{ hosts: [a], http: [{ fault: { abort: { httpStatus: 503 } } }] }]",
  ].join("\n");
  const { status, out } = await signalbox(["validate", "--filter", "signalbox", "-"], text);
  assert.equal(status, 1);
  const lines = out.trimEnd().split("\n").slice(0, -1);
  assert.deepEqual(
    lines.map((line) => line.replace(/ \[signalbox\]$/, "")),
    [
      '<stdin>:5:17: error: authz.policies[0].rules[0]: unknown field "form" (did you mean "from"?)',
      "<stdin>:7:16: error: headerRouting.trustDomain: write it at the top of pluginConfig, beside the sections: it holds for all of them",
      "<stdin>:9:7: error: headerRouting.virtualServices[0]: a whole VirtualService: write its name, its namespace and the fields of its spec, without metadata and spec",
      "<stdin>:11:53: warning: faultInjection.virtualServices[0].http[0].fault.abort: never injected: without a percentage it is 0; write percentage: { value: 100 }",
    ],
  );
});

test("validate: a policy in the place of a section is one finding", async () => {
  const whole = { apiVersion: "security.istio.io/v1", kind: "AuthorizationPolicy", metadata: { name: "a" }, spec: {} };
  assert.deepEqual(await found({ authz: whole }), [
    "error: authz: a whole AuthorizationPolicy: signalbox convert makes a plugin of it [signalbox]",
  ]);
});

test("validate: with authz the phase is AUTHZ and the fail strategy FAIL_CLOSE, and anything else is warned of", async () => {
  const guarded = { authz: deny({}), headerRouting: TO_V1 };
  assert.deepEqual(await found(guarded), []);
  assert.deepEqual(await found(guarded, { failStrategy: undefined }), []);
  const belongs =
    "the section authz belongs into the phase AUTHZ, after tokens are verified and before all that has no phase; write AUTHZ";
  assert.deepEqual(await found(guarded, { phase: undefined }), [`warning: spec.phase: not set: ${belongs}`]);
  assert.deepEqual(await found(guarded, { phase: "STATS" }), [`warning: spec.phase: STATS: ${belongs}`]);
  const claims = { authz: deny({ when: [{ key: "request.auth.claims[a]", values: ["b"] }] }) };
  assert.deepEqual(await found(claims, { phase: "AUTHN" }), [
    "warning: spec.phase: in this phase no token is verified yet, so there are no claims for authz.policies[0].rules[0].when[0].key; write AUTHZ",
  ]);
  assert.deepEqual(await found(guarded, { failStrategy: "FAIL_OPEN" }), [
    "warning: spec.failStrategy: if the module cannot run, the section authz checks nothing and every request passes; write FAIL_CLOSE",
  ]);
  // Without authz it is as for each other filter.
  assert.deepEqual(await found({ headerRouting: TO_V1 }, { phase: undefined, failStrategy: "FAIL_OPEN" }), []);
  assert.deepEqual(await found({ headerRouting: TO_V1 }, { phase: undefined, failStrategy: undefined }), [
    "warning: spec.failStrategy: not set, so FAIL_CLOSE: if the module cannot be loaded, every request is refused; write FAIL_OPEN",
  ]);
});

test("validate: a section for listeners that the plugin is not at", async () => {
  const both = { authz: deny({}), headerRouting: TO_V1, tracePropagation: {} };
  const never = (section: string, mode: string, at: string): string =>
    `warning: spec.match[0].mode: ${section} never acts: its mode is ${mode}, and the plugin is at ${at} listeners only; write CLIENT_AND_SERVER`;
  assert.deepEqual(await found(both, { match: [{ mode: "CLIENT" }] }), [never("authz", "SERVER", "CLIENT")]);
  assert.deepEqual(await found(both, { match: [{ mode: "SERVER" }] }), [never("headerRouting", "CLIENT", "SERVER")]);
  for (const match of [undefined, [{ mode: "CLIENT_AND_SERVER" }], [{ mode: "CLIENT" }, { mode: "SERVER" }]]) {
    assert.deepEqual(await found(both, { match }), []);
  }
  // A gateway's listeners are both.
  const gateway = { match: [{ mode: "CLIENT" }], selector: { matchLabels: { istio: "ingressgateway" } } };
  assert.deepEqual(await found(both, gateway), []);
});

/** What becomes of a request, and of it in each section. */
async function explained(args: readonly string[], input = ""): Promise<Explanation> {
  const { out, err, status } = await signalbox(["explain", ...args, "--output", "json"], input);
  assert.equal(err, "");
  assert.equal(status, 0);
  return (JSON.parse(out) as Explanation[])[0] as Explanation;
}

/** Each section's outcome, with the rule, or why it was not asked. */
function outcomes({ sections = [] }: Explanation): string[] {
  const told = ({ outcome, because, rule }: SectionExplanation): string =>
    outcome === "not asked" ? `not asked: ${because}` : `${outcome} by ${rule}`;
  return sections.map((one) => `${one.section} ${told(one)}`);
}

test("explain: the decision of every section, in order, with its rule", async () => {
  const jason = await explained([PLUGIN, "--host", "reviews", "-H", "end-user: jason", ...OUTBOUND]);
  assert.equal(jason.outcome, "forwarded");
  assert.deepEqual(outcomes(jason), [
    "tracePropagation forwarded by none",
    "authz not asked: its mode is SERVER, and the request is OUTBOUND",
    "headerRouting forwarded by jason",
    "faultInjection forwarded by none",
  ]);
  assert.deepEqual(jason.sections?.[2]?.request, { "x-subset": "v2" });
  assert.deepEqual(jason.sections?.[2]?.counters, ["header_routing.route.jason.matched"]);
  assert.deepEqual(Object.keys(jason.request).sort(), ["traceparent", "tracestate", "x-subset"]);
  assert.match(jason.sections?.[3]?.because ?? "", /^entry slow matches and injects nothing: its percentage spares/);

  const sleep = await explained([PLUGIN, "--host", "productpage", "--principal", SLEEP, ...INBOUND]);
  assert.deepEqual(outcomes(sleep), [
    "tracePropagation forwarded by none",
    "authz forwarded by ns[default]-policy[productpage]-rule[0]",
    "headerRouting not asked: its mode is CLIENT, and the request is INBOUND",
    "faultInjection not asked: its mode is CLIENT, and the request is INBOUND",
  ]);
});

test("explain: who answers, what comes near in its section, and what is not asked after it", async () => {
  const asked = ["--host", "productpage", "--method", "POST", "--principal", SLEEP];
  const { out } = await signalbox(["explain", PLUGIN, ...asked]);
  const [whole = "", , authz = "", ...others] = out.trimEnd().split("\n\n");
  assert.match(
    whole,
    /^signalbox: answered 403 \(rbac_access_denied_matched_policy\[none\]\)\nassumed {3}every section acts, as nothing says/,
  );
  assert.match(authz, /^authz: answered 403 \(.*\): no ALLOW rule matches\nrule {6}none\n/);
  assert.match(authz, /^nearest {3}ns\[default\]-policy\[productpage\]-rule\[0\]: methods: POST is not GET$/m);
  assert.deepEqual(others, [
    "headerRouting: not asked: authz answered before it",
    "faultInjection: not asked: authz answered before it",
  ]);
});

test("explain: a section is explained with the request as those before it left it", async () => {
  const config = JSON.stringify({
    direction: "OUTBOUND",
    headerRouting: { steering: { header: "x-subset", value: "{subset}" }, ...TO_V1 },
    faultInjection: fault({ headers: { "x-subset": { exact: "v2" } } }, ALWAYS),
  });
  const { sections = [] } = await explained(["--filter", "signalbox", "-"], config);
  assert.equal(sections[1]?.because, "no entry of VirtualService for * matches");
  assert.deepEqual(sections[1]?.nearest, [
    { rule: "f", failed: [{ field: "headers[x-subset]", wanted: { exact: "v2" }, has: "v1" }] },
  ]);
  assert.equal(sections[1]?.outcome, "forwarded");
  const met = await explained(["--filter", "signalbox", "-"], config.replace('"exact":"v2"', '"exact":"v1"'));
  assert.equal(met.outcome, "answered");
  assert.equal(met.sections?.[1]?.outcome, "answered");
  assert.equal(met.rule, "f");
});

const table = async (tests: object[], ...args: string[]) =>
  signalbox(["test", "-", ...args], JSON.stringify({ config: PLUGIN, tests }));

test("test: what is expected of each section, and coverage by section", async () => {
  const jason = { host: "reviews", headers: { "end-user": "jason" }, direction: "OUTBOUND" };
  const sections = {
    authz: { outcome: "not asked" },
    headerRouting: { rule: "jason", sends: { "x-subset": "v2" } },
    faultInjection: { delay: "none" },
  };
  const met = await table([{ request: jason, expect: { outcome: "forwarded", sections } }], "--coverage");
  assert.equal(met.status, 0);
  assert.match(met.out, /coverage: 1 of 4 rules \(25 %\)/);
  assert.match(met.out, /wasmplugin\.yaml:\d+: no test meets authz: ns\[default\]-policy\[productpage\]-rule\[0\]/);
  assert.match(met.out, /no test meets faultInjection: slow/);
  const otherwise = { headerRouting: { rule: "everyone-else" }, authz: { status: 403 } };
  const { status, out } = await table([{ request: jason, expect: { sections: otherwise } }]);
  assert.equal(status, 1);
  assert.match(out, /what: "headerRouting rule"\n +expected: "everyone-else"\n +actual: "jason"/);
  assert.match(out, /what: "authz status"\n +expected: 403\n +actual: "none"/);
});

test("test: expectations that have no meaning say what to write", async () => {
  const request = { host: "reviews" };
  const refused = async (expect: object): Promise<string> => (await table([{ request, expect }])).err;
  assert.match(
    await refused({ rule: "jason" }),
    /each section has its own rule: write sections: \{ authz: \{ rule: … \} \}/,
  );
  assert.match(await refused({ sections: { routing: { rule: "a" } } }), /sections: expected what is expected of trace/);
  assert.match(await refused({ sections: { authz: { rul: "a" } } }), /expect\.sections\.authz: unknown field "rul"/);
  assert.match(await refused({ outcome: "not asked" }), /outcome: expected forwarded or answered/);
  const tests = [{ request, expect: { sections: { authz: { rule: "a" } } } }];
  const alone = JSON.stringify({ config: "filters/authz/wasmplugin.yaml", tests });
  assert.match((await signalbox(["test", "-"], alone)).err, /authz has no sections: leave sections out/);
});

test("test: if no section applies to any test, that is one more that fails", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-sections-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const routes = { virtualServices: [{ name: "r", hosts: ["reviews"], http: TO_V1.virtualServices[0]?.http }] };
  writeFileSync(join(folder, "config.yaml"), JSON.stringify({ authz: deny({}), headerRouting: routes }));
  const request = { host: "ratings", direction: "OUTBOUND" };
  const tests = [{ request, expect: { outcome: "forwarded" } }];
  writeFileSync(join(folder, "table.yaml"), JSON.stringify({ config: "config.yaml", filter: "signalbox", tests }));
  const { status, out } = await signalbox(["test", join(folder, "table.yaml")]);
  assert.equal(status, 1);
  assert.match(
    out,
    /actual: "authz: its mode is SERVER, and the request is OUTBOUND; headerRouting: VirtualService r \(hosts reviews; the request is for ratings\)"/,
  );
});
