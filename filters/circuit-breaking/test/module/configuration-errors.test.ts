/** What a user reads who mistyped something, or asked for what the filter cannot do: the exact lines. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  configurationErrors,
  configurationWarnings,
  inAnyOrder,
} from "../../../../test/support/module/configuration-errors.ts";
import { OWN_MODULE_ONLY } from "../../../../test/support/module/sections.ts";
import { CIRCUIT_BREAKING } from "./compiled.ts";
import { reviews } from "./scenario.ts";

const errors = (configuration: unknown): readonly string[] =>
  inAnyOrder(configurationErrors(CIRCUIT_BREAKING, configuration));
const RULE = "destinationRules[0]";
const DETECTION = `${RULE}.trafficPolicy.outlierDetection`;
const NATIVE = "not supported: this filter only breaks circuits: leave it to a native DestinationRule";
const MILLISECONDS = "expected a duration of whole milliseconds, at least 1ms, got";

/** What is wrong with the fields of `outlierDetection`, its path left out. */
const policy = (fields: object): readonly string[] =>
  errors(reviews(fields)).map((line) => line.replace(`${DETECTION}.`, ""));
const rule = (fields: object): readonly string[] =>
  errors(reviews({}, fields)).map((line) => line.replace(`${RULE}.`, ""));

