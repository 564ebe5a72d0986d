import { text } from "../../test/support/spec/bytes";
import { forgetProperties, setProperty } from "../../test/support/spec/host";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { allows, inDefaultNamespace, list, policyProblems, ruleProblems, withRule } from "./test/spec/policies";

export { proxy_get_property } from "../../test/support/spec/host";

/** Beside `trustDomain: td` and its alias `old-td`, which only some fields look at. */
const DOMAINS = '"trustDomain": "td", "trustDomainAliases": ["old-td"], ';

/** Whether a field of `source` with one value holds for a peer; "" is one without a certificate. */
function holds(field: string, value: string, peer: string): bool {
  forgetProperties();
  inDefaultNamespace();
  if (peer.length > 0) setProperty("connection/uri_san_peer_certificate", text("spiffe://" + peer));
  const rule = '{"from": [{"source": {"' + field + '": ["' + value + '"]}}]}';
  return allows(withRule(rule, DOMAINS), new HeaderPairs());
}

/** Those of the peers for which a field with one value holds, by their places. */
function holdsFor(field: string, value: string, peers: string[]): string {
  let all = "";
  for (let i = 0; i < peers.length; i++) all += holds(field, value, peers[i]) ? "1" : "0";
  return all;
}

/** Istio's own cases (generator_test.go: TestNamespaceMatcherRegex_Match, TestServiceAccount), then others by hand. */
describe("namespaces", () => {
  it("are one whole segment behind /ns/, and its dots are dots", () => {
    expect(holds("namespaces", "ns.prod", "cluster.local/ns/ns.prod/sa/admin")).toBe(true);
    expect(holds("namespaces", "ns.prod", "cluster.local/ns/nsXprod/sa/admin")).toBe(false);
    expect(holds("namespaces", "foo", "a/ns/foo/sa/b")).toBe(true);
    expect(holds("namespaces", "foo", "a/ns/foobar/sa/b")).toBe(false);
    expect(holds("namespaces", "foo", "a/ns/xfoo/sa/b")).toBe(false);
    expect(holds("namespaces", "foo", "a/nns/foo/sa/b")).toBe(false);
    expect(holds("namespaces", "foo", "")).toBe(false);
  });

  it("take a * wherever it stands, and several of them", () => {
    expect(holds("namespaces", "ns.*.prod", "cluster.local/ns/ns.any.prod/sa/admin")).toBe(true);
    expect(holds("namespaces", "ns.*.prod", "cluster.local/ns/nsXanyXprod/sa/admin")).toBe(false);
    const peers = ["a/ns/foo/sa/b", "a/ns/f/sa/b", "a/ns/bar/sa/b", "a/ns/fo-o/sa/b", "a"];
    expect(holdsFor("namespaces", "*", peers)).toBe("11110");
    expect(holdsFor("namespaces", "f*", peers)).toBe("11010");
    expect(holdsFor("namespaces", "*o", peers)).toBe("10010");
    expect(holdsFor("namespaces", "f*o", peers)).toBe("10010");
    expect(holdsFor("namespaces", "*o*o*", peers)).toBe("10010");
    expect(holdsFor("namespaces", "**", peers)).toBe("11110");
  });

  it("let a * go on behind a slash, as .* does", () => {
    expect(holds("namespaces", "f*/sa/b*", "a/ns/foo/sa/bar/x")).toBe(true);
    expect(holds("namespaces", "f*r", "a/ns/foo/sa/bar/x")).toBe(true);
    expect(holds("namespaces", "foo/sa/bar", "a/ns/foo/sa/bar/x")).toBe(true);
    expect(holds("namespaces", "foo/sa/bar", "a/ns/foo/sa/bar")).toBe(false);
    expect(holds("namespaces", "f*b", "a/ns/foo/sa/b")).toBe(false);
  });

  it("are the peer's in whatever trust domain, which may itself be ns", () => {
    expect(holds("namespaces", "foo", "any/ns/foo/sa/b")).toBe(true);
    expect(holds("namespaces", "foo", "ns/foo/sa/b")).toBe(true);
    expect(holds("namespaces", "f*o", "ns/foo/sa/b")).toBe(true);
    expect(holds("namespaces", "foo", "a/x/ns/foo/y")).toBe(true);
    expect(holds("namespaces", "foo", "a/ns/foo")).toBe(false);
  });

  it("take letters of an expression for themselves", () => {
    expect(holds("namespaces", "f.*o", "a/ns/fxo/sa/b")).toBe(false);
    expect(holds("namespaces", "f.*o", "a/ns/f.xo/sa/b")).toBe(true);
    const odd = ["(*", "[*a", "a|b*c", "a+*b", "^*$", "{2}*"];
    for (let i = 0; i < odd.length; i++) expect(holds("namespaces", odd[i], "a/ns/foo/sa/b")).toBe(false, odd[i]);
  });
});

