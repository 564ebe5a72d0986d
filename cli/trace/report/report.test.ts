/** What the report says of traces, each number from arithmetic by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { analysed } from "./analysis.ts";
import { reportOf, type Report } from "./summary.ts";
import { span, type Told } from "./test/span.ts";

const report = (told: readonly Told[]): Report => reportOf(analysed(told.map(span)));

const RATINGS = {
  response_flags: "UF",
  "http.response.status_code": 503,
  upstream_cluster: "outbound|9080||ratings.default.svc.cluster.local",
};

/** A request through a gateway: details is called, then reviews, which cannot reach ratings and does without. */
const BOOKINFO: readonly Told[] = [
  { id: "1", service: "gateway", name: "GET /productpage", at: 0, takes: 42 },
  { id: "2", parent: "1", service: "gateway", kind: "CLIENT", at: 1, takes: 40 },
  { id: "3", parent: "2", service: "productpage.default", at: 2, takes: 38 },
  { id: "4", parent: "3", service: "productpage.default", kind: "CLIENT", at: 5, takes: 3 },
  { id: "5", parent: "4", service: "details.default", at: 6, takes: 1 },
  { id: "6", parent: "3", service: "productpage.default", kind: "CLIENT", at: 10, takes: 25 },
  { id: "7", parent: "6", service: "reviews.default", at: 11, takes: 23 },
  {
    id: "8",
    parent: "7",
    service: "reviews.default",
    kind: "CLIENT",
    name: "GET /ratings/0",
    at: 14,
    takes: 15,
    error: true,
    tags: RATINGS,
  },
];

test("the numbers of one trace are those of the arithmetic by hand", () => {
  const trace = "1".padStart(32, "0");
  assert.deepEqual(report(BOOKINFO), {
    schema: "signalbox.trace/v1",
    traces: [
      {
        trace,
        startTime: "2026-11-28T00:00:00.000Z",
        durationMs: 42,
        services: 4,
        errors: 1,
        // The gateway itself 0-1 and 41-42; its network 1-2 and 40-41; productpage 2-5, 8-10, 35-40; and so on.
        criticalPath: [
          { service: "gateway", kind: "app", ms: 2 },
          { service: "gateway", kind: "network", ms: 2 },
          { service: "productpage.default", kind: "app", ms: 10 },
          { service: "productpage.default", kind: "network", ms: 4 },
          { service: "details.default", kind: "app", ms: 1 },
          { service: "reviews.default", kind: "app", ms: 8 },
          { service: "reviews.default", kind: "call", ms: 15 },
        ],
      },
    ],
    services: [
      { service: "reviews.default", selfMs: 8, criticalMs: 23, calls: 1, errors: 0 },
      { service: "productpage.default", selfMs: 10, criticalMs: 14, calls: 1, errors: 0 },
      { service: "gateway", selfMs: 2, criticalMs: 4, calls: 1, errors: 0 },
      { service: "details.default", selfMs: 1, criticalMs: 1, calls: 1, errors: 0 },
    ],
    dependencies: [
      { parent: "gateway", child: "productpage.default", calls: 1, errors: 0, p50Ms: 40, p95Ms: 40, networkMs: 2 },
      {
        parent: "productpage.default",
        child: "details.default",
        calls: 1,
        errors: 0,
        p50Ms: 3,
        p95Ms: 3,
        networkMs: 2,
      },
      {
        parent: "productpage.default",
        child: "reviews.default",
        calls: 1,
        errors: 0,
        p50Ms: 25,
        p95Ms: 25,
        networkMs: 2,
      },
      { parent: "reviews.default", child: "ratings.default", calls: 1, errors: 1, p50Ms: 15, p95Ms: 15, networkMs: 0 },
    ],
    errors: [
      {
        trace,
        span: "8".padStart(16, "0"),
        service: "reviews.default",
        operation: "GET /ratings/0",
        callee: "ratings.default",
        status: "503",
        flags: "UF",
        cause: "no connection",
        where: "between reviews.default and ratings.default",
        recovered: true,
        recoveredBy: "reviews.default",
        recovery: "handled",
      },
    ],
  });
});

test("calls at the same time cover a service's time once", () => {
  const told: Told[] = [
    { id: "1", service: "a", takes: 100 },
    { id: "2", parent: "1", service: "a", kind: "CLIENT", at: 10, takes: 40 },
    { id: "3", parent: "1", service: "a", kind: "CLIENT", at: 30, takes: 40 },
    // What sticks out of the server span is not its time.
    { id: "4", parent: "1", service: "a", kind: "CLIENT", at: 90, takes: 40 },
    // An application's own spans between the server span and a call, and around a call of its sidecar.
    { id: "5", parent: "1", service: "a", kind: "INTERNAL", at: 70, takes: 10 },
    { id: "6", parent: "5", service: "a", kind: "CLIENT", at: 72, takes: 6 },
    { id: "7", parent: "6", service: "a", kind: "CLIENT", at: 73, takes: 4, tags: { "peer.service": "db" } },
  ];
  const { services, dependencies } = report(told);
  // 100 - 60 (10 to 70) - 10 (90 to 100) - 6 (72 to 78).
  assert.equal(services[0]?.selfMs, 24);
  assert.deepEqual(dependencies, [{ parent: "a", child: "db", calls: 1, errors: 0, p50Ms: 4, p95Ms: 4, networkMs: 0 }]);
});

