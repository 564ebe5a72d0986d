/** What `signalbox explain` shows of a decision, and what it refuses. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { PROJECT } from "../tools/project.ts";
import type { Decision } from "./decision/decide.ts";
import { signalbox } from "./test/run.ts";

const AUTHZ = "filters/authz/wasmplugin.yaml";
const ROUTING = "filters/header-routing/wasmplugin.yaml";
const FAULTS = "filters/fault-injection/wasmplugin.yaml";

/** The decision, as programs get it. */
async function explained(...args: string[]): Promise<Decision> {
  const { status, out, err } = await signalbox(["explain", ...args, "--output", "json"]);
  assert.equal(err, "");
  assert.equal(status, 0);
  return (JSON.parse(out) as Decision[])[0] as Decision;
}

/** Why the command cannot do it. */
async function refused(...args: string[]): Promise<string> {
  const { status, out, err } = await signalbox(["explain", ...args]);
  assert.equal(out, "");
  assert.equal(status, 2);
  return err;
}

test("a routed request: the route, the headers that change, and the host calls if asked for", async () => {
  const asked = ["--host", "reviews", "-H", "End-User: jason"];
  const { status, out } = await signalbox(["explain", ROUTING, ...asked]);
  const lines = [
    "header-routing: forwarded",
    "rule      jason",
    "request   + x-subset: v2",
    "counted   header_routing.route.jason.matched",
    'logged    header-routing: reviews http[0] "jason" -> v2',
  ];
  assert.equal(out, `${lines.join("\n")}\n`);
  assert.equal(status, 0);
  const calls = [
    "calls     get_header_map_pairs request",
    '          log debug header-routing: reviews http[0] "jason" -> v2',
    "          increment_metric header_routing.route.jason.matched 1",
    "          replace_header_map_value request x-subset=v2",
  ];
  const verbose = await signalbox(["explain", "-c", ROUTING, ...asked, "--verbose"]);
  assert.equal(verbose.out, `${[...lines, ...calls].join("\n")}\n`);
});

test("a header that is taken away, and a route without a name", async () => {
  const config =
    "steering: {}\nvirtualServices: [{ name: r, hosts: [reviews], http: [{ route: [{ destination: { host: a, subset: b } }] }] }]";
  const { out } = await signalbox(
    ["explain", "-c", "-", "-f", "header-routing", "-r", "{host: reviews}", "-o", "json"],
    config,
  );
  const [decision] = JSON.parse(out) as Decision[];
  assert.equal(decision?.rule, "r http[0]");
  const { request, rule } = await explained("-c", ROUTING, "--host", "other", "-H", "x-subset: v2");
  assert.deepEqual(request, { "x-subset": null });
  assert.equal(rule, "none");
});

test("a denied request: the answer and its details; who the caller is", async () => {
  const asked = ["-c", AUTHZ, "--path", "/ip"];
  const denied = await explained(...asked, "--principal", "spiffe://cluster.local/ns/default/sa/curl");
  assert.equal(denied.outcome, "answered");
  assert.equal(denied.answer?.status, 403);
  assert.equal(denied.answer?.details, "rbac_access_denied_matched_policy[none]");
  assert.equal(denied.answer?.body, "RBAC: access denied");
  assert.deepEqual(denied.counters, ["authz.denied"]);
  const allowed = await explained(...asked, "--principal", "cluster.local/ns/default/sa/sleep");
  assert.equal(allowed.outcome, "forwarded");
  assert.equal(allowed.rule, "ns[default]-policy[httpbin]-rule[0]");
  assert.equal(
    (await explained(...asked, "--method", "POST", "--principal", "cluster.local/ns/default/sa/sleep")).outcome,
    "answered",
  );
});

test("the workload is that of the selector, or the one that is asked about", async () => {
  // The policy is for httpbin in the namespace default, and for nobody else.
  assert.equal((await explained("-c", AUTHZ, "--labels", "app=other")).outcome, "forwarded");
  assert.equal((await explained("-c", AUTHZ, "--namespace", "other")).outcome, "forwarded");
  assert.equal((await explained("-c", AUTHZ, "--labels", "app=httpbin,version=v1")).outcome, "answered");
});

