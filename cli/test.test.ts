/** `signalbox test`: what a table can expect, how results are written, what the command ends with. */
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../tools/project.ts";
import { signalbox } from "./test/run.ts";

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
    "TAP version 13\nok 1 - sleep may look\nok 2 - sleep may not change anything\nok 3 - nobody may come over plaintext\n1..3\n",
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

test("no case depends on those before it: neither on what is drawn nor on what is counted", async () => {
  const request = { host: "a" };
  const run = async (config: string, expect: object, count: number) => {
    const tests = Array.from({ length: count }, () => JSON.stringify({ request, expect }));
    const text = `config: ${config}\nfilter: fault-injection\ntests: [${tests.join()}]`;
    const { out } = await signalbox(["test", "-"], text);
    return out
      .split("\n")
      .filter((line) => /^(not )?ok/.test(line))
      .map((line) => line.startsWith("ok"));
  };
  // Of one request none may meet a fault, of two one may.
  const first = { outcome: "forwarded", counters: ["fault_injection.faults_over_budget"] };
  assert.deepEqual(await run("cli/test/every-second.yaml", first, 3), [true, true, true]);
  // At even chances eight draws are alike once in 128 times; the seed is none of those.
  const drawn = await run("cli/test/even-chances.yaml", { status: 503 }, 8);
  assert.equal(new Set(drawn).size, 1);
});

test("the workload of a table", async () => {
  const text = (workload: string) =>
    `config: filters/authz/wasmplugin.yaml\nworkload: ${workload}\ntests: [{ request: {}, expect: { status: 403 } }]`;
  assert.equal((await signalbox(["test", "-"], text("{ labels: { app: httpbin, version: v1 } }"))).status, 0);
  assert.equal((await signalbox(["test", "-"], text("{ labels: { app: other } }"))).status, 1);
});

test("a table to which no policy and no VirtualService applies fails, with the reason", async () => {
  const nothing = async (config: string, request: string, others = "") => {
    const text = `config: ${config}\n${others}\ntests: [{ name: one, request: ${request}, expect: { outcome: forwarded } }]`;
    const { status, out } = await signalbox(["test", "-"], text);
    assert.equal(status, 1, out);
    assert.match(out, /^ok 1 - one\nnot ok 2 - something applies to a test\n[^]*\n1\.\.2\n$/m);
    return /actual: "(.*)"/.exec(out)?.[1];
  };
  const authz = "filters/authz/wasmplugin.yaml";
  assert.equal(
    await nothing(authz, "{}", "workload: { labels: { app: other } }"),
    "policy httpbin (for app=httpbin; the workload has app=other: workload.labels in the table)",
  );
  assert.equal(
    await nothing(authz, "{}", "workload: { namespace: other }"),
    "policy httpbin (of namespace default; the workload is in other: workload.namespace in the table)",
  );
  assert.equal(
    await nothing(authz, "{ direction: OUTBOUND }"),
    "plugin authz is not asked: its match.mode is SERVER, and the request is OUTBOUND",
  );
  assert.equal(
    await nothing("filters/header-routing/wasmplugin.yaml", "{ host: other }"),
    "VirtualService reviews (hosts reviews; the request is for other)",
  );
});

test("headers are compared as they are sent and answered, not as they change", async () => {
  const routing = "filters/header-routing/wasmplugin.yaml";
  const jason = { host: "reviews", headers: { "end-user": "jason", "x-subset": "v2", a: ["1", "2"] } };
  const sends = {
    "x-never": "absent",
    "X-Subset": "v2",
    "x-subset": ["v2"],
    "End-User": "jason",
    a: ["1", "2"],
    Host: "reviews",
    ":path": "unchanged",
  };
  assert.deepEqual(await otherwise(routing, jason, { sends, answers: { ":status": "unchanged", x: "absent" } }), []);
  assert.deepEqual(await otherwise(routing, jason, { sends: { "x-subset": "absent", a: "1", b: "unchanged" } }), [
    'sends x-subset: "absent", "v2"',
    'sends a: "1", ["1","2"]',
  ]);
  assert.deepEqual(await otherwise("filters/authz/wasmplugin.yaml", {}, { sends: { x: "absent" } }), [
    'sends x: "absent", "no request: the filter answered"',
  ]);
});

test("a delay is a duration, however it is written", async () => {
  const asked = { host: "ratings", headers: { "end-user": "jason" } };
  const plugin = { plugin: "fault-injection" };
  const config = "filters/fault-injection/wasmplugin.yaml";
  for (const delay of ["7s", "7000ms", "7.0s", "0.1m1s"]) {
    assert.deepEqual(await otherwise(config, asked, { delay }, plugin), [], delay);
  }
  for (const delay of ["7ms", "0s", "1.5s", "70s"]) {
    assert.deepEqual(await otherwise(config, asked, { delay }, plugin), [`delay: "${delay}", "7s"`]);
  }
});

test("config is found from the table's folder, or is absolute", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-table-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const table = join(folder, "a.test.yaml");
  copyFileSync(join(PROJECT, "filters/authz/wasmplugin.yaml"), join(folder, "plugin.yaml"));
  for (const config of ["plugin.yaml", join(PROJECT, "filters/authz/wasmplugin.yaml")]) {
    writeFileSync(table, `config: ${config}\ntests: [{ name: one, expect: { status: 403 } }]`);
    assert.equal((await signalbox(["test", table])).out, "TAP version 13\nok 1 - one\n1..1\n");
  }
});