test("percentiles are of nearest rank, over all traces", () => {
  const told = Array.from({ length: 20 }, (_, at): Told[] => {
    const trace = (at + 1).toString(16);
    return [
      { trace, id: "1", service: "a", kind: "CLIENT", at, takes: at + 1 },
      { trace, id: "2", parent: "1", service: "b", at, takes: at + 0.5, error: at < 3 },
    ];
  });
  // Of 1 to 20 ms, 10 are not above 10 ms, and 19 not above 19 ms. Each call's way takes half a millisecond.
  const expected = { parent: "a", child: "b", calls: 20, errors: 3, p50Ms: 10, p95Ms: 19, networkMs: 10 };
  assert.deepEqual(report(told.flat()).dependencies, [expected]);
});

test("the root of an error is the deepest span that failed, once for each", () => {
  const told: Told[] = [
    { id: "1", service: "a", takes: 50, error: true },
    { id: "2", parent: "1", service: "a", kind: "INTERNAL", takes: 40 },
    { id: "3", parent: "2", service: "a", kind: "CLIENT", takes: 40, error: true },
    { id: "4", parent: "3", service: "b", name: "POST /", takes: 30, error: true, tags: { "http.status_code": "500" } },
    { id: "5", parent: "1", service: "a", kind: "CLIENT", at: 41, takes: 5, error: true },
    // The server calls its 404 no error, the client does (semantic conventions for HTTP).
    { id: "6", parent: "5", service: "c", at: 42, takes: 3, tags: { "http.status_code": "404" } },
  ];
  const { errors, traces, dependencies } = report(told);
  assert.deepEqual(
    errors.map(({ span: id, service, callee, status, where, recovered }) => [
      id.slice(-1),
      service,
      callee,
      status,
      where,
      recovered,
    ]),
    [
      ["4", "b", "", "500", "in b", false],
      ["5", "a", "c", "", "in c", false],
    ],
  );
  assert.equal(traces[0]?.errors, 2);
  assert.deepEqual(
    dependencies.map(({ child, errors: failed }) => [child, failed]),
    [
      ["b", 1],
      ["c", 1],
    ],
  );
});

test("an error of the caller's own proxy, a fault or an open circuit, is not one of the service that was not asked", () => {
  const cluster = { upstream_cluster: "outbound|9080||b.default.svc.cluster.local" };
  const failed = { ...cluster, "http.response.status_code": 503 };
  const call = { parent: "1", service: "a", kind: "CLIENT", takes: 5, error: true } as const;
  const told: Told[] = [
    { id: "1", service: "a", takes: 50 },
    { id: "2", ...call, tags: { ...failed, response_flags: "-" } },
    { id: "3", ...call, at: 10, tags: { ...failed, "network.peer.address": "10.0.0.2" } },
    { id: "4", ...call, at: 20, tags: { ...failed, response_flags: "UF" } },
    // Envoy's own tracer writes no address of the upstream.
    { id: "5", ...call, at: 30, tags: { ...cluster, "http.status_code": "503" } },
    { id: "6", ...call, at: 40, tags: failed },
    { id: "7", parent: "6", service: "b.default", at: 41, takes: 2, error: true },
  ];
  assert.deepEqual(
    report(told).errors.map(({ span: id, where }) => [id.slice(-1), where]),
    [
      ["2", "in the proxy of a, which did not ask b.default"],
      ["3", "in b.default"],
      ["4", "between a and b.default"],
      ["5", "in b.default"],
      ["7", "in b.default"],
    ],
  );
});

test("an attempt that succeeds after another is a retry; another request is not", () => {
  const attempt = (id: string, at: number, error: boolean, name = "GET /ratings"): Told => {
    return {
      id,
      parent: "1",
      service: "a",
      kind: "CLIENT",
      name,
      at,
      takes: 5,
      error,
      tags: { "peer.service": "ratings" },
    };
  };
  const recovered = (...attempts: Told[]): string[] => {
    const { errors } = report([{ id: "1", service: "a", takes: 50, error: true }, ...attempts]);
    return errors.map(({ recovery, recoveredBy }) => `${recovery} ${recoveredBy}`);
  };
  assert.deepEqual(recovered(attempt("2", 0, true), attempt("3", 5, false)), ["retry a"]);
  assert.deepEqual(recovered(attempt("2", 0, true), attempt("3", 5, true), attempt("4", 10, false)), [
    "retry a",
    "retry a",
  ]);
  assert.deepEqual(recovered(attempt("2", 0, true), attempt("3", 5, false, "GET /health")), [" "]);
  assert.deepEqual(recovered(attempt("2", 0, false), attempt("3", 5, true)), [" "]);
});

