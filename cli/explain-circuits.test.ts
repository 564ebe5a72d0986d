/** What `signalbox explain` says of circuit-breaking: which circuit a request belongs to, what opens it, what is answered then. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SectionExplanation } from "./decision/explain.ts";
import { signalbox } from "./test/run.ts";

type Explained = Pick<
  SectionExplanation,
  "outcome" | "rule" | "because" | "circuit" | "notAsked" | "nearest" | "calls"
>;

/** What programs get of one request. */
async function explained(config: object, request: object, ...args: string[]): Promise<Explained> {
  const asked = ["explain", "-", "-f", "circuit-breaking", "-r", JSON.stringify(request), "-o", "json", ...args];
  const { status, out, err } = await signalbox(asked, JSON.stringify(config));
  assert.equal(err, "");
  assert.equal(status, 0);
  return (JSON.parse(out) as Explained[])[0] as Explained;
}

const rule = (fields: object) => ({ name: "reviews", host: "reviews", ...fields });
const errors = (consecutive5xxErrors: number) => ({ outlierDetection: { consecutive5xxErrors } });
const port = (number: number, fields: object) => ({ port: { number }, ...fields });

test("which outlierDetection counts is what the filter says: ports and subsets are merged by whole blocks, as in istiod", async () => {
  const config = {
    steering: { header: "x-subset", value: "{subset}" },
    destinationRules: [
      rule({
        trafficPolicy: { ...errors(7), portLevelSettings: [port(81, errors(8)), port(82, {})] },
        subsets: [
          { name: "inherits", labels: { state: "a" } },
          { name: "own", trafficPolicy: errors(9) },
          { name: "ports", trafficPolicy: { portLevelSettings: [port(81, errors(10)), port(83, errors(11))] } },
        ],
      }),
    ],
  };
  const whole = "destinationRules[0].trafficPolicy";
  const subset = (at: number) => `destinationRules[0].subsets[${at}].trafficPolicy`;
  const cases: [subset: string, port: number, rule: string, count: number, from: string][] = [
    ["", 80, "reviews", 7, whole],
    ["other", 80, "reviews", 7, whole],
    ["", 81, "reviews.81", 8, `${whole}.portLevelSettings[0]`],
    ["inherits", 80, "reviews.inherits", 7, whole],
    ["inherits", 81, "reviews.inherits.81", 8, `${whole}.portLevelSettings[0]`],
    ["own", 80, "reviews.own", 9, subset(1)],
    // A subset's own block is before what stands for a port in the rule (MergeSubsetTrafficPolicy).
    ["own", 81, "reviews.own.81", 9, subset(1)],
    ["ports", 80, "reviews.ports", 7, whole],
    ["ports", 81, "reviews.ports.81", 10, `${subset(2)}.portLevelSettings[0]`],
    ["ports", 83, "reviews.ports.83", 11, `${subset(2)}.portLevelSettings[1]`],
  ];
  for (const [subset, port, name, count, from] of cases) {
    const headers = subset === "" ? {} : { "x-subset": subset };
    const { outcome, rule, circuit } = await explained(config, { host: "reviews", port, headers });
    const about = `${subset} ${port}`;
    assert.deepEqual([outcome, rule, circuit?.state], ["forwarded", name, "closed"], about);
    assert.deepEqual(
      [circuit?.from, circuit?.opens],
      [`${from}.outlierDetection`, [`after ${count} errors in a row (consecutive5xxErrors)`]],
      about,
    );
    assert.equal(circuit?.ifOpen.headers["x-circuit-open"], name);
    const known = name.includes(subset) && subset !== "" && subset !== "other";
    assert.deepEqual(
      [circuit?.subset, circuit?.port],
      [known ? subset : undefined, name.endsWith(`.${port}`) ? port : undefined],
    );
  }
  const none = await explained(config, { host: "reviews", port: 82 });
  assert.deepEqual(
    [none.rule, none.circuit, none.because],
    [
      "none",
      undefined,
      "no circuit is for it: DestinationRule reviews has no outlierDetection for the port and subset of the request",
    ],
  );
});

