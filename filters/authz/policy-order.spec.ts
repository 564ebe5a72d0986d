import { forgetProperties } from "../../test/support/spec/host";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { deciding, inDefaultNamespace, policyProblems, readPolicies } from "./test/spec/policies";

export { proxy_get_property } from "../../test/support/spec/host";

/** A policy whose rules hold for requests that have the header `r<place>`, or `all`. */
function policy(namespace: string, name: string, rules: i32, action: string = "ALLOW"): string {
  const list: string[] = [];
  for (let i = 0; i < rules; i++) {
    const mine = '{"key": "request.headers[r' + i.toString() + ']", "values": ["*"]}';
    list.push('{"when": [' + mine + "]}");
  }
  const head = '{"namespace": "' + namespace + '", "name": "' + name + '", "action": "' + action + '", ';
  return head + '"rules": [' + list.join(", ") + "]}";
}

/** The rule that decides about a request with these headers, of policies in the order given. */
function first(policies: string[], headers: string[]): string {
  forgetProperties();
  inDefaultNamespace();
  const plan = readPolicies('{"policies": [' + policies.join(", ") + "]}");
  const request = new HeaderPairs();
  for (let i = 0; i < headers.length; i++) request.add(headers[i], "1");
  return deciding(plan, request);
}

/** Envoy keeps RBAC's policies in a std::map by their ids, and the first that matches is the one it names. */
describe("of rules that a request meets, the first by the bytes of its id decides", () => {
  it("within a policy: rule[10] before rule[1] before rule[2]", () => {
    // `0` is 0x30 and `]` is 0x5d, so a longer number comes before its beginning.
    const p = [policy("default", "p", 21)];
    expect(first(p, ["r2", "r1", "r10"])).toBe("ns[default]-policy[p]-rule[10]");
    expect(first(p, ["r2", "r1"])).toBe("ns[default]-policy[p]-rule[1]");
    expect(first(p, ["r2", "r20"])).toBe("ns[default]-policy[p]-rule[20]");
    expect(first(p, ["r9", "r10"])).toBe("ns[default]-policy[p]-rule[10]");
    expect(first(p, ["r19", "r2"])).toBe("ns[default]-policy[p]-rule[19]");
    expect(first(p, ["r0", "r10"])).toBe("ns[default]-policy[p]-rule[0]");
    expect(first(p, ["r3"])).toBe("ns[default]-policy[p]-rule[3]");
  });

  it("within a policy of a hundred rules and more", () => {
    const p = [policy("default", "p", 111)];
    expect(first(p, ["r11", "r1", "r110", "r10", "r100"])).toBe("ns[default]-policy[p]-rule[100]");
    expect(first(p, ["r11", "r1", "r110", "r10"])).toBe("ns[default]-policy[p]-rule[10]");
    expect(first(p, ["r11", "r1", "r110"])).toBe("ns[default]-policy[p]-rule[110]");
    expect(first(p, ["r11", "r1"])).toBe("ns[default]-policy[p]-rule[11]");
  });

  it("among policies of one namespace: [a-b] and [a.b] before [a]", () => {
    const dash = policy("default", "a-b", 1);
    const dot = policy("default", "a.b", 1);
    const digit = policy("default", "a0", 1);
    const plain = policy("default", "a", 1);
    const letter = policy("default", "aa", 1);
    // - 2d, . 2e, 0 30, ] 5d, a 61
    expect(first([plain, letter, digit, dot, dash], ["r0"])).toBe("ns[default]-policy[a-b]-rule[0]");
    expect(first([letter, plain, digit, dot], ["r0"])).toBe("ns[default]-policy[a.b]-rule[0]");
    expect(first([letter, plain, digit], ["r0"])).toBe("ns[default]-policy[a0]-rule[0]");
    expect(first([letter, plain], ["r0"])).toBe("ns[default]-policy[a]-rule[0]");
  });

  it("among namespaces: ns[default] before ns[istio-system], and by the namespace before the name", () => {
    const root = policy("istio-system", "a", 1);
    const own = policy("default", "z", 1);
    expect(first([root, own], ["r0"])).toBe("ns[default]-policy[z]-rule[0]");
  });

  it("a policy of fewer places before one of more does not count: the policy's id comes first", () => {
    expect(first([policy("default", "b", 1), policy("default", "a", 12)], ["r0", "r11"])).toBe(
      "ns[default]-policy[a]-rule[0]",
    );
    expect(first([policy("default", "b", 1), policy("default", "a", 12)], ["r11", "r2"])).toBe(
      "ns[default]-policy[a]-rule[11]",
    );
  });

  it("DENY before ALLOW, whatever their names are", () => {
    expect(first([policy("default", "a", 1), policy("default", "z", 1, "DENY")], ["r0"])).toBe(
      "ns[default]-policy[z]-rule[0]",
    );
  });
});

describe("two policies of one name", () => {
  it("in one namespace are refused, also where a namespace is not written", () => {
    forgetProperties();
    inDefaultNamespace();
    const one = policy("default", "p", 1);
    const other = '{"name": "p", "rules": [{}]}';
    const problem = "another policy has this name and namespace";
    expect(policyProblems('{"policies": [' + one + ", " + other + "]}").endsWith(problem)).toBe(true);
    expect(policyProblems('{"policies": [' + one + ", " + policy("other", "p", 1) + "]}")).toBe("");
  });
});