test("a delayed request, on the plugin that is named", async () => {
  const { delay, rule, response } = await explained(
    "-c",
    FAULTS,
    "--plugin",
    "fault-injection",
    "--host",
    "ratings",
    "-H",
    "end-user: jason",
  );
  assert.equal(delay, "7s");
  assert.equal(rule, "jason-waits");
  assert.deepEqual(response, { "x-fault-injected": "jason-waits" });
  const { out } = await signalbox(["explain", "-c", FAULTS, "--host", "other"]);
  assert.match(out, /^fault-injection: forwarded: .*\n[^]*\n\nfault-injection-inbound: forwarded: .*\n/);
});

test("claims, addresses, ports, server names, the direction and the time reach the filter", async () => {
  const rule = async (condition: object, request: object): Promise<string> => {
    const config = JSON.stringify({ policies: [{ name: "a", action: "DENY", rules: [condition] }] });
    const { out, err } = await signalbox(
      ["explain", "-c", "-", "-f", "authz", "-r", JSON.stringify(request), "-o", "json"],
      config,
    );
    assert.equal(err, "");
    return (JSON.parse(out) as Decision[])[0]?.outcome ?? "";
  };
  const when = (key: string, value: string) => ({ when: [{ key, values: [value] }] });
  const cases: [object, object, object][] = [
    [
      when("request.auth.claims[groups]", "staff"),
      { claims: { groups: ["staff"] } },
      { claims: { groups: ["others"] } },
    ],
    [when("remote.ip", "203.0.113.7"), { remoteIp: "203.0.113.7" }, { remoteIp: "203.0.113.8" }],
    [when("destination.port", "8080"), { port: 8080 }, { port: 80 }],
    [when("connection.sni", "a.example.com"), { sni: "a.example.com" }, { sni: "b.example.com" }],
    [when("request.headers[x]", "b"), { headers: { x: ["a", "b"] } }, { headers: { x: "a" } }],
    [{ to: [{ operation: { methods: ["GET"], paths: ["/%C3%A4"] } }] }, { path: "/%C3%A4?q" }, { path: "/a" }],
    // On the caller's side the source is the workload itself.
    [{ from: [{ source: { namespaces: ["default"] } }] }, { direction: "OUTBOUND" }, { direction: "INBOUND" }],
  ];
  for (const [condition, fitting, other] of cases) {
    assert.equal(await rule(condition, fitting), "answered", JSON.stringify(fitting));
    assert.equal(await rule(condition, other), "forwarded", JSON.stringify(other));
  }
  const window = { window: { from: "2026-11-25T10:00:00Z", until: "2026-11-25T11:00:00Z" } };
  const fault = { abort: { percentage: { value: 100 }, httpStatus: 503 } };
  const faults = JSON.stringify({ ...window, virtualServices: [{ hosts: ["a"], http: [{ fault }] }] });
  for (const [at, outcome] of [
    ["2026-11-25T10:30:00Z", "answered"],
    ["2026-11-25T12:00:00Z", "forwarded"],
  ] as const) {
    const request = JSON.stringify({ host: "a", at });
    const { out } = await signalbox(
      ["explain", "-c", "-", "-f", "fault-injection", "-r", request, "-o", "json"],
      faults,
    );
    assert.equal((JSON.parse(out) as Decision[])[0]?.outcome, outcome);
  }
});

test("expressions are evaluated as the example of authz says, which a test in a real Envoy holds Envoy to", async () => {
  const text = readFileSync(join(PROJECT, "filters/authz/examples/expression.yaml"), "utf8");
  const [config = "", expected = ""] = text.split(/^---\n/m);
  const decisions = parse(expected) as { request: { peer?: string }; verdict: string; by: string }[];
  assert.ok(decisions.length > 0);
  for (const { request, verdict, by } of decisions) {
    const { peer, ...others } = request;
    const asked = JSON.stringify({ host: "httpbin", ...others, ...(peer !== undefined && { principal: peer }) });
    const { out } = await signalbox(["explain", "-c", "-", "-f", "authz", "-r", asked, "-o", "json"], config);
    const [decision] = JSON.parse(out) as Decision[];
    assert.deepEqual(
      [decision?.outcome, decision?.rule],
      [verdict === "allowed" ? "forwarded" : "answered", by],
      asked,
    );
  }
});

