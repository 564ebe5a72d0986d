import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  answer,
  detailsOf,
  Envoy,
  FeatureListeners,
  inlineWasm,
  listener,
  SHOWS_DETAILS,
  type Feature,
  type HeaderLine,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";
import { deniedBy, firstRule, policy } from "./rules.ts";

const EVERY = [{}];
const user = (...values: string[]): JsonObject => ({ when: [{ key: "request.headers[x-user]", values }] });
const labels = (matchLabels: JsonObject): JsonObject => ({ selector: { matchLabels } });
const of = (fields: JsonObject, ...policies: JsonObject[]): Feature => {
  return { configuration: { policies, ...fields }, chain: { manager: SHOWS_DETAILS } };
};

const FEATURES: Readonly<Record<string, Feature>> = {
  none: of({}),
  "ALLOW with no rules": of({}, policy("allow", "ALLOW", [])),
  "ALLOW with an empty rule": of({}, policy("allow", "ALLOW", EVERY)),
  "DENY with an empty rule": of({}, policy("deny", "DENY", EVERY)),
  "ALLOW by default": of({}, { name: "allow", namespace: "default", rules: [user("anna")] }),
  "several ALLOW policies": of({}, policy("b", "ALLOW", [user("anna")]), policy("a", "ALLOW", [user("bob")])),
  "DENY beside ALLOW": of({}, policy("allow", "ALLOW", EVERY), policy("deny", "DENY", [user("mallory")])),
  "AUDIT alone": of({}, policy("audit", "AUDIT", EVERY)),
  "AUDIT beside ALLOW": of({}, policy("audit", "AUDIT", [user("bob")]), policy("allow", "ALLOW", [user("anna")])),
  "dry run": of({}, policy("deny", "DENY", EVERY, { dryRun: true }), policy("allow", "ALLOW", [], { dryRun: true })),
  "this namespace": of({}, policy("deny", "DENY", EVERY)),
  "no namespace": of({}, { name: "deny", action: "DENY", rules: EVERY }),
  "another namespace": of({}, policy("deny", "DENY", EVERY, { namespace: "foo" })),
  "the root namespace": of({}, policy("deny", "DENY", EVERY, { namespace: "istio-system" })),
  "another root namespace": of(
    { rootNamespace: "mesh" },
    policy("deny", "DENY", EVERY, { namespace: "mesh" }),
    policy("old", "DENY", EVERY, { namespace: "istio-system" }),
  ),
  "another root namespace alone": of(
    { rootNamespace: "mesh" },
    policy("deny", "DENY", EVERY, { namespace: "istio-system" }),
  ),
  "these labels": of({}, policy("deny", "DENY", EVERY, labels({ app: "httpbin", "example.com/tier": "a.b" }))),
  "another label": of({}, policy("deny", "DENY", EVERY, labels({ app: "httpbin", version: "v2" }))),
  "a label's other value": of({}, policy("deny", "DENY", EVERY, labels({ app: "sleep" }))),
  "no labels": of({}, policy("deny", "DENY", EVERY, labels({}))),
  "the root namespace and these labels": of(
    {},
    policy("deny", "DENY", EVERY, { namespace: "istio-system", ...labels({ app: "httpbin" }) }),
  ),
  "the root namespace and other labels": of(
    {},
    policy("deny", "DENY", EVERY, { namespace: "istio-system", ...labels({ app: "sleep" }) }),
  ),
  "another namespace and these labels": of(
    {},
    policy("deny", "DENY", EVERY, { namespace: "foo", ...labels({ app: "httpbin" }) }),
  ),
  "ALLOW of another namespace": of({}, policy("allow", "ALLOW", [], { namespace: "foo" })),
  "all of them together": of(
    {},
    policy("mesh", "ALLOW", [user("anna")], { namespace: "istio-system" }),
    policy("all", "ALLOW", [user("bob")]),
    policy("mine", "ALLOW", [user("carol")], labels({ app: "httpbin" })),
    policy("others", "ALLOW", [user("dave")], labels({ app: "sleep" })),
  ),
};

let listeners: FeatureListeners;

