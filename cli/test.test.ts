/** `signalbox test`: what a table can expect, how results are written, what the command ends with. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { signalbox } from "./testing/run.ts";

const EXAMPLE = "cli/examples/httpbin.test.yaml";
const SLEEP = "cluster.local/ns/default/sa/sleep";

/** Runs a table of one test, which is on line 3. */
async function table(config: string, request: object, expect: object, others: object = {}) {
  const lines = [`config: ${config}`, "tests:", `  - ${JSON.stringify({ name: "one", request, expect, ...others })}`];
  return signalbox(["test", "-"], lines.join("\n"));
}

/** What came out otherwise, as `what: expected, actual`. */
async function otherwise(config: string, request: object, expect: object, others: object = {}): Promise<string[]> {
  const { status, out } = await table(config, request, expect, others);
  assert.match(out, status === 0 ? /^ok 1 - one$/m : /^not ok 1 - one$/m);
  const told = [...out.matchAll(/- what: "(.*)"\n +expected: (.*)\n +actual: (.*)\n/g)];
  assert.equal(status, told.length === 0 ? 0 : 1);
  return told.map(([, what, expected, actual]) => `${what}: ${expected}, ${actual}`);
}

test("the example's results, as TAP", async () => {
  const { status, out } = await signalbox(["test", EXAMPLE]);
  assert.equal(
    out,
    "TAP version 13\n1..3\nok 1 - sleep may look\nok 2 - sleep may not change anything\nok 3 - nobody may come over plaintext\n",
  );
  assert.equal(status, 0);
});

test("each expectation holds, and fails where the filter does otherwise", async () => {
  const authz = "filters/authz/wasmplugin.yaml";
  const asked = { principal: SLEEP };
  assert.deepEqual(
    await otherwise(authz, asked, { outcome: "forwarded", rule: "ns[default]-policy[httpbin]-rule[0]" }),
    [],
  );
  assert.deepEqual(await otherwise(authz, asked, { outcome: "answered", status: 403, rule: "none" }), [
    'outcome: "answered", "forwarded"',
    'status: 403, "none"',
    'rule: "none", "ns[default]-policy[httpbin]-rule[0]"',
  ]);
  const denied = {
    outcome: "answered",
    status: 403,
    answers: { ":status": "403", x: "absent" },
    counters: ["authz.denied"],
  };
  assert.deepEqual(await otherwise(authz, {}, denied), []);
  assert.deepEqual(await otherwise(authz, {}, { answers: { x: "1" }, counters: ["authz.allowed"] }), [
    'answers x: "1", "absent"',
    'counters: ["authz.allowed"], ["authz.denied"]',
  ]);
  const routing = "filters/header-routing/wasmplugin.yaml";
  const jason = { host: "reviews", headers: { "end-user": "jason" } };
  assert.deepEqual(await otherwise(routing, jason, { sends: { "x-subset": "v2", "end-user": "unchanged" } }), []);
  assert.deepEqual(await otherwise(routing, jason, { sends: { "x-subset": "v1" } }), ['sends x-subset: "v1", "v2"']);
  assert.deepEqual(
    await otherwise(routing, { host: "a", headers: { "x-subset": "v2" } }, { sends: { "x-subset": "absent" } }),
    [],
  );
  const faults = "filters/fault-injection/wasmplugin.yaml";
  const slow = { ...jason, host: "ratings" };
  const plugin = { plugin: "fault-injection" };
  assert.deepEqual(
    await otherwise(faults, slow, { delay: "7s", answers: { "x-fault-injected": "jason-waits" } }, plugin),
    [],
  );
  assert.deepEqual(await otherwise(faults, slow, { delay: "none" }, plugin), ['delay: "none", "7s"']);
});

test("no case depends on those before it", async () => {
  const config = "cli/testing/one-fault.yaml";
  const request = { host: "a" };
  const expect = { status: 503, counters: ["fault_injection.aborts_injected"] };
  const both = [request, request].map((request) => JSON.stringify({ request, expect }));
  const text = `config: ${config}\nfilter: fault-injection\ntests: [${both.join()}]`;
  const { out } = await signalbox(["test", "-"], text);
  assert.match(out, /^ok 1 - GET a\/\nok 2 - GET a\/$/m);
});