test("an expression that cannot be evaluated for the request is named with the reason", async () => {
  const expression = "int(request.headers['x-items']) > 100 && request.time.getFullYear() == 2026";
  const policy = { name: "a", action: "DENY", rules: [{ when: [{ expression }] }] };
  const asked = async (headers: object): Promise<Decision> => {
    const request = JSON.stringify({ at: "2026-11-25T12:00:00Z", headers });
    const args = ["explain", "-c", "-", "-f", "authz", "-r", request, "-o", "json"];
    const { out } = await signalbox(args, JSON.stringify({ policies: [policy] }));
    return (JSON.parse(out) as [Decision])[0];
  };
  const unsure = await asked({});
  assert.equal(unsure.outcome, "answered");
  assert.deepEqual(unsure.unevaluated, [{ expression, reason: "field not found: x-items" }]);
  const sure = await asked({ "x-items": "500" });
  assert.equal(sure.outcome, "answered");
  assert.deepEqual(sure.unevaluated, []);
  assert.equal((await asked({ "x-items": "5" })).outcome, "forwarded");
});

test("a configuration with an expression that Envoy could never evaluate is refused, and why", async () => {
  const policy = { name: "a", action: "DENY", rules: [{ when: [{ expression: "reqest.path == '/'" }] }] };
  const { status, err } = await signalbox(
    ["explain", "-c", "-", "-f", "authz"],
    JSON.stringify({ policies: [policy] }),
  );
  assert.equal(status, 2);
  assert.match(err, /is refused:\n.*expression: no attribute "reqest" \(did you mean "request"\?\) at character 1/);
});

test("what is wrong with the question is told in one line", async () => {
  const about = (...args: string[]) => refused("-c", AUTHZ, ...args);
  assert.equal(await about("-r", "{pat: /}"), 'signalbox: --request: unknown field "pat" (did you mean "path"?)\n');
  assert.equal(
    await about("-r", "{path: ip}"),
    'signalbox: --request.path: expected a string that begins with /, or is *, got "ip"\n',
  );
  assert.equal(await about("-r", "[1]"), "signalbox: --request: expected an object, such as {method: GET, path: /}\n");
  assert.equal(await about("-r", "{a: ["), "signalbox: --request: not YAML: a [ without its ]\n");
  assert.equal(await about("--claims", "["), "signalbox: --claims: not YAML: a [ without its ]\n");
  // What follows claims in braces is no other field of the request.
  assert.match(await about("--claims", "{}, path: /x"), /^signalbox: --claims: not YAML: .*\n$/);
  assert.equal(await about("--claims", "5"), "signalbox: request.claims: expected an object, got 5\n");
  assert.equal(await about("--path", "/a b"), 'signalbox: request.path: Envoy answers 400 to "/a b"; write /a%20b\n');
  assert.equal(await about("-H", "jason"), "signalbox: --header jason: expected name: value\n");
  assert.equal(await about("--plugin", "other"), `signalbox: ${AUTHZ} has no plugin other; it has authz\n`);
  assert.match(await about("--direction", "UP"), /^signalbox: --direction UP: expected INBOUND or OUTBOUND;/);
  assert.equal(
    await refused("-c", "cli/examples/httpbin.yaml"),
    "signalbox: cli/examples/httpbin.yaml has an AuthorizationPolicy and no plugin: signalbox convert it first\n",
  );
  assert.match(
    await refused("-c", "cli/examples/mistaken.yaml"),
    /^signalbox: .* is refused:\n.*mistaken\.yaml:12:32: error: .*"principal"/,
  );
});