before(async () => {
  const metadata = { NAMESPACE: "default", LABELS: { app: "httpbin", "example.com/tier": "a.b" } };
  listeners = await FeatureListeners.start("authz", FEATURES, { metadata });
});
after(async () => await listeners?.stop());

/** Why requests of that user are refused; undefined where they are let through. */
async function refusal(name: string, user?: string): Promise<string | undefined> {
  const headers: HeaderLine[] = user === undefined ? [] : [["x-user", user]];
  const answer = await listeners.send(name, { headers });
  assert.equal(answer.status, detailsOf(answer) === undefined ? 200 : 403);
  return detailsOf(answer);
}

const NO_RULE = deniedBy("none");
const BY_DENY = deniedBy(firstRule("deny"));

test("no policy allows, ALLOW without a match denies, DENY with a match denies", async () => {
  assert.equal(await refusal("none"), undefined);
  assert.equal(await refusal("ALLOW with no rules"), NO_RULE);
  assert.equal(await refusal("ALLOW with an empty rule"), undefined);
  assert.equal(await refusal("DENY with an empty rule"), BY_DENY);
  assert.equal(await refusal("ALLOW by default", "anna"), undefined);
  assert.equal(await refusal("ALLOW by default", "bob"), NO_RULE);
});

test("one ALLOW policy of several is enough, and DENY goes before ALLOW", async () => {
  assert.equal(await refusal("several ALLOW policies", "anna"), undefined);
  assert.equal(await refusal("several ALLOW policies", "bob"), undefined);
  assert.equal(await refusal("several ALLOW policies", "carol"), NO_RULE);
  assert.equal(await refusal("DENY beside ALLOW", "anna"), undefined);
  assert.equal(await refusal("DENY beside ALLOW", "mallory"), BY_DENY);
});

test("AUDIT and dry runs change nothing", async () => {
  assert.equal(await refusal("AUDIT alone"), undefined);
  assert.equal(await refusal("AUDIT beside ALLOW", "anna"), undefined);
  assert.equal(await refusal("AUDIT beside ALLOW", "bob"), NO_RULE);
  assert.equal(await refusal("dry run"), undefined);
});

test("a policy is for its namespace, that of the root for all", async () => {
  assert.equal(await refusal("this namespace"), BY_DENY);
  assert.equal(await refusal("no namespace"), BY_DENY);
  assert.equal(await refusal("another namespace"), undefined);
  assert.equal(await refusal("the root namespace"), deniedBy("ns[istio-system]-policy[deny]-rule[0]"));
  assert.equal(await refusal("another root namespace"), deniedBy("ns[mesh]-policy[deny]-rule[0]"));
  assert.equal(await refusal("another root namespace alone"), undefined);
  assert.equal(await refusal("ALLOW of another namespace"), undefined);
});

test("a selector wants all of its labels", async () => {
  assert.equal(await refusal("these labels"), BY_DENY);
  assert.equal(await refusal("another label"), undefined);
  assert.equal(await refusal("a label's other value"), undefined);
  assert.equal(await refusal("no labels"), BY_DENY);
  assert.equal(await refusal("the root namespace and these labels"), deniedBy("ns[istio-system]-policy[deny]-rule[0]"));
  assert.equal(await refusal("the root namespace and other labels"), undefined);
  assert.equal(await refusal("another namespace and these labels"), undefined);
});

test("policies of the root namespace, of the namespace and of the workload are one", async () => {
  for (const allowed of ["anna", "bob", "carol"])
    assert.equal(await refusal("all of them together", allowed), undefined);
  assert.equal(await refusal("all of them together", "dave"), NO_RULE);
});

test("a proxy that does not know its namespace refuses policies that name one", async () => {
  const configuration = { policies: [policy("deny", "DENY", EVERY)] };
  const filters = [inlineWasm("authz", { module: "authz", configuration })];
  const listeners = [listener("authz", { filters, routes: [answer("reached")] })];
  await assert.rejects(Envoy.start({ listeners }), /policies\[0\]\.namespace: this proxy's namespace is unknown/);
});