test("what opens it: each threshold in force, with Istio's defaults", async () => {
  const opens = async (outlierDetection: object) => {
    const { circuit } = await explained(
      { destinationRules: [rule({ trafficPolicy: { outlierDetection } })] },
      { host: "reviews" },
    );
    assert.ok(circuit !== undefined);
    return circuit;
  };
  const usual = await opens({});
  assert.deepEqual(usual.opens, ["after 5 errors in a row (consecutive5xxErrors)"]);
  assert.deepEqual(
    [usual.errors, usual.lasts, usual.then],
    ["a status from 500 to 599, or no answer", "30s, each time in a row 30s longer, at most 300s", "one probe decides"],
  );
  const { interval, baseEjectionTime, maxEjectionTime, maxWaitDurationInHalfOpenState: wait } = usual.outlierDetection;
  assert.deepEqual([interval, baseEjectionTime, maxEjectionTime, wait], ["10s", "30s", "300s", "30s"]);
  const rates = await opens({
    consecutive5xxErrors: 0,
    interval: "20s",
    baseEjectionTime: "10m",
    failureRateThreshold: 50,
    slowCallDurationThreshold: "2s",
    minimumNumberOfCalls: 30,
    permittedNumberOfCallsInHalfOpenState: 3,
    maxEjectionTimeJitter: "5s",
  });
  assert.deepEqual(rates.opens, [
    "if 50 % of at least 30 calls in 20s failed (failureRateThreshold)",
    "if 100 % of at least 30 calls in 20s took longer than 2s (slowCallRateThreshold)",
  ]);
  assert.deepEqual([rates.lasts, rates.then], ["10m, and up to 5s by chance", "3 probes decide, by 50 %"]);
  const split = await opens({
    consecutive5xxErrors: 1,
    consecutiveGatewayErrors: 3,
    splitExternalLocalOriginErrors: true,
    outlierDetectionHttpErrorCodes: [429, 503],
    ignoredHttpErrorCodes: [501],
    permittedNumberOfCallsInHalfOpenState: 0,
  });
  assert.deepEqual(split.opens, [
    "after an error (consecutive5xxErrors)",
    "after 3 errors of a gateway in a row (consecutiveGatewayErrors)",
    "after 5 requests without an answer in a row (consecutiveLocalOriginFailures)",
  ]);
  assert.deepEqual(
    [split.errors, split.then],
    ["the status 429, 503; 501 does not count", "all requests are let in again at once"],
  );
  const never = await opens({ consecutive5xxErrors: 0 });
  assert.deepEqual(never.opens, ["never: no number of errors and no rate opens it"]);
});

test("narrower circuits: those of an entry, those of a key, and the nearest entries of a request that belongs to none of them", async () => {
  const circuits = [
    {
      name: "search",
      match: [{ uri: { prefix: "/search" } }],
      outlierDetection: { consecutive5xxErrors: 3, baseEjectionTime: "5s" },
    },
    {
      name: "tenant",
      match: [{ uri: { prefix: "/t" } }],
      keyedBy: { header: "x-tenant" },
      rejection: { httpStatus: 429, body: "tenant suspended", headers: { state: "x" }, retryAfter: false },
    },
  ];
  const config = { destinationRules: [rule({ trafficPolicy: errors(4), circuits })] };
  const search = await explained(config, { host: "reviews", path: "/search?q" });
  assert.deepEqual(
    [search.rule, search.circuit?.entry, search.circuit?.ifOpen.status],
    ["reviews.search", "search", 503],
  );
  assert.equal(search.circuit?.ifOpen.headers["retry-after"], "5");
  assert.deepEqual(search.nearest, []);
  const tenant = await explained(config, { host: "reviews", path: "/t", headers: { "x-tenant": "acme" } });
  assert.deepEqual(
    [tenant.rule, tenant.circuit?.key, tenant.circuit?.from],
    ["reviews.tenant", "acme", "destinationRules[0].trafficPolicy.outlierDetection"],
  );
  const { status, body, headers } = tenant.circuit?.ifOpen ?? {};
  assert.deepEqual([status, body, headers?.state, headers?.["retry-after"]], [429, "tenant suspended", "x", undefined]);
  const nobody = await explained(config, { host: "reviews", path: "/t" });
  assert.equal(nobody.circuit, undefined);
  assert.equal(
    nobody.because,
    "no circuit is for it: reviews.tenant has one for each headers[x-tenant], and the request has none",
  );
  const rest = await explained(config, { host: "reviews", path: "/x" });
  assert.equal(rest.rule, "reviews");
  assert.deepEqual(rest.nearest, [
    { rule: "reviews.search", failed: [{ field: "uri", wanted: { prefix: "/search" }, has: "/x" }] },
    { rule: "reviews.tenant", failed: [{ field: "uri", wanted: { prefix: "/t" }, has: "/x" }] },
  ]);
});