test("an empty configuration says what to write", { skip: OWN_MODULE_ONLY }, () => {
  const [line, ...others] = errors(null);
  assert.deepEqual(others, []);
  assert.match(line ?? "", /^pluginConfig: empty: write destinationRules, for example \{destinationRules: \[/);
  assert.deepEqual(errors({}), ["destinationRules: required, and missing"]);
});

test("what cannot be honoured is refused by name, with the reason", () => {
  for (const block of ["connectionPool", "loadBalancer", "tls", "tunnel", "proxyProtocol", "retryBudget"]) {
    assert.deepEqual(rule({ trafficPolicy: { [block]: {} } }), [`trafficPolicy.${block}: ${NATIVE}`]);
  }
  for (const block of ["connectionPool", "loadBalancer", "tls"]) {
    const portLevelSettings = [{ port: { number: 1 }, [block]: {} }];
    assert.deepEqual(rule({ trafficPolicy: { portLevelSettings } }), [
      `trafficPolicy.portLevelSettings[0].${block}: ${NATIVE}`,
    ]);
  }
  const whole = (value: number): string =>
    `not supported: a circuit opens for the whole destination: write ${value}, and leave single hosts to a native DestinationRule`;
  assert.deepEqual(policy({ maxEjectionPercent: 50 }), [`maxEjectionPercent: ${whole(100)}`]);
  assert.deepEqual(policy({ maxEjectionPercent: 0 }), [`maxEjectionPercent: ${whole(100)}`]);
  assert.deepEqual(policy({ minHealthPercent: 1 }), [`minHealthPercent: ${whole(0)}`]);
  assert.deepEqual(policy({ maxEjectionPercent: 100, minHealthPercent: 0 }), []);
  assert.deepEqual(policy({ consecutiveErrors: 5 }), [
    "consecutiveErrors: not supported: Istio ignores it too: write consecutive5xxErrors",
  ]);
});

test("numbers, times and shares", () => {
  const whole = (most: number, least = 0): string => `expected a whole number from ${least} to ${most}, got`;
  const uint32 = 2 ** 32 - 1;
  const share = "expected 0, or a percentage from 0.0001 to 100, got";
  assert.deepEqual(policy({ consecutive5xxErrors: -1 }), [`consecutive5xxErrors: ${whole(uint32)} -1`]);
  assert.deepEqual(policy({ consecutiveGatewayErrors: "5" }), [`consecutiveGatewayErrors: ${whole(uint32)} "5"`]);
  assert.deepEqual(policy({ interval: "0s" }), [`interval: ${MILLISECONDS} "0s"`]);
  assert.deepEqual(policy({ baseEjectionTime: "1us" }), [`baseEjectionTime: ${MILLISECONDS} "1us"`]);
  assert.deepEqual(policy({ maxEjectionTime: "29s" }), ["maxEjectionTime: it must be at least baseEjectionTime"]);
  assert.deepEqual(policy({ baseEjectionTime: "10m" }), [], "the longest is then as long");
  assert.deepEqual(policy({ maxEjectionTimeJitter: "0s" }), []);
  assert.deepEqual(policy({ failureRateThreshold: 101 }), [`failureRateThreshold: ${share} 101`]);
  assert.deepEqual(policy({ failureRateThreshold: 0 }), [
    "failureRateThreshold: expected a percentage from 0.0001 to 100, got 0",
  ]);
  assert.deepEqual(policy({ minimumNumberOfCalls: 0 }), [`minimumNumberOfCalls: ${whole(uint32, 1)} 0`]);
  assert.deepEqual(policy({ slowCallRateThreshold: 50 }), [
    "slowCallRateThreshold: it needs slowCallDurationThreshold: the time after which a call is slow",
  ]);
});

test("statuses, by number and by name", () => {
  const code = "expected a whole number from 100 to 599, got";
  assert.deepEqual(policy({ outlierDetectionHttpErrorCodes: [99, 600, null] }), [
    `outlierDetectionHttpErrorCodes[0]: ${code} 99`,
    `outlierDetectionHttpErrorCodes[1]: ${code} 600`,
    "outlierDetectionHttpErrorCodes[2]: expected an HTTP status, got null",
  ]);
  const [name, ok] = policy({ grpcErrorStatuses: ["UNAVAILABEL", "OK"] });
  assert.match(
    name ?? "",
    /^grpcErrorStatuses\[0\]: expected OK, .* \(did you mean UNAVAILABLE\?\), got "UNAVAILABEL"$/,
  );
  assert.equal(ok, "grpcErrorStatuses[1]: OK is no error");
});

test("local failures need split, as in Istio", () => {
  assert.deepEqual(policy({ consecutiveLocalOriginFailures: 3 }), [
    "consecutiveLocalOriginFailures: it needs splitExternalLocalOriginErrors: true, as in Istio",
  ]);
  assert.deepEqual(policy({ consecutiveLocalOriginFailures: 0 }), []);
  assert.deepEqual(policy({ consecutiveLocalOriginFailures: 3, splitExternalLocalOriginErrors: true }), []);
});

test("rules: hosts, names, subsets and circuits", () => {
  assert.deepEqual(errors({ destinationRules: [{}] }), [`${RULE}.host: required, and missing`]);
  assert.deepEqual(rule({ host: "a..b" }), ['host: expected a host name, which may begin with "*", got "a..b"']);
  const two = {
    destinationRules: [
      { name: "a", host: "x.com" },
      { name: "b", host: "X.com" },
    ],
  };
  assert.deepEqual(errors(two), ['destinationRules[1].host: another entry already has the host "X.com"']);
  const named = (name: string) => ({ host: name, name: "r", trafficPolicy: { outlierDetection: {} } });
  assert.deepEqual(errors({ destinationRules: [named("a.com"), named("b.com")] }), [
    'destinationRules[1].name: another circuit is already named "r": give it a name of its own',
  ]);
  assert.deepEqual(rule({ subsets: [{ name: "v2", trafficPolicy: {} }] }), [
    "subsets[0].trafficPolicy: a subset's circuit needs steering, which says how a request's subset is known: {header: x-subset, value: \"{subset}\"}",
  ]);
  assert.deepEqual(rule({ subsets: [{ name: "v2", labels: { version: "v2" } }], exportTo: ["."] }), []);
  assert.deepEqual(rule({ state: "OPEN" }), [
    'state: expected ENABLED, METRICS_ONLY, DISABLED or FORCED_OPEN, got "OPEN"',
  ]);
  assert.deepEqual(
    rule({ circuits: [{ match: [{ url: {} }], maxKeys: 5 }] }),
    inAnyOrder([
      "circuits[0].name: required, and missing",
      "circuits[0].maxKeys: it needs keyedBy",
      'circuits[0].match[0]: unknown field "url" (did you mean "uri"?)',
    ]),
  );
  assert.deepEqual(rule({ circuits: [{ name: "c", match: { name: "m" } }] }), [
    'circuits[0].match: expected a list, got {"name":"m"}',
  ]);
  assert.deepEqual(rule({ circuits: [{ name: "c", keyedBy: {} }] }), [
    'circuits[0].keyedBy: expected {header: name}, {cookie: name}, {claim: name} or "principal", got {}',
  ]);
  assert.deepEqual(errors({ destinationRules: [{ host: "a.com", circuits: [{ name: "c" }] }] }), [
    `${RULE}.circuits[0].outlierDetection: required, as the rule's trafficPolicy has none`,
  ]);
});

test("a workload selector, as in Istio's validation", () => {
  const selecting = (matchLabels: object): readonly string[] => rule({ workloadSelector: { matchLabels } });
  const path = "workloadSelector.matchLabels";
  assert.deepEqual(selecting({ app: "reviews" }), [], "another workload's");
  assert.deepEqual(
    selecting({ "a*": "b", version: "v*", "": "x", app: 1 }),
    inAnyOrder([
      `${path}["a*"]: a selector must not contain *`,
      `${path}.version: a selector must not contain *`,
      `${path}[""]: a label's name must not be empty`,
      `${path}.app: expected a string, got 1`,
    ]),
  );
});

test("rejections, and a steering that is no header's", () => {
  assert.deepEqual(
    errors(reviews({}, {}, { rejection: { httpStatus: 199, headers: { "X-Circuit-Open": "x", a: 1 } } })),
    inAnyOrder([
      "rejection.httpStatus: expected a whole number from 200 to 599, got 199",
      'rejection.headers["X-Circuit-Open"]: not the name of a header that a reply can have',
      "rejection.headers.a: expected a string, got 1",
    ]),
  );
  assert.deepEqual(errors(reviews({}, {}, { steering: { header: ":authority" } })), [
    "steering.header: not supported: write a rule whose host is what the requests of the subset are sent to",
  ]);
  assert.deepEqual(errors(reviews({}, {}, { steering: { value: "{subset}:{port}:{subset}" } })), [
    "steering.value: not supported: {subset} on both sides of {port}",
  ]);
  for (const value of ["{subset}{subset}:{port}", "{port}:{subset}{subset}", "{port}:{port}", "{subset}{subset}"]) {
    assert.deepEqual(errors(reviews({}, {}, { steering: { value } })), []);
  }
});

test("a circuit that nothing opens is warned of", () => {
  assert.deepEqual(configurationWarnings(CIRCUIT_BREAKING, reviews({ consecutive5xxErrors: 0 })), [
    `${DETECTION}: the circuit never opens: no number of errors and no rate opens it`,
  ]);
  assert.deepEqual(configurationWarnings(CIRCUIT_BREAKING, reviews({})), []);
});