describe("service accounts", () => {
  it("are as Istio tests them", () => {
    const peers = [
      "cluster.local/ns/my-ns/sa/my-sa",
      "cluster.local/ns/my-ns/sa/my-sa/k/v",
      "cluster.local/k/v/ns/my-ns/sa/my-sa",
      "cluster.local/ns/my-ns/k/v/sa/my-sa",
      "cluster.local/k1/v1/ns/my-ns/k2/v2/sa/my-sa/k3/v3",
      "cluster.local/k/ns/my-ns/something/bar/sa/my-sa/baz",
      "cluster.local/ns/my-ns/sa/my-sa-suffix",
      "cluster.local/ns/my-ns-suffix/sa/my-sa",
      "ns/my-ns/sa/my-sa",
      "cluster.local/ns/my-ns",
      "cluster.local/sa/my-sa",
      "",
    ];
    expect(holdsFor("serviceAccounts", "my-ns/my-sa", peers)).toBe("111111000000");
    expect(holds("serviceAccounts", "my.ns/my.sa", "cluster.local/ns/my.ns/sa/my.sa")).toBe(true);
    expect(holds("serviceAccounts", "my.ns/my.sa", "cluster.local/ns/myXns/sa/my.sa")).toBe(false);
    expect(holds("serviceAccounts", "my.ns/my.sa", "cluster.local/ns/my.ns/sa/myXsa")).toBe(false);
  });

  it("without a namespace are those of the policy's own", () => {
    expect(holds("serviceAccounts", "sleep", "td/ns/default/sa/sleep")).toBe(true);
    expect(holds("serviceAccounts", "sleep", "td/ns/foo/sa/sleep")).toBe(false);
    expect(holds("notServiceAccounts", "sleep", "td/ns/foo/sa/sleep")).toBe(true);
  });

  it("in a policy of the root namespace are the root namespace's, not the workload's", () => {
    forgetProperties();
    inDefaultNamespace();
    const rules = '"rules": [{"from": [{"source": {"serviceAccounts": ["sleep"]}}]}]';
    const json = '{"direction": "INBOUND", "policies": [{"name": "p", "namespace": "istio-system", ' + rules + "}]}";
    setProperty("connection/uri_san_peer_certificate", text("spiffe://td/ns/istio-system/sa/sleep"));
    expect(allows(json, new HeaderPairs())).toBe(true);
    setProperty("connection/uri_san_peer_certificate", text("spiffe://td/ns/default/sa/sleep"));
    expect(allows(json, new HeaderPairs())).toBe(false);
  });

  it("are refused where Istio refuses them", () => {
    const account =
      "expected a service account or namespace/service account, without * and at most 320 bytes long, got ";
    const wrong = ["a/*", "*", "a*", "a/b/c", "/a", "a/", "/"];
    for (let i = 0; i < wrong.length; i++) {
      const rule = '{"from": [{"source": {"serviceAccounts": ["' + wrong[i] + '"]}}]}';
      expect(ruleProblems(rule)).toBe("from[0].source.serviceAccounts[0]: " + account + '"' + wrong[i] + '"');
    }
    const longest = "a/" + "b".repeat(318);
    expect(ruleProblems('{"from": [{"source": {"serviceAccounts": ["' + longest + '"]}}]}')).toBe("");
    expect(ruleProblems('{"from": [{"source": {"serviceAccounts": ["' + longest + 'b"]}}]}').includes(account)).toBe(
      true,
    );
  });

  it("do not stand with principals or namespaces, and may with the rest", () => {
    const problem = "from[0].source: serviceAccounts cannot be combined with principals or namespaces";
    const others = ["principals", "notPrincipals", "namespaces", "notNamespaces"];
    for (let i = 0; i < others.length; i++) {
      const rule = '{"from": [{"source": {"notServiceAccounts": ["a/b"], "' + others[i] + '": ["x"]}}]}';
      expect(ruleProblems(rule)).toBe(problem, others[i]);
    }
    const allowed = '"trustDomains": ["x"], "requestPrincipals": ["x"], "remoteIpBlocks": ["1.2.3.4"]';
    expect(ruleProblems('{"from": [{"source": {"serviceAccounts": ["a/b"], ' + allowed + "}}]}")).toBe("");
    expect(ruleProblems('{"from": [{"source": {"serviceAccounts": ["a/b"], "principals": []}}]}')).toBe("");
  });
});