test("why a request belongs to none: exempt, another host, another workload, a host that is named more closely", async () => {
  const policy = { trafficPolicy: errors(1) };
  const config = {
    destinationRules: [
      { name: "all", host: "*.example.com", ...policy },
      { name: "a", host: "a.example.com", ...policy },
      { name: "selected", host: "b", workloadSelector: { matchLabels: { app: "web", state: "on" } }, ...policy },
      { name: "far", namespace: "far", host: "c", ...policy },
    ],
  };
  const probe = await explained(config, { host: "a.example.com", headers: { "user-agent": "kube-probe/1.30" } });
  assert.deepEqual([probe.rule, probe.because], ["none", "no circuit is for it: exempt spares this request"]);
  const a = await explained(config, { host: "a.example.com" });
  assert.deepEqual(
    [a.rule, a.notAsked[0]],
    ["a", "DestinationRule all (host *.example.com; DestinationRule a names a.example.com more closely)"],
  );
  const b = await explained(config, { host: "b" });
  assert.equal(b.because, "no DestinationRule has the host b");
  assert.equal(
    b.notAsked[2],
    "DestinationRule selected (host b; its workloadSelector is not for this workload: --labels)",
  );
  assert.equal((await explained(config, { host: "b" }, "--labels", "app=web,state=on")).rule, "selected");
  const c = await explained(config, { host: "c" });
  assert.equal(
    c.notAsked[3],
    "DestinationRule far (host c; the request is for c, from a workload in namespace default: --namespace)",
  );
  assert.equal((await explained(config, { host: "c" }, "--namespace", "far")).rule, "far");
});

test("each state that a rule can have, and host calls as they are without this command", async () => {
  const of = (state: string) => ({ destinationRules: [rule({ state, trafficPolicy: errors(2) })] });
  const lines = async (state: string) => {
    const { out } = await signalbox(
      ["explain", "-", "-f", "circuit-breaking", "--host", "reviews"],
      JSON.stringify(of(state)),
    );
    return out.split("\n").filter((line) => /^(circuit|if open)/.test(line));
  };
  const circuit = "circuit   DestinationRule reviews, host reviews: ";
  assert.deepEqual(await lines("METRICS_ONLY"), [
    "circuit-breaking: forwarded",
    `${circuit}closed, as in a proxy that has just started`,
    "if open   state is METRICS_ONLY: it refuses nothing, and counts what it would have answered so:",
  ]);
  assert.deepEqual(await lines("DISABLED"), [
    "circuit-breaking: forwarded",
    `${circuit}not measured, by its state DISABLED`,
    "if open   state is DISABLED: it never opens, and would answer so:",
  ]);
  assert.deepEqual(await lines("FORCED_OPEN"), [
    "circuit-breaking: answered 503 (circuit_open{reviews})",
    `${circuit}open by its state FORCED_OPEN`,
    "if open   state is FORCED_OPEN: it is always so, and without retry-after",
  ]);
  const { calls } = await explained(of("ENABLED"), { host: "reviews" });
  assert.deepEqual(
    calls.filter((call) => call.startsWith("set_property")),
    [],
  );
  const exposed = await explained({ ...of("ENABLED"), expose: true }, { host: "reviews" });
  assert.deepEqual(
    exposed.calls.filter((call) => call.startsWith("set_property")),
    ["set_property circuit=reviews"],
  );
});

test("of signalbox the section says the same, of the request as the sections before it left it", async () => {
  const config = {
    headerRouting: {
      steering: { header: "x-subset", value: "{subset}" },
      virtualServices: [
        {
          name: "r",
          hosts: ["reviews"],
          http: [{ name: "v2", route: [{ destination: { host: "reviews", subset: "v2" } }] }],
        },
      ],
    },
    circuitBreaking: {
      steering: { header: "x-subset", value: "{subset}" },
      destinationRules: [rule({ trafficPolicy: errors(3), subsets: [{ name: "v2", trafficPolicy: errors(2) }] })],
    },
    faultInjection: { virtualServices: [] },
  };
  const args = ["explain", "-", "-f", "signalbox", "--host", "reviews", "--direction", "OUTBOUND"];
  const { out } = await signalbox([...args, "-o", "json"], JSON.stringify(config));
  const [whole] = JSON.parse(out) as {
    circuit?: unknown;
    rule: string;
    sections: (Explained & { section: string })[];
  }[];
  assert.equal(whole?.circuit, undefined);
  const rules = Object.fromEntries((whole?.sections ?? []).map(({ section, rule }) => [section, rule]));
  assert.deepEqual(rules, { headerRouting: "v2", circuitBreaking: "reviews.v2", faultInjection: "none" });
  const { circuit } = whole?.sections.find(({ section }) => section === "circuitBreaking") ?? {};
  assert.deepEqual(
    [circuit?.subset, circuit?.opens, circuit?.from],
    [
      "v2",
      ["after 2 errors in a row (consecutive5xxErrors)"],
      "destinationRules[0].subsets[0].trafficPolicy.outlierDetection",
    ],
  );
  const text = await signalbox(args, JSON.stringify(config));
  assert.match(
    text.out,
    /\ncircuitBreaking: forwarded\nrule {6}reviews\.v2\ncircuit {3}DestinationRule reviews, host reviews, subset v2: closed/,
  );
});
