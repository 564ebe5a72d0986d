import assert from "node:assert/strict";
import { test } from "node:test";
import { asLoggedBy, inSection } from "../support/module/sections.ts";

test("a filter's pluginConfig as its section, with what is shared at the top", () => {
  const all = '"mode":"CLIENT_AND_SERVER"';
  assert.equal(inSection("authz", '{"policies":[]}'), `{"authz":{${all},"policies":[]}}`);
  assert.equal(
    inSection("authz", ' { "policies": [], "policies": 1 }'),
    `{"authz":{${all},"policies": [], "policies": 1 }}`,
  );
  assert.equal(inSection("header-routing", "{}"), `{"headerRouting":{${all}}}`);
  assert.equal(
    inSection("fault-injection", '{"repeatedHeaders":"JOINED","virtualServices":[],"direction":null}'),
    `{"repeatedHeaders":"JOINED","direction":null,"faultInjection":{${all},"virtualServices":[]}}`,
  );
  assert.equal(inSection("header-routing", '{"rootNamespace":"a"}'), `{"headerRouting":{${all},"rootNamespace":"a"}}`);
  assert.equal(inSection("trace-propagation", "[1]"), '{"tracePropagation":[1]}');
  assert.equal(inSection("trace-propagation", '{"join":'), '{"join":');
  assert.equal(inSection("trace-propagation", ""), `{"tracePropagation":{${all}}}`);
  assert.equal(inSection("trace-propagation", "null"), `{"tracePropagation":{${all}}}`);
  assert.equal(
    inSection("trace-propagation", '{"direction":"INBOUND"}'),
    `{"direction":"INBOUND","tracePropagation":{${all}}}`,
  );
});

test("what signalbox logs of a section as the filter's own", () => {
  const both = "signalbox: authz.policies[0]: wrong\nsignalbox: headerRouting: missing\nsignalbox: trustDomain: empty";
  assert.equal(
    asLoggedBy("authz", both),
    "authz: policies[0]: wrong\nheader-routing: pluginConfig: missing\nauthz: trustDomain: empty",
  );
  const twice = "signalbox: pluginConfig: not JSON: an object has the same name twice (byte 43)";
  assert.equal(asLoggedBy("authz", twice), "authz: pluginConfig: not JSON: an object has the same name twice (byte 7)");
  assert.equal(asLoggedBy("authz", "fault-injection: no signalbox"), "fault-injection: no signalbox");
});
