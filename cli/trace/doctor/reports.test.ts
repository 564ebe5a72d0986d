/**
 * What people have reported publicly of traces that are broken, and that the doctor says so: the rows `D:` of the project's
 * list of reports. Each mesh is simulated with the cause that the report turned out to have.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../../../tools/project.ts";
import { bookinfo, mesh, pod, service, type Mesh } from "../test/mesh/mesh.ts";
import { otlpOf } from "../test/mesh/otlp.ts";
import { simulate, type MadeSpan } from "../test/mesh/simulate.ts";
import { spansOf } from "../test/mesh/spans.ts";
import { diagnose } from "./doctor.ts";
import { isFault, type Finding } from "./finding.ts";

test("the example of the README is the first of these", () => {
  const example: unknown = JSON.parse(readFileSync(join(PROJECT, "cli/examples/bookinfo-none.json"), "utf8"));
  const made = simulate(bookinfo({ productpage: { passes: "x-request-id" } }), 1);
  assert.deepEqual(example, JSON.parse(otlpOf(made)));
});

const seen = (made: Mesh, requests = 40, change = (spans: MadeSpan[]): MadeSpan[] => spans): Finding[] =>
  diagnose(spansOf(change(simulate(made, requests))));
const faultsOf = (findings: readonly Finding[]): string[] =>
  findings.filter(isFault).map(({ id, service, confidence }) => `${id} ${service} ${confidence}`);
const one = (findings: readonly Finding[], id: string): Finding => {
  const found = findings.filter((finding) => finding.id === id);
  assert.equal(found.length, 1, findings.map(({ id, service }) => `${id} ${service}`).join(", "));
  return found[0] as Finding;
};

test("istio#34816, #32596, #14905: only gateway to productpage is seen, as headers are not passed on", () => {
  const findings = seen(bookinfo({ productpage: { passes: "x-request-id" } }), 1);
  const { service, confidence, count, of, remedy } = one(findings, "drops-context");
  // One request, in which productpage calls details and reviews.
  assert.deepEqual(
    { service, confidence, count, of },
    { service: "productpage.default", confidence: "certain", count: 2, of: 2 },
  );
  assert.match(remedy, /participate: true.*join: \{keys: \[x-request-id\]\}/);
});

test("microservices-demo#635, #582: two spans a trace at each of five services that call, and none for leaves", () => {
  const callers = ["frontend", "checkout", "recommendation", "cart", "shipping"];
  const calls: Record<string, string[]> = {
    frontend: ["checkout", "recommendation"],
    checkout: ["cart", "shipping"],
    recommendation: ["catalog"],
    cart: ["redis-cart"],
    shipping: ["quotes"],
  };
  const leaves = ["catalog", "redis-cart", "quotes"];
  const made = mesh([
    service("istio-ingressgateway", ["frontend"], { kind: "gateway" }),
    ...callers.map((name) => service(name, calls[name], { passes: "nothing" })),
    ...leaves.map((name) => service(name)),
  ]);
  assert.deepEqual(faultsOf(seen(made)).sort(), callers.map((name) => `drops-context ${name}.default likely`).sort());
});

test("istio#22968, envoy#9341: the backend refuses batches of one proxy, and names of parents lead nowhere", () => {
  const findings = seen(bookinfo({ reviews: { reports: "neither" } }));
  assert.equal(one(findings, "orphan").service, "reviews.default");
  // Batches are refused now and then: then single spans are missing.
  const now = seen(bookinfo(), 200, (spans) =>
    spans.filter(({ service }, at) => service !== "reviews.default" || at % 7 > 0),
  );
  const orphan = one(now, "orphan");
  assert.equal(orphan.service, "reviews.default");
  assert.notEqual(orphan.confidence, "hint");
});

test("istio#22293: Spring WebFlux loses headers with the thread, in the calls to one service", () => {
  const made = bookinfo({
    productpage: {
      calls: [
        { to: "details", method: "GET", path: "/details" },
        { to: "reviews", method: "GET", path: "/reviews", passes: "nothing" },
      ],
    },
  });
  const { service, count, of, says, remedy } = one(seen(made), "drops-sometimes");
  assert.deepEqual({ service, count, of }, { service: "productpage.default", count: 40, of: 80 });
  assert.match(says, /the calls to reviews\.default begin a trace/);
  assert.match(remedy, /async code, a thread pool/);
});

test("istio#10266: the headers were set on the response, so the remedy names requests", () => {
  const { remedy } = one(seen(bookinfo({ productpage: { passes: "nothing" } })), "drops-context");
  assert.match(remedy, /of the request that it serves to the requests that it sends/);
});

test("istio#11696: where the headers are passed on, there is nothing to find", () => {
  assert.deepEqual(seen(bookinfo()), []);
});

test("envoy#13774, #11532: the 14th digit of x-request-id is changed on the way, and it is the same request", () => {
  const other = (id: string, digit: string): string => `${id.slice(0, 14)}${digit}${id.slice(15)}`;
  const findings = seen(bookinfo({ reviews: { passes: "x-request-id" } }), 40, (spans) =>
    spans.map((span) => {
      const id = String(span.attributes["guid:x-request-id"]);
      const digit = span.kind === "SERVER" ? "4" : "9";
      return { ...span, attributes: { ...span.attributes, "guid:x-request-id": other(id, digit) } };
    }),
  );
  assert.deepEqual(faultsOf(findings), ["drops-context reviews.default certain"]);
  // Any other digit is another request.
  const changed = seen(bookinfo({ reviews: { passes: "x-request-id" } }), 40, (spans) =>
    spans.map((span) => {
      const id = String(span.attributes["guid:x-request-id"]);
      const guid = span.kind === "SERVER" ? `0${id.slice(1)}` : `1${id.slice(1)}`;
      return { ...span, attributes: { ...span.attributes, "guid:x-request-id": guid } };
    }),
  );
  assert.deepEqual(faultsOf(changed), ["drops-context reviews.default likely"]);
});

test("istio#23960, jaeger-client-csharp#207: the agent reads W3C and Envoy B3, and one request has two traces", () => {
  const findings = seen(
    bookinfo({ reviews: { own: { reported: true, understands: false } } }, { tracer: "envoy-zipkin" }),
  );
  assert.equal(one(findings, "two-formats").service, "reviews.default");
  assert.match(one(findings, "two-formats").remedy, /"extract: \[w3c, b3\]" and "inject: \[w3c, b3\]"/);
  assert.deepEqual(faultsOf(findings), ["two-formats reviews.default likely"]);
});

test("istio#12019, dapr#7574: x-b3-sampled is 0 always, and the first hop with 0 is named", () => {
  const made = bookinfo({ productpage: { passes: "sampled=0" }, reviews: { failing: 50 } }, { keep: true });
  const torn = one(seen(made, 100), "sampling-torn");
  assert.deepEqual([torn.service, torn.confidence], ["productpage.default", "certain"]);
});

test("dapr#7574: sampled=0 is taken for no parent, and a new trace begins", () => {
  const made = bookinfo(
    { reviews: { restartsUnsampled: true }, productpage: { failing: 100 }, details: { failing: 100 } },
    { keep: true, sampling: 30 },
  );
  const torn = one(seen(made, 100), "sampling-torn");
  assert.deepEqual([torn.service, torn.confidence], ["reviews.default", "certain"]);
});

test("kyma#4103: hardly any traces, as 1 % is the default", () => {
  const few = one(seen(bookinfo({}, { sampling: 1 }), 3000), "few");
  assert.match(few.says, /sampled at 1 %/);
  // About as many as were sent: each sampled trace stands for a hundred.
  assert.equal(few.of, few.count * 100);
  assert.match(few.remedy, /randomSamplingPercentage: 100/);
  assert.ok(!isFault(few));
});

test("istio#55637, #23815, #48884, #13508: the gateway has no SERVER span", () => {
  const findings = seen(bookinfo({ "istio-ingressgateway": { shape: "client" } }));
  assert.deepEqual(faultsOf(findings), ["gateway-shape istio-ingressgateway.istio-system likely"]);
});

test("istio#42973: some proxies report and some do not, by workload and by host", () => {
  const silent = bookinfo({ ratings: { reports: "neither" } });
  assert.deepEqual(faultsOf(seen(silent)), ["hop-missing ratings.default hint"]);
  const replicas = [pod("ratings", "default", 1), pod("ratings", "default", 2)];
  const mute = replicas[1]?.ip;
  const some = seen(bookinfo({ ratings: { pods: replicas } }), 40, (spans) =>
    spans.filter(({ service, resource }) => service !== "ratings.default" || resource["host.ip"] !== mute),
  );
  const missing = one(some, "hop-missing");
  assert.equal(missing.service, "ratings.default");
  assert.ok(missing.says.includes(` at ${mute} `), missing.says);
});

test("istio#6316, #18329: no SERVER span, as the port is not named http", () => {
  const missing = one(seen(bookinfo({ reviews: { portNamed: false } })), "hop-missing");
  assert.deepEqual(
    [missing.service, missing.confidence, missing.count, missing.of],
    ["reviews.default", "likely", 40, 40],
  );
  assert.match(missing.remedy, /port 9080 of its Service named http-/);
});

test("istio#27104, #36419, #22413: the calls by gRPC alone are apart", () => {
  const made = bookinfo({
    reviews: {
      calls: [
        { to: "details", method: "GET", path: "/details" },
        { to: "ratings", method: "POST", path: "/Ratings/Get", protocol: "grpc", passes: "nothing" },
      ],
    },
  });
  const { service, says } = one(seen(made), "drops-sometimes");
  assert.equal(service, "reviews.default");
  assert.match(says, /the calls by gRPC begin a trace/);
});

test("istio#56467, #60780: in ambient the waypoint's spans are missing, which is no error of the application", () => {
  const made = bookinfo({
    productpage: { kind: "waypoint" },
    details: { kind: "waypoint", reports: "neither" },
    reviews: { kind: "waypoint" },
    ratings: { kind: "waypoint" },
  });
  const missing = one(seen(made), "hop-missing");
  assert.equal(missing.service, "details.default");
  assert.match(missing.says, /its waypoint/);
  assert.match(missing.remedy, /^Not an error of the application\./);
});

test("jaeger#3084: ids of 64 and of 128 bits are mixed", () => {
  const findings = seen(bookinfo({ productpage: { passes: "half of the trace id" } }));
  assert.deepEqual(faultsOf(findings), ["split-id productpage.default certain"]);
});

test("jaeger#2121, #2719, dapr#5027: the parent was never reported, and whoever owes it is named", () => {
  const findings = seen(bookinfo({ reviews: { own: { reported: false, understands: true } } }));
  assert.deepEqual(faultsOf(findings), ["orphan reviews.default certain"]);
});

test("jaeger#1459: children before their parents, by a clock that is 250 ms ahead", () => {
  const late = { ...pod("ratings", "default", 1), skew: 250_000 };
  const skew = one(seen(bookinfo({ ratings: { pods: [late] } })), "skew");
  assert.equal(skew.service, "ratings.default");
  assert.match(skew.says, new RegExp(`^the clock of ${late.ip} differs by \\+(249|250)(\\.\\d)? ms`));
});

test("istio PR#11232, kgateway#4666, envoy#4397: client and server share an id", () => {
  const findings = seen(bookinfo({ reviews: { sharesIds: true } }));
  assert.deepEqual(faultsOf(findings), ["shared-id reviews.default certain"]);
});

test("kyma#989: several requests are in one trace", () => {
  const merged = seen(bookinfo({}, { clientReusesIds: true }));
  assert.deepEqual(
    merged.filter(isFault).map(({ id, service }) => `${id} ${service}`),
    ["merged istio-ingressgateway.istio-system"],
  );
});

test("opentelemetry-ebpf-instrumentation#2592: retries have one span id", () => {
  const findings = seen(bookinfo({ reviews: { retriesWithOneId: true } }));
  assert.deepEqual(faultsOf(findings), ["duplicate-id reviews.default certain"]);
});

test("envoy#2746: health checks and scrapes fill the store", () => {
  const noise = one(seen(bookinfo({}, { probes: 3, probed: "details" })), "noise");
  assert.deepEqual([noise.service, noise.count, noise.of], ["details.default", 120, 160]);
  assert.match(noise.remedy, /disableSpanReporting: true/);
});

test("kiali#2664, #3045, #1785, #3919: the service's name is not app.namespace", () => {
  const renamed = { ...pod("reviews", "default", 1), spanService: "reviews" };
  const names = one(seen(bookinfo({ reviews: { pods: [renamed] } })), "names");
  assert.deepEqual([names.service, names.confidence], ["reviews", "hint"]);
  assert.match(names.says, /Kiali/);
});

test("opentelemetry-ext-js#229, jaeger-client-java#598: a consumer begins a trace, which nothing in the mesh mends", () => {
  const jobs = [{ every: 50_000, call: { to: "details", method: "GET", path: "/details" } }];
  const background = one(seen(bookinfo({ ratings: { jobs } })), "background");
  assert.deepEqual([background.service, background.confidence], ["ratings.default", "hint"]);
  assert.match(background.remedy, /^Nothing to mend in the mesh/);
  assert.ok(!isFault(background));
});
