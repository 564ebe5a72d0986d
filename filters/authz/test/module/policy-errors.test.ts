import assert from "node:assert/strict";
import { test } from "node:test";
import { Compiled } from "../../../../test/support/module/compiled.ts";

const AUTHZ = new Compiled("authz");

/** What is said of a single policy with these fields; nothing where it is accepted. */
function errorsOf(fields: object): string[] {
  const { vm } = AUTHZ.load();
  const policies = [{ name: "a", ...fields }];
  const root = vm.createRoot({ configuration: JSON.stringify({ policies }) });
  const errors = AUTHZ.errorsOf(vm);
  assert.equal(root.accepted, errors.length === 0);
  return errors;
}

// Istio: ValidateAuthorizationPolicy takes an empty list for none, and looks at dry runs as at others.
test("DENY without rules is refused, written as no list, as null or as an empty one, dry run or not", () => {
  const required = [
    "policies[0].rules: required for DENY: a DENY policy without rules denies nothing; write [{}] to deny every request",
  ];
  for (const dryRun of [false, true]) {
    assert.deepEqual(errorsOf({ action: "DENY", dryRun }), required);
    assert.deepEqual(errorsOf({ action: "DENY", dryRun, rules: null }), required);
    assert.deepEqual(errorsOf({ action: "DENY", dryRun, rules: [] }), required);
    assert.deepEqual(errorsOf({ action: "DENY", dryRun, rules: [{}] }), []);
    assert.deepEqual(errorsOf({ action: "DENY", dryRun, rules: {} }), ["policies[0].rules: expected a list, got {}"]);
  }
});

test("CUSTOM is refused for what it is, and for nothing else", () => {
  assert.deepEqual(errorsOf({ action: "CUSTOM" }), [
    "policies[0].action: not supported: CUSTOM calls an external authorizer: keep the policy as an AuthorizationPolicy",
  ]);
});

test("of two policies with one name the later is told", () => {
  const { vm } = AUTHZ.load();
  const policies = ["a", "b", "a"].map((name) => ({ name, rules: [{}] }));
  vm.createRoot({ configuration: JSON.stringify({ policies }) });
  assert.deepEqual(AUTHZ.errorsOf(vm), ["policies[2]: another policy has this name and namespace"]);
});

test("ALLOW and AUDIT may be without rules", () => {
  for (const action of ["ALLOW", "AUDIT"]) {
    assert.deepEqual(errorsOf({ action }), []);
    assert.deepEqual(errorsOf({ action, rules: [] }), []);
  }
});

test("a principal with spiffe:// is refused for those who may ask for explanations, too", () => {
  const { vm } = AUTHZ.load();
  vm.createRoot({ configuration: JSON.stringify({ policies: [], explain: { principals: ["a/*", "spiffe://a/b"] } }) });
  assert.deepEqual(AUTHZ.errorsOf(vm), [
    "explain.principals[1]: remove spiffe://: with it, a principal matches nobody",
  ]);
});
