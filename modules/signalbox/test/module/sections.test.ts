/** What the document of signalbox may say: sections, what they share, and where messages say it is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { publishedCapabilities, testModule, usedCapabilities } from "../../../../test/support/module/capabilities.ts";
import { configurationErrors, configurationWarnings } from "../../../../test/support/module/configuration-errors.ts";
import { DENY_ALL, ROUTE_ALL, SIGNALBOX } from "./sent.ts";

const NO_SECTION =
  "pluginConfig: no section: write tracePropagation, authz, headerRouting, circuitBreaking or faultInjection, for example " +
  "{authz: {policies: [{name: allow-sleep, namespace: default, rules: [{from: [{source: {principals: " +
  "[cluster.local/ns/default/sa/sleep]}}]}]}]}}";

const errors = (configuration: unknown): string[] => configurationErrors(SIGNALBOX, configuration);

test("no section is an error that says what to write", () => {
  assert.deepEqual(errors({ trustDomain: "td" }), [NO_SECTION]);
  assert.deepEqual(errors({}), [NO_SECTION]);
  assert.deepEqual(errors(null), [NO_SECTION]);
  assert.deepEqual(errors({ authz: null }), [NO_SECTION]);
});

test("a field that all sections share is refused in each of them, and the message says where it belongs", () => {
  const where = "write it at the top of pluginConfig, beside the sections: it holds for all of them";
  const shared = { direction: "INBOUND", trustDomain: "td", rootNamespace: "r", repeatedHeaders: "EACH" };
  const sections = {
    tracePropagation: {},
    authz: DENY_ALL,
    headerRouting: ROUTE_ALL,
    circuitBreaking: { destinationRules: [] },
    faultInjection: { virtualServices: [] },
  };
  for (const [name, section] of Object.entries(sections)) {
    const expected = Object.keys(shared).map((field) => `${name}.${field}: ${where}`);
    assert.deepEqual(errors({ [name]: { ...section, ...shared } }), expected);
    assert.deepEqual(errors({ ...shared, [name]: section }), []);
  }
});

test("a path begins with the section, and every section's mistakes are reported", () => {
  assert.deepEqual(
    errors({
      tracePropagation: { participate: 1 },
      authz: { policies: [{ name: "p", rules: [{ from: [{ sources: {} }] }] }] },
      headerRouting: { virtualServices: [{ hosts: ["*"], http: [{ route: [], timeout: "1s" }] }] },
      circuitBreaking: { destinationRules: [{ host: "a", trafficPolicy: { tls: {} } }] },
      faultInjection: { virtualServices: [], maxActiveFaults: -1 },
    }).map((line) => line.split(": ")[0]),
    [
      "tracePropagation.participate",
      "authz.policies[0].rules[0].from[0]",
      "authz.policies[0].rules[0].from[0].source",
      "headerRouting.virtualServices[0].http[0].route",
      "headerRouting.virtualServices[0].http[0].timeout",
      "circuitBreaking.destinationRules[0].trafficPolicy.tls",
      "faultInjection.maxActiveFaults",
    ],
  );
});

test("an unknown section, and a mode that is none", () => {
  assert.deepEqual(errors({ authz: DENY_ALL, headerRoutng: ROUTE_ALL }), [
    'pluginConfig: unknown field "headerRoutng" (did you mean "headerRouting"?)',
  ]);
  assert.deepEqual(errors({ authz: { ...DENY_ALL, mode: "SERVERS" } }).length, 1);
  assert.match(errors({ authz: { ...DENY_ALL, mode: "SERVERS" } })[0] ?? "", /^authz\.mode: /);
});

test("a section that can never act is warned of", () => {
  const never = "headerRouting: never acts: its mode is for the other direction than the one that direction says";
  assert.deepEqual(
    configurationWarnings(SIGNALBOX, { direction: "INBOUND", authz: DENY_ALL, headerRouting: ROUTE_ALL }),
    [never],
  );
  assert.deepEqual(configurationWarnings(SIGNALBOX, { direction: "OUTBOUND", headerRouting: ROUTE_ALL }), []);
});

test("the published capabilities are those of the module", () => {
  assert.deepEqual(publishedCapabilities(SIGNALBOX).sort(), usedCapabilities(SIGNALBOX).sort());
});

testModule(
  SIGNALBOX,
  [
    "proxy_on_request_headers",
    "proxy_on_response_headers",
    "proxy_on_http_call_response",
    "proxy_on_tick",
    "proxy_on_log",
    "proxy_on_done",
  ],
  150,
);
