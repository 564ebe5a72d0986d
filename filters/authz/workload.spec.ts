import { text } from "../../test/support/spec/bytes";
import { failProperty, forgetProperties, setProperty } from "../../test/support/spec/host";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { deciding, policyProblems, readPolicies } from "./test/spec/policies";
import { Status } from "../../assembly/host/status";

export { proxy_get_property } from "../../test/support/spec/host";

const NAMESPACE = "xds/node/metadata/NAMESPACE";
const LABEL = "xds/node/metadata/LABELS/";

/** A proxy of the namespace `default`, of a workload with the labels app=httpbin and version=v1. */
function begin(): void {
  forgetProperties();
  setProperty(NAMESPACE, text("default"));
  setProperty(LABEL + "app", text("httpbin"));
  setProperty(LABEL + "version", text("v1"));
}

/** A pluginConfig with a policy that denies everything to those whom it is for. */
function denial(fields: string, root: string = ""): string {
  return "{" + root + '"policies": [{"name": "p", "action": "DENY", "rules": [{}]' + fields + "}]}";
}

/** Whether a policy with these fields is for the workload. */
function isFor(fields: string, root: string = ""): bool {
  return deciding(readPolicies(denial(fields, root)), new HeaderPairs()) != "none";
}

function selecting(labels: string): string {
  return ', "selector": {"matchLabels": {' + labels + "}}";
}

describe("a policy is for the workload", () => {
  it("of its own namespace, and of the root namespace, and of no other", () => {
    begin();
    expect(isFor(', "namespace": "default"')).toBe(true);
    expect(isFor(', "namespace": "istio-system"')).toBe(true);
    expect(isFor(', "namespace": "other"')).toBe(false);
    expect(isFor(', "namespace": "default-2"')).toBe(false);
    expect(isFor("")).toBe(true);
  });

  it("of the root namespace that is said", () => {
    begin();
    const mesh = '"rootNamespace": "mesh", ';
    expect(isFor(', "namespace": "mesh"', mesh)).toBe(true);
    expect(isFor(', "namespace": "istio-system"', mesh)).toBe(false);
    expect(isFor(', "namespace": "default"', mesh)).toBe(true);
  });

  it("where all labels of its selector are the workload's", () => {
    begin();
    expect(isFor(selecting('"app": "httpbin"'))).toBe(true);
    expect(isFor(selecting('"app": "httpbin", "version": "v2"'))).toBe(false);
  });

  it("without a selector, and with one without labels", () => {
    begin();
    expect(isFor(', "selector": {}')).toBe(true);
    expect(isFor(', "selector": {"matchLabels": {}}')).toBe(true);
    expect(isFor(', "selector": null')).toBe(true);
  });

  it("of the root namespace only where its selector says so too", () => {
    begin();
    expect(isFor(', "namespace": "istio-system"' + selecting('"app": "httpbin"'))).toBe(true);
    expect(isFor(', "namespace": "istio-system"' + selecting('"app": "x"'))).toBe(false);
    expect(isFor(', "namespace": "other"' + selecting('"app": "httpbin"'))).toBe(false);
  });
});

describe("a proxy that does not know its namespace", () => {
  it("takes policies of the root namespace and those that name none", () => {
    forgetProperties();
    expect(isFor(', "namespace": "istio-system"')).toBe(true);
    expect(isFor("")).toBe(true);
  });

  it("refuses others, which might be meant for it", () => {
    forgetProperties();
    const problem =
      "policies[0].namespace: this proxy's namespace is unknown (node metadata NAMESPACE), so it is unknown whether the policy applies to it";
    expect(policyProblems(denial(', "namespace": "default"'))).toBe(problem);
    failProperty(NAMESPACE, Status.INTERNAL_FAILURE);
    expect(policyProblems(denial(', "namespace": "default"'))).toBe(problem);
  });

  it("names a policy that names no namespace as one of default", () => {
    forgetProperties();
    const plan = readPolicies(denial(""));
    expect(deciding(plan, new HeaderPairs())).toBe("ns[default]-policy[p]-rule[0]");
    begin();
    setProperty(NAMESPACE, text("prod"));
    expect(deciding(readPolicies(denial("")), new HeaderPairs())).toBe("ns[prod]-policy[p]-rule[0]");
  });
});
