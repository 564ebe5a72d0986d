/** What `signalbox diff` shows of two configurations, and what it refuses. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { stringify } from "yaml";
import type { Workload } from "./filter/configured.ts";
import { accepted, between } from "./test/difference.ts";
import { signalbox, type Outcome } from "./test/run.ts";

const FOLDER = mkdtempSync(join(tmpdir(), "signalbox-diff-"));
after(() => rmSync(FOLDER, { recursive: true }));

let files = 0;

function fileOf(value: unknown): string {
  const file = join(FOLDER, `${files++}.yaml`);
  writeFileSync(file, typeof value === "string" ? value : stringify(value));
  return file;
}

/** Two pluginConfigs of a filter, compared. */
async function compared(filter: string, old: unknown, other: unknown, ...args: string[]): Promise<Outcome> {
  return signalbox(["diff", "--filter", filter, fileOf(old), fileOf(other), "--requests", "1500", ...args]);
}

/** The differences without how many requests show them. */
function shown({ out }: Outcome): string[] {
  return out
    .replace(/ \(\d+ requests?\)$/gm, "")
    .replace(/among \d+ requests?/, "among N requests")
    .trimEnd()
    .split("\n");
}

const allow = (rules: unknown[], others: object = {}): object => ({
  policies: [{ name: "httpbin", namespace: "default", rules, ...others }],
});
const RULES = [
  {
    from: [{ source: { principals: ["cluster.local/ns/default/sa/sleep"] } }],
    to: [{ operation: { methods: ["GET"], paths: ["/info*"] } }],
  },
  { to: [{ operation: { paths: ["/health"] } }] },
];
const PROXY: Workload = { namespace: "default", labels: {} };

test("a rule that allows one method more: the smallest request that is let in by it", async () => {
  const more = { ...RULES[0], to: [{ operation: { methods: ["GET", "POST"], paths: ["/info*"] } }] };
  const outcome = await compared("authz", allow(RULES), allow([more, RULES[1]]));
  assert.deepEqual(shown(outcome), [
    "answered 403 → allowed",
    "  request { method: POST, path: /info, principal: cluster.local/ns/default/sa/sleep }",
    "  old     answered 403, no rule decides",
    "  new     allowed, by ns[default]-policy[httpbin]-rule[0]",
    "",
    "1 kind of difference among N requests",
  ]);
  assert.equal(outcome.status, 1);
});

test("a rule that is dropped, and one that stands elsewhere now", async () => {
  const dropped = await compared("authz", allow(RULES), allow([RULES[0]]));
  assert.deepEqual(shown(dropped).slice(0, 2), ["allowed → answered 403", "  request { path: /health }"]);
  const moved = await compared("authz", allow(RULES), allow([RULES[1], RULES[0]]));
  assert.deepEqual(shown(moved), ["no difference found among N requests"]);
  assert.equal(moved.status, 0);
});

test("an action that is turned round, and another DENY rule for the same requests", async () => {
  const deny = (paths: string[]): object => allow([{ to: [{ operation: { paths } }] }], { action: "DENY" });
  const turned = await compared("authz", deny(["/admin"]), allow([{ to: [{ operation: { paths: ["/admin"] } }] }]));
  assert.deepEqual(
    shown(turned).filter((line) => line !== "" && !line.startsWith("  ")),
    ["allowed → answered 403", "answered 403 → allowed", "2 kinds of difference among N requests"],
  );
  const other = await compared("authz", deny(["/admin"]), deny(["/adm*", "/admin"]));
  assert.ok(shown(other).includes("answered for another reason"));
});

const routes = (...http: object[]): object => ({
  steering: { header: "x-subset", value: "{subset}" },
  virtualServices: [{ name: "reviews", hosts: ["reviews"], http }],
});
const to = (subset: string, weight?: number): object => ({
  destination: { host: "reviews", subset },
  ...(weight !== undefined && { weight }),
});
const JASON = { name: "jason", match: [{ headers: { "end-user": { exact: "jason" } } }], route: [to("v2")] };
const EVERYBODY = { name: "everybody", route: [to("v1")] };

test("routes in another order: the request that met the first", async () => {
  const outcome = await compared("header-routing", routes(JASON, EVERYBODY), routes(EVERYBODY, JASON));
  assert.deepEqual(shown(outcome).slice(0, 4), [
    "request header x-subset: v2 → v1",
    "  request { host: reviews, headers: { end-user: jason } }",
    "  old     allowed, by jason; request header x-subset: v2",
    "  new     allowed, by everybody; request header x-subset: v1",
  ]);
  // No request can meet the second any more.
  assert.match(outcome.out, /no request met 1 rule of the new one:\n {2}\S+: reviews http\[1\]\n/);
});