test("spans of a clock that disagrees are moved, and keep their durations", () => {
  const told = (by: number, host?: string): Told[] => [
    { id: "1", service: "a", kind: "CLIENT", at: 0, takes: 20, host: "10.0.0.1" },
    { id: "2", parent: "1", service: "b", at: 5 + by, takes: 10, ...(host !== undefined && { host }) },
    { id: "3", parent: "2", service: "b", kind: "CLIENT", at: 6 + by, takes: 8, ...(host !== undefined && { host }) },
  ];
  const [moved] = analysed(told(250, "10.0.0.2").map(span));
  assert.deepEqual(moved?.skews, [{ host: "10.0.0.2", service: "b", by: -250_000 }]);
  for (const by of [250, -250, 0]) {
    const { traces, dependencies, services } = report(told(by, "10.0.0.2"));
    assert.equal(traces[0]?.durationMs, 20);
    assert.deepEqual(traces[0]?.criticalPath, [
      { service: "a", kind: "network", ms: 10 },
      { service: "b", kind: "app", ms: 2 },
      { service: "b", kind: "call", ms: 8 },
    ]);
    assert.equal(dependencies[0]?.networkMs, 10);
    assert.equal(services.find(({ service }) => service === "b")?.selfMs, 2);
  }
  // Whose clock it is, is not known: what is outside of its parent is not on the path.
  assert.deepEqual(report(told(250)).traces[0]?.criticalPath, [{ service: "a", kind: "network", ms: 20 }]);
});

test("spans without parents, in circles, twice, and without time are all told", () => {
  const orphan = report([{ id: "2", parent: "9", service: "a", takes: 5 }]);
  assert.equal(orphan.traces[0]?.durationMs, 5);
  const circle = report([
    { id: "1", parent: "3", service: "a", at: 2, takes: 5 },
    { id: "2", parent: "1", service: "b", at: 1, takes: 7 },
    { id: "3", parent: "2", service: "c", at: 3, takes: 1 },
    { id: "4", parent: "4", service: "d", at: 1, takes: 7 },
  ]);
  assert.equal(circle.traces[0]?.services, 4);
  assert.equal(circle.traces[0]?.durationMs, 7);
  // The same span twice is one; two spans with one id are two.
  const twice: Told = { id: "1", service: "a", takes: 5 };
  assert.equal(report([twice, twice]).services[0]?.calls, 1);
  assert.equal(report([twice, { ...twice, at: 1 }]).services[0]?.calls, 2);
  const timeless = report([
    { id: "1", service: "a" },
    { id: "2", parent: "1", service: "a", kind: "CLIENT" },
  ]);
  assert.equal(timeless.traces[0]?.durationMs, 0);
  assert.deepEqual(timeless.traces[0]?.criticalPath, []);
  assert.deepEqual(report([]), {
    schema: "signalbox.trace/v1",
    traces: [],
    services: [],
    dependencies: [],
    errors: [],
  });
});

test("a server span with its client's id is the client's child, as Zipkin shares them", () => {
  const { dependencies } = report([
    { id: "1", service: "a", takes: 10 },
    { id: "2", parent: "1", service: "a", kind: "CLIENT", takes: 9 },
    { id: "2", parent: "1", service: "b", takes: 8 },
    { id: "3", parent: "2", service: "b", kind: "CLIENT", takes: 7 },
    { id: "4", parent: "3", service: "c", takes: 6 },
  ]);
  assert.deepEqual(
    dependencies.map(({ parent, child, networkMs }) => [parent, child, networkMs]),
    [
      ["a", "b", 1],
      ["b", "c", 1],
    ],
  );
});

/** Who is called, by what the client span says (the rules of Zipkin's DependencyLinker, and Istio's names of clusters). */
const CALLEES: readonly (readonly [tags: Told["tags"], child: string])[] = [
  [{ "peer.service": "db" }, "db"],
  [{ upstream_cluster: "outbound|9080|v2|reviews.shop.svc.cluster.local" }, "reviews.shop"],
  [{ upstream_cluster: "outbound|80||a.default.svc.cluster.local" }, "a"],
  [{ upstream_cluster: "outbound|443||api.example.com" }, "api.example.com"],
  [
    { upstream_cluster: "PassthroughCluster", "http.url": "http://anna:secret@api.example.com:8080/x" },
    "api.example.com",
  ],
  [{ "server.address": "api.example.com", "server.port": 443 }, "api.example.com"],
  [{ "db.system": "redis" }, "redis"],
];

test("a call whose server has no span leads to who the client span names", () => {
  for (const [tags = {}, child] of CALLEES) {
    const { dependencies } = report([
      { id: "1", service: "a", takes: 10 },
      { id: "2", parent: "1", service: "a", kind: "CLIENT", takes: 9, tags },
    ]);
    assert.deepEqual(
      dependencies.map((one) => one.child),
      [child],
      JSON.stringify(tags),
    );
  }
});