test("the workload of a table", async () => {
  const text = (workload: string) =>
    `config: filters/authz/wasmplugin.yaml\nworkload: ${workload}\ntests: [{ request: {}, expect: { outcome: forwarded } }]`;
  assert.equal((await signalbox(["test", "-"], text("{ labels: { app: other } }"))).status, 0);
  assert.equal((await signalbox(["test", "-"], text("{ namespace: default }"))).status, 1);
});

test("JUnit has a suite for each file and a failure for each case that is otherwise", async () => {
  const text =
    "config: filters/authz/wasmplugin.yaml\ntests:\n  - { name: a <b>, expect: { status: 404 } }\n  - { name: c, expect: { status: 403 } }";
  const { status, out } = await signalbox(["test", "-", EXAMPLE, "--output", "junit"], text);
  assert.match(
    out,
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites tests="5" failures="1" errors="0" skipped="0">/,
  );
  assert.match(out, /<testsuite name="&lt;stdin>" tests="2" failures="1"/);
  assert.match(
    out,
    /<testcase classname="authz" name="a &lt;b>" file="&lt;stdin>:3">\n +<failure message="status: expected 404, got 403"\/>/,
  );
  assert.match(out, /<testcase classname="authz" name="sleep may look" file="cli\/examples\/httpbin.test.yaml:\d+"\/>/);
  assert.equal(status, 1);
});

test("JSON is for programs; a # in a name begins no directive", async () => {
  const { out } = await signalbox(["test", EXAMPLE, "-o", "json"]);
  const [first] = JSON.parse(out) as { name: string; line: number; differences: unknown[] }[];
  assert.deepEqual([first?.name, first?.line, first?.differences], ["sleep may look", 3, []]);
  const text = "config: filters/authz/wasmplugin.yaml\ntests: [{ name: 'a # SKIP', expect: { status: 403 } }]";
  assert.match((await signalbox(["test", "-"], text)).out, /^ok 1 - a \\# SKIP$/m);
});

test("what is no table is told with its place", async () => {
  const told = async (text: string) => {
    const { status, err } = await signalbox(["test", "-"], text);
    assert.equal(status, 2);
    return err;
  };
  const config = "config: filters/authz/wasmplugin.yaml";
  assert.equal(await told(""), "signalbox: <stdin> has no tests\n");
  assert.equal(await told("tests: []"), "signalbox: <stdin>: config: expected the file of the configuration\n");
  assert.equal(await told(config), "signalbox: <stdin>: tests: expected a list that is not empty\n");
  assert.equal(await told(`${config}\ntest: []`), 'signalbox: <stdin>: unknown field "test" (did you mean "tests"?)\n');
  assert.match(await told(`${config}\ntests: [`), /^signalbox: <stdin> is no table:\n<stdin>:2:\d+: error: not YAML: /);
  const one = (test: string) => told(`${config}\ntests:\n  - ${test}`);
  const at = "signalbox: <stdin>:3: tests[0]";
  assert.equal(await one("{ expect: {} }"), `${at}.expect: expected something, such as {outcome: forwarded}\n`);
  assert.equal(await one("{ expect: { statu: 1 } }"), `${at}.expect: unknown field "statu" (did you mean "status"?)\n`);
  assert.equal(
    await one("{ expect: { outcome: denied } }"),
    `${at}.expect.outcome: expected forwarded or answered, got "denied"\n`,
  );
  assert.equal(
    await one("{ request: { paht: / }, expect: { status: 1 } }"),
    `${at}.request: unknown field "paht" (did you mean "path"?)\n`,
  );
  const several = "config: filters/fault-injection/wasmplugin.yaml\ntests: [{ expect: { status: 1 } }]";
  assert.match(
    await told(several),
    /has several plugins: say with plugin which of fault-injection, fault-injection-inbound\n$/,
  );
});