test("weights: the draws for which the destination is another", async () => {
  const split = (canary: number): object =>
    routes({ name: "split", route: [to("v1", 100 - canary), to("v2", canary)] });
  const outcome = await compared("header-routing", split(10), split(25));
  assert.deepEqual(shown(outcome).slice(0, 3), [
    "request header x-subset: v1 → v2",
    "  request { host: reviews }",
    "  drawn   from 75 to 90 of 100",
  ]);
  const reordered = routes({ name: "split", route: [to("v2", 10), to("v1", 90)] });
  assert.equal((await compared("header-routing", split(10), reordered)).status, 0);
});

test("what a choice sticks to", async () => {
  const sticky = (header: string): object =>
    routes({ name: "split", hashOn: { header }, route: [to("v1", 50), to("v2", 50)] });
  const outcome = await compared("header-routing", sticky("x-user"), sticky("x-tenant"));
  assert.equal(outcome.status, 1);
  assert.match(outcome.out, /drawn {3}by the request's key/);
  assert.equal((await compared("header-routing", sticky("x-user"), sticky("x-user"))).status, 0);
});

test("faults: a longer delay, another share, another distribution, another window; what only counts is named", async () => {
  const slow = (delay: object, others: object = {}): object => ({
    virtualServices: [{ hosts: ["ratings"], http: [{ name: "slow", fault: { delay } }] }],
    ...others,
  });
  const half = { percentage: { value: 50 }, fixedDelay: "5s" };
  const longer = await compared("fault-injection", slow(half), slow({ ...half, fixedDelay: "7s" }));
  assert.deepEqual(shown(longer).slice(0, 3), [
    "delay: 5s → 7s",
    "  request { host: ratings }",
    "  drawn   from 0 to 50 of 100",
  ]);
  const share = await compared("fault-injection", slow(half), slow({ ...half, percentage: { value: 60 } }));
  assert.match(share.out, /drawn {3}from 50 to 60 of 100/);
  const drawn = (mean: string): object =>
    slow({ ...half, fixedDelay: undefined, distribution: { exponential: { mean, max: "9s" } } });
  const distribution = await compared("fault-injection", drawn("1s"), drawn("2s"));
  assert.match(distribution.out, /^delay: drawn from \{"exponential":\{"mean":"1s","max":"9s"\}\} → drawn from .*"2s"/);
  const window = (until: string): object => slow(half, { window: { from: "2026-01-01T00:00:00Z", until } });
  const earlier = await compared("fault-injection", window("2026-01-03T00:00:00Z"), window("2026-01-02T00:00:00Z"));
  assert.match(earlier.out, /at: "?2026-01-02T/);
  const capped = await compared("fault-injection", slow(half), slow(half, { budget: { maxPercent: 5 } }));
  assert.deepEqual(shown(capped), [
    "not compared: budget: it counts the faults of a minute",
    "no difference found among N requests",
  ]);
});

const REPORTING = { opentelemetry: { service: "jaeger-collector.observability.svc.cluster.local" } };
const keeping = (...keep: object[]): object => ({ participate: true, reporting: REPORTING, keep });
const errorsUpTo = (most: number): object => ({
  name: "errors",
  statusCode: { statusCodes: ["ERROR"] },
  rateLimiting: { maxTracesPerSecond: most },
});

/** The same with fewer requests: of keep each is decided several times. */
const few = async (filter: string, old: unknown, other: unknown): Promise<Outcome> =>
  await compared(filter, old, other, "--requests", "100");

test("keep: what the policies ask for that a request matches, in their order; their names do not matter", async () => {
  const outcome = await few("trace-propagation", keeping(errorsUpTo(5)), keeping(errorsUpTo(7)));
  assert.deepEqual(shown(outcome), [
    "keep: errors, at most 5 a second → errors, at most 7 a second",
    "  request {}",
    "  drawn   from 1 to 100 of 100",
    "  old     allowed, no rule decides; keep: errors, at most 5 a second",
    "  new     allowed, no rule decides; keep: errors, at most 7 a second",
    "",
    "1 kind of difference among N requests",
  ]);
  const slow = { match: [{ uri: { prefix: "/checkout" } }], latency: { thresholdMs: 1000, upperThresholdMs: 5000 } };
  const dropped = await few("trace-propagation", keeping(errorsUpTo(5), slow), keeping(errorsUpTo(5)));
  assert.deepEqual(shown(dropped).slice(0, 2), [
    "keep: errors, at most 5 a second; else what matches, from 1000 ms on up to 5000 ms, at most 10 a second → errors, at most 5 a second",
    "  request { path: /checkout }",
  ]);
  const swapped = await few("trace-propagation", keeping(errorsUpTo(5), slow), keeping(slow, errorsUpTo(5)));
  assert.match(swapped.out, /^keep: errors, .* → what matches, /);
  const written = { ...slow, rateLimiting: { maxTracesPerSecond: 10 }, name: "slow" };
  const same = await few("trace-propagation", keeping(slow), keeping(written));
  assert.deepEqual(shown(same), ["no difference found among N requests"]);
});

test("adaptive: which one decides, and what it says; what is as usual may be written or not", async () => {
  const checkout = (adaptive: object, name?: string): object => ({
    sampling: {
      adaptive: {},
      rules: [{ ...(name !== undefined && { name }), match: [{ uri: { prefix: "/checkout" } }], adaptive }],
    },
  });
  const [five, six] = [5, 6].map((targetSamplesPerSecond) => ({ targetSamplesPerSecond, minSamplesPerSecond: 0 }));
  const outcome = await few("trace-propagation", checkout(five!, "checkout"), checkout(six!));
  assert.deepEqual(shown(outcome).slice(0, 2), [
    "sampler: adaptive, targetSamplesPerSecond 5, minSamplesPerSecond 0 → adaptive, targetSamplesPerSecond 6, minSamplesPerSecond 0",
    "  request { path: /checkout }",
  ]);
  const usual = {
    targetSamplesPerSecond: 1,
    calculationInterval: "10000ms",
    deltaTolerance: 0.3,
    initialSamplingProbability: 0.001,
    minSamplingProbability: 0.00001,
    minSamplesPerSecond: 0.017,
  };
  const same = await few("trace-propagation", checkout({}), checkout(usual));
  assert.deepEqual(shown(same), ["no difference found among N requests"]);
  const fixed = await few("trace-propagation", { sampling: { adaptive: {} } }, { sampling: {} });
  assert.match(fixed.out, /sampler: adaptive, targetSamplesPerSecond 1 → none/);
  const section = (adaptive: object): object => ({
    tracePropagation: { ...keeping(errorsUpTo(5)), sampling: { adaptive } },
  });
  const ofSignalbox = await few("signalbox", section({}), section({ deltaTolerance: 0.5 }));
  assert.match(
    ofSignalbox.out,
    /^sampler: adaptive, targetSamplesPerSecond 1 → adaptive, targetSamplesPerSecond 1, deltaTolerance 0.5/,
  );
});

test("circuits: what opens them, of those that say something else", async () => {
  const circuit = (errors: number): object => ({
    destinationRules: [
      { name: "reviews", host: "reviews", trafficPolicy: { outlierDetection: { consecutive5xxErrors: errors } } },
    ],
  });
  const outcome = await compared("circuit-breaking", circuit(5), circuit(3));
  assert.deepEqual(shown(outcome).slice(0, 2), ["circuit consecutive5xxErrors: 5 → 3", "  request { host: reviews }"]);
  assert.equal((await compared("circuit-breaking", circuit(5), circuit(5))).status, 0);
});

test("sampling and formats of traces: ids that are drawn anew are no difference", async () => {
  const sampling = (randomSamplingPercentage: number): object => ({ sampling: { randomSamplingPercentage } });
  const outcome = await compared("trace-propagation", sampling(10), sampling(20));
  assert.match(outcome.out, /drawn {3}from 10 to 20 of 100/);
  assert.equal((await compared("trace-propagation", sampling(10), { ...sampling(10), participate: true })).status, 1);
  assert.equal((await compared("trace-propagation", sampling(10), sampling(10))).status, 0);
});

test("of signalbox the sections that differ, each at the side where it acts", async () => {
  const both = (subset: string): object => ({
    authz: allow(RULES),
    headerRouting: routes({ name: "jason", match: JASON.match, route: [to(subset)] }),
  });
  const outcome = await compared("signalbox", both("v2"), both("v3"));
  const lines = shown(outcome);
  assert.equal(lines[0], "request header x-subset: v2 → v3");
  assert.match(lines[1] ?? "", /request \{.*direction: OUTBOUND.*end-user: jason.*\}/);
  assert.equal(outcome.status, 1);
});

test("workloads that only one policy is for, or that only one of two plugins selects", async () => {
  const plugin = (app: string, policyApp = app): object => ({
    apiVersion: "extensions.istio.io/v1alpha1",
    kind: "WasmPlugin",
    metadata: { name: "authz", namespace: "default" },
    spec: {
      ...(app !== "" && { selector: { matchLabels: { app } } }),
      url: "oci://registry.local/authz:0.1.0",
      pluginConfig: allow(RULES, { selector: { matchLabels: { app: policyApp } } }),
    },
  });
  const policy = await signalbox(["diff", fileOf(plugin("", "a")), fileOf(plugin("", "b"))]);
  assert.match(policy.out, /for {5}namespace default, app=a\n[^]*for {5}namespace default, app=b\n/);
  const selected = await signalbox(["diff", fileOf(plugin("a")), fileOf(plugin("b"))]);
  assert.equal(selected.status, 1);
  const one = await signalbox(["diff", fileOf(plugin("", "a")), fileOf(plugin("", "b")), "--labels", "app=c"]);
  assert.equal(one.status, 0, one.out);
});

test("requests of the user's, as a list and as a table", async () => {
  const odd = {
    to: [{ operation: { paths: ["/x"] } }],
    when: [{ key: "request.headers[x-odd]", regex: ["a{7}(?:b|c)"] }],
  };
  const list = fileOf([{ path: "/x", headers: { "x-odd": "aaaaaaab" } }]);
  const table = fileOf({
    config: "x",
    tests: [{ name: "odd", request: { path: "/x" }, expect: { outcome: "forwarded" } }],
  });
  const outcome = await compared("authz", allow([odd]), allow([]), "-r", list, "-r", table);
  assert.match(outcome.out, /allowed → answered 403/);
  const wrong = await compared("authz", allow([]), allow([]), "-r", fileOf([{ pth: "/" }]));
  assert.equal(wrong.status, 2);
  assert.match(wrong.err, /\[0\]: unknown field "pth" \(did you mean "path"\?\)/);
});

test("Markdown: nothing that a file says is read as Markdown or HTML", async () => {
  const evil = "x`</code><script>alert(1)</script>|@team ](http://evil) ``";
  const named = (name: string): object => routes({ ...EVERYBODY, headers: { request: { set: { "x-name": name } } } });
  const { out } = await compared("header-routing", named("a"), named(evil), "--output", "markdown");
  const [title, ...others] = out.trimEnd().split("\n");
  assert.match(title ?? "", /^### `header-routing`: 1 kind of difference among \d+ requests$/);
  for (const line of others) assert.doesNotMatch(outsideOfCode(line), /[<@|\]]/, line);
  assert.ok(out.includes(evil));
});

/** A line without its spans of code (CommonMark 0.31, 6.1): a run of backticks up to the next run of that length. */
function outsideOfCode(line: string): string {
  return line.replace(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, "");
}

test("JSON has all of it, and the same input has the same output", async () => {
  const args = ["authz", allow(RULES), allow([RULES[0]]), "-o", "json", "--seed", "7"] as const;
  const [first, second] = [await compared(...args), await compared(...args)];
  assert.equal(first.out, second.out);
  const [report] = JSON.parse(first.out) as [
    { differences: { request: unknown; changes: unknown }[]; rules: unknown; unreached: unknown },
  ];
  assert.deepEqual(report.rules, { old: 2, new: 1 });
  assert.deepEqual(report.unreached, []);
  assert.deepEqual(report.differences[0]?.request, { path: "/health" });
  assert.deepEqual(report.differences[0]?.changes, [{ what: "outcome", old: "allowed", new: "answered 403" }]);
});

test("bad input: what is refused, missing or no number ends with 2", async () => {
  const refused = await compared("authz", allow(RULES), { policies: [{ nam: "x" }] });
  assert.equal(refused.status, 2);
  assert.match(refused.err, /is refused:\n[^]*policies\[0\]: unknown field "nam" \(did you mean "name"\?\)/);
  assert.equal((await signalbox(["diff", "missing.yaml", "missing.yaml"])).status, 2);
  assert.equal((await signalbox(["diff", "one.yaml"])).status, 2);
  assert.equal((await compared("authz", allow(RULES), allow(RULES), "--requests", "0")).status, 2);
});

test("1,000 rules: the one that changed is found, and no more is asked than is allowed", () => {
  const many = (account: (at: number) => string): object =>
    allow(
      Array.from({ length: 1000 }, (_, at) => ({
        from: [{ source: { principals: [`cluster.local/ns/default/sa/${account(at)}`] } }],
        to: [{ operation: { paths: [`/p${at}/*`] } }],
      })),
    );
  const old = accepted(
    "authz",
    many((at) => `s${at}`),
    PROXY,
  );
  const other = accepted(
    "authz",
    many((at) => (at === 777 ? "other" : `s${at}`)),
    PROXY,
  );
  assert.ok(old !== undefined && other !== undefined);
  const report = between(old, other, { most: 2500 });
  const requests = report.kinds.map(({ example }) => example.request);
  assert.deepEqual(requests.map(({ principal }) => principal).sort(), [
    "cluster.local/ns/default/sa/other",
    "cluster.local/ns/default/sa/s777",
  ]);
  assert.deepEqual(report.unreached, []);
  // Making examples small takes a few more.
  assert.ok(report.asked < 2700, String(report.asked));
});