test("--run selects tests by their names", async () => {
  const { out, status } = await signalbox(["test", EXAMPLE, "--run", "^sleep .* look$"]);
  assert.equal(out, "TAP version 13\nok 1 - sleep may look\n1..1\n");
  assert.equal(status, 0);
  const none = await signalbox(["test", EXAMPLE, "--run", "nothing"]);
  assert.deepEqual([none.status, none.err], [2, "signalbox: no test has a name that /nothing/ finds\n"]);
  const wrong = await signalbox(["test", EXAMPLE, "--run", "("]);
  assert.equal(wrong.status, 2);
  assert.match(wrong.err, /^signalbox: --run \(: /);
});

test("text has failures and a summary", async () => {
  const passed = await signalbox(["test", EXAMPLE, "-o", "text"]);
  assert.deepEqual([passed.out, passed.status], ["3 tests: all as expected\n", 0]);
  const text =
    "config: filters/authz/wasmplugin.yaml\ntests:\n  - { name: a, expect: { status: 404 } }\n  - { name: b, expect: { status: 403 } }";
  const failed = await signalbox(["test", "-", "-o", "text"], text);
  assert.equal(failed.out, "not ok: a (<stdin>:3)\n  status: expected 404, got 403\n2 tests: 1 failed\n");
  assert.equal(failed.status, 1);
});

test("coverage: the rules that no test meets, and a threshold", async () => {
  const config = {
    policies: [
      {
        name: "get",
        action: "ALLOW",
        rules: [{ to: [{ operation: { methods: ["GET"] } }] }, { to: [{ operation: { methods: ["PUT"] } }] }],
      },
      { name: "seen", action: "AUDIT", rules: [{}] },
      { name: "tried", action: "DENY", dryRun: true, rules: [{ to: [{ operation: { paths: ["/x"] } }] }] },
    ],
  };
  const folder = mkdtempSync(join(tmpdir(), "signalbox-coverage-"));
  const file = join(folder, "a.yaml");
  writeFileSync(file, JSON.stringify(config, null, 1));
  const run = (path: string, ...args: string[]) => {
    const text = `config: ${file}\nfilter: authz\ntests: [{ name: one, request: { path: ${path} }, expect: { outcome: forwarded } }]`;
    return signalbox(["test", "-", ...args], text);
  };
  try {
    const lines = readFileSync(file, "utf8").split("\n");
    const line = lines.findIndex((one) => one.includes("PUT")) - 4;
    const { out, status } = await run("/x", "--coverage");
    assert.equal(
      out,
      `TAP version 13\nok 1 - one\n1..1\n# coverage: 3 of 4 rules (75 %)\n#   ${file}:${line}: no test meets ns[default]-policy[get]-rule[1]\n`,
    );
    assert.equal(status, 0);
    assert.equal((await run("/x", "--coverage-threshold", "75")).status, 0);
    const below = await run("/y", "--coverage-threshold", "50.1", "-o", "json");
    assert.equal(below.status, 1);
    const { tests, coverage } = JSON.parse(below.out) as { tests: { name: string }[]; coverage: { percent: number } };
    assert.equal(coverage.percent, 50);
    assert.deepEqual(
      tests.map(({ name }) => name),
      ["one", "the tests meet enough of the rules"],
    );
    const wrong = await run("/x", "--coverage-threshold", "101");
    assert.equal(wrong.err.split(";")[0], "signalbox: --coverage-threshold 101: expected a number from 0 to 100");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("coverage of routes and of faults", async () => {
  const covered = async (config: string, request: string, plugin = "") => {
    const text = `config: ${config}\ntests: [{ request: ${request}, expect: { outcome: forwarded }${plugin} }]`;
    const { out } = await signalbox(["test", "-", "--coverage", "-o", "json"], text);
    const { coverage } = JSON.parse(out) as { coverage: { rules: { rule: string; met: boolean }[] } };
    return Object.fromEntries(coverage.rules.map(({ rule, met }) => [rule, met]));
  };
  assert.deepEqual(await covered("filters/header-routing/wasmplugin.yaml", "{ host: reviews }"), {
    "reviews http[0]": false,
    "reviews http[1]": true,
  });
  const faults = await covered(
    "filters/fault-injection/wasmplugin.yaml",
    "{ host: ratings, headers: { end-user: jason } }",
    ", plugin: fault-injection",
  );
  assert.equal(faults["jason-waits"], true);
  assert.equal(faults["slow-ratings"], false);
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
  assert.equal(await told("tests: []"), "signalbox: <stdin>:1:1: config: expected the file of the configuration\n");
  assert.equal(await told(config), "signalbox: <stdin>:1:1: tests: expected a list that is not empty\n");
  assert.equal(
    await told(`${config}\ntest: []`),
    'signalbox: <stdin>:2:1: unknown field "test" (did you mean "tests"?)\n',
  );
  assert.match(await told(`${config}\ntests: [`), /^signalbox: <stdin> is no table:\n<stdin>:2:\d+: error: not YAML: /);
  const one = (test: string) => told(`${config}\ntests:\n  - ${test}`);
  const at = (column: number) => `signalbox: <stdin>:3:${column}: tests[0]`;
  assert.equal(await one("{ expect: {} }"), `${at(7)}.expect: expected something, such as {outcome: forwarded}\n`);
  assert.equal(
    await one("{ expect: { statu: 1 } }"),
    `${at(17)}.expect: unknown field "statu" (did you mean "status"?)\n`,
  );
  assert.equal(
    await one("{ expect: { outcome: denied } }"),
    `${at(26)}.expect.outcome: expected forwarded or answered, got "denied"\n`,
  );
  assert.equal(
    await one("{ request: { paht: / }, expect: { status: 1 } }"),
    `${at(7)}.request: unknown field "paht" (did you mean "path"?)\n`,
  );
  const several = "config: filters/fault-injection/wasmplugin.yaml\ntests: [{ expect: { status: 1 } }]";
  assert.match(
    await told(several),
    /has several plugins: say with plugin which of fault-injection, fault-injection-inbound\n$/,
  );
});