describe("trust domains", () => {
  it("are what stands before the first slash, which must be there", () => {
    expect(holds("trustDomains", "cluster.local", "cluster.local/ns/a/sa/b")).toBe(true);
    expect(holds("trustDomains", "cluster.local", "cluster.local")).toBe(false);
    expect(holds("trustDomains", "cluster.local", "cluster.local.x/ns/a/sa/b")).toBe(false);
    expect(holds("trustDomains", "clusterXlocal", "cluster.local/ns/a/sa/b")).toBe(false);
    expect(holds("trustDomains", "a", "")).toBe(false);
  });

  it("take a * alone, at their start or end, that does not go past a slash", () => {
    const peers = ["cluster.local/x", "cluster.other/x", "x.local/x", "cluster/local/x", "a"];
    expect(holdsFor("trustDomains", "*", peers)).toBe("11111");
    expect(holdsFor("trustDomains", "cluster.*", peers)).toBe("11000");
    expect(holdsFor("trustDomains", "*local", peers)).toBe("10100");
    expect(holdsFor("trustDomains", "*x", peers)).toBe("00000");
    expect(holdsFor("trustDomains", "cluster*", peers)).toBe("11010");
    expect(holdsFor("notTrustDomains", "cluster.*", peers)).toBe("00111");
  });

  it("of the mesh are all of the mesh's, to the letter", () => {
    const peers = ["td/x", "old-td/x", "cluster.local/x", "tdx/x"];
    expect(holdsFor("trustDomains", "td", peers)).toBe("1100");
    expect(holdsFor("trustDomains", "old-td", peers)).toBe("1100");
    expect(holdsFor("trustDomains", "cluster.local", peers)).toBe("0010");
    expect(holdsFor("trustDomains", "t*", peers)).toBe("1001");
    expect(holdsFor("notTrustDomains", "td", peers)).toBe("0011");
  });
});

describe("principals", () => {
  it("are those of the mesh's other trust domains too", () => {
    const peers = ["td/ns/a/sa/b", "old-td/ns/a/sa/b", "cluster.local/ns/a/sa/b", "x/ns/a/sa/b"];
    expect(holdsFor("principals", "td/ns/a/sa/b", peers)).toBe("1100");
    expect(holdsFor("principals", "old-td/ns/a/sa/b", peers)).toBe("1100");
    expect(holdsFor("principals", "cluster.local/ns/a/sa/b", peers)).toBe("1100");
    expect(holdsFor("principals", "x/ns/a/sa/b", peers)).toBe("0001");
    expect(holdsFor("principals", "*/ns/a/sa/b", peers)).toBe("1111");
    expect(holdsFor("principals", "*-td/ns/a/sa/b", peers)).toBe("1100");
    expect(holdsFor("principals", "t*/ns/a/sa/b", peers)).toBe("1100");
    expect(holdsFor("notPrincipals", "cluster.local/ns/a/sa/b", peers)).toBe("0011");
  });

  it("in a key of when are the same", () => {
    forgetProperties();
    inDefaultNamespace();
    const rule =
      '{"when": [{"key": "source.principal", "values": ["cluster.local/ns/a/sa/b"], "notValues": ["old-td/x"]}]}';
    setProperty("connection/uri_san_peer_certificate", text("spiffe://old-td/ns/a/sa/b"));
    expect(allows(withRule(rule, DOMAINS), new HeaderPairs())).toBe(true);
    setProperty("connection/uri_san_peer_certificate", text("spiffe://cluster.local/ns/a/sa/b"));
    expect(allows(withRule(rule, DOMAINS), new HeaderPairs())).toBe(false);
  });

  it("are written without their scheme, with which they would match nobody", () => {
    const problem = "from[0].source.principals[0]: remove spiffe://: with it, a principal matches nobody";
    expect(ruleProblems('{"from": [{"source": {"principals": ["spiffe://td/ns/a/sa/b"]}}]}')).toBe(problem);
    expect(ruleProblems('{"from": [{"source": {"principals": ["spiffe:/td"]}}]}')).toBe("");
  });
});

describe("a peer without a certificate", () => {
  it("is none of anything, and so meets what must not be", () => {
    const fields = ["rincipals", "amespaces", "erviceAccounts", "rustDomains"];
    const first = ["p", "n", "s", "t"];
    for (let i = 0; i < fields.length; i++) {
      expect(holds(first[i] + fields[i], "a", "")).toBe(false, fields[i]);
      expect(holds("not" + first[i].toUpperCase() + fields[i], "a", "")).toBe(true, fields[i]);
    }
    expect(holds("principals", "*", "")).toBe(false);
    expect(holds("notPrincipals", "*", "")).toBe(true);
  });
});

describe("policies for others", () => {
  it("are looked at for their mistakes all the same", () => {
    forgetProperties();
    inDefaultNamespace();
    const rules = '"rules": [{"from": [{"source": {"serviceAccounts": ' + list(["*"]) + "}}]}]";
    const json = '{"policies": [{"name": "p", "namespace": "other", ' + rules + "}]}";
    expect(policyProblems(json).startsWith("policies[0].rules[0].from[0].source.serviceAccounts[0]: expected")).toBe(
      true,
    );
  });
});
