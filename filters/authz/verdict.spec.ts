import { restart, setProperty } from "../../test/support/spec/emulator";
import { configured, decided, said } from "./test/spec/verdicts";

const GET = ":method: GET\n:path: /a\n:authority: h";

/** A policy named so; rules as JSON. */
function policy(name: string, action: string, rules: string, more: string = ""): string {
  return '{"name": "' + name + '", "action": "' + action + '", "rules": ' + rules + more + "}";
}

const DRY = ', "dryRun": true';
const ALL = "[{}]";
/** Holds for no request of this specification, and for every one. */
const NEVER = '[{"to": [{"operation": {"methods": ["PUT"]}}]}]';
const EVER = '[{"to": [{"operation": {"methods": ["PUT", "GET"]}}]}]';

/** What the policies say about a GET. */
function saying(policies: string[]): string {
  restart();
  return said(decided(configured('{"policies": [' + policies.join(", ") + "]}"), GET));
}

/** AuthorizationPolicy, "action"; istio builder.go and Envoy's rbac_filter.cc for dry runs. */
describe("the enforced policies", () => {
  it("none allow", () => {
    expect(saying([])).toBe("allowed, no policy");
  });

  it("ALLOW allows what one of its rules holds for, and nothing else", () => {
    expect(saying([policy("p", "ALLOW", EVER)])).toBe("allowed by p[0]");
    expect(saying([policy("p", "ALLOW", NEVER)])).toBe("denied, no rule");
    expect(saying([policy("p", "ALLOW", NEVER), policy("q", "ALLOW", ALL)])).toBe("allowed by q[0]");
    expect(saying([policy("p", "ALLOW", NEVER), policy("q", "ALLOW", NEVER)])).toBe("denied, no rule");
  });

  it("DENY denies what one of its rules holds for; the rest is allowed where there is no ALLOW", () => {
    expect(saying([policy("p", "DENY", EVER)])).toBe("denied by p[0]");
    expect(saying([policy("p", "DENY", NEVER)])).toBe("allowed, no policy");
  });

  it("DENY comes before ALLOW", () => {
    expect(saying([policy("a", "ALLOW", ALL), policy("d", "DENY", EVER)])).toBe("denied by d[0]");
    expect(saying([policy("a", "ALLOW", ALL), policy("d", "DENY", NEVER)])).toBe("allowed by a[0]");
    expect(saying([policy("a", "ALLOW", NEVER), policy("d", "DENY", NEVER)])).toBe("denied, no rule");
  });

  it("without rules: ALLOW denies everything, rules of {} hold for everything", () => {
    expect(saying(['{"name": "p"}'])).toBe("denied, no rule");
    expect(saying(['{"name": "p", "action": "ALLOW"}'])).toBe("denied, no rule");
    expect(saying(['{"name": "p", "rules": []}'])).toBe("denied, no rule");
    expect(saying(['{"name": "p", "rules": null}'])).toBe("denied, no rule");
    expect(saying(['{"name": "p"}', policy("q", "ALLOW", ALL)])).toBe("allowed by q[0]");
    expect(saying([policy("p", "ALLOW", ALL)])).toBe("allowed by p[0]");
    expect(saying([policy("p", "DENY", ALL)])).toBe("denied by p[0]");
    expect(saying(['{"name": "p", "rules": [{"when": []}]}'])).toBe("allowed by p[0]");
  });
});

describe("AUDIT", () => {
  it("changes nothing, and is told beside the verdict", () => {
    expect(saying([policy("a", "AUDIT", ALL)])).toBe("allowed, no policy; audited a[0]");
    expect(saying([policy("a", "AUDIT", NEVER)])).toBe("allowed, no policy");
    expect(saying([policy("a", "AUDIT", ALL), policy("p", "ALLOW", NEVER)])).toBe("denied, no rule; audited a[0]");
    expect(saying([policy("a", "AUDIT", ALL), policy("p", "ALLOW", ALL)])).toBe("allowed by p[0]; audited a[0]");
    expect(saying([policy("a", "AUDIT", ALL), policy("d", "DENY", ALL)])).toBe("denied by d[0]; audited a[0]");
    expect(saying(['{"name": "a", "action": "AUDIT"}'])).toBe("allowed, no policy");
  });
});

describe("a dry run", () => {
  it("of DENY tells what it would deny, and denies nothing", () => {
    expect(saying([policy("d", "DENY", ALL, DRY)])).toBe("allowed, no policy; deny dry run: d[0]");
    expect(saying([policy("d", "DENY", NEVER, DRY)])).toBe("allowed, no policy; deny dry run: none");
    expect(saying([policy("d", "DENY", ALL, DRY), policy("a", "ALLOW", ALL)])).toBe(
      "allowed by a[0]; deny dry run: d[0]",
    );
  });

  it("of ALLOW alone does not deny what no rule holds for", () => {
    expect(saying([policy("a", "ALLOW", NEVER, DRY)])).toBe("allowed, no policy; allow dry run: none");
    expect(saying([policy("a", "ALLOW", ALL, DRY)])).toBe("allowed, no policy; allow dry run: a[0]");
    expect(saying(['{"name": "a", "dryRun": true}'])).toBe("allowed, no policy; allow dry run: none");
  });

  it("of ALLOW does not allow what the enforced ones do not", () => {
    expect(saying([policy("a", "ALLOW", ALL, DRY), policy("b", "ALLOW", NEVER)])).toBe(
      "denied, no rule; allow dry run: a[0]",
    );
  });

  it("of DENY is looked at for a request that is denied, of ALLOW is not: Envoy's second filter does not get it", () => {
    const deny = policy("x", "DENY", ALL, DRY);
    const allow = policy("y", "ALLOW", ALL, DRY);
    expect(saying([deny, allow, policy("d", "DENY", EVER)])).toBe("denied by d[0]; deny dry run: x[0]");
    expect(saying([deny, allow, policy("d", "DENY", NEVER)])).toBe(
      "allowed, no policy; deny dry run: x[0]; allow dry run: y[0]",
    );
    expect(saying([deny, allow, policy("a", "ALLOW", NEVER)])).toBe(
      "denied, no rule; deny dry run: x[0]; allow dry run: y[0]",
    );
  });

  it("that is said to be none is none", () => {
    expect(saying([policy("d", "DENY", ALL, ', "dryRun": false')])).toBe("denied by d[0]");
  });

  it("would deny where its DENY holds, or its ALLOW does not", () => {
    const cases = [
      [policy("d", "DENY", ALL, DRY)],
      [policy("d", "DENY", NEVER, DRY)],
      [policy("a", "ALLOW", NEVER, DRY)],
      [policy("a", "ALLOW", ALL, DRY)],
      [policy("d", "DENY", NEVER, DRY), policy("a", "ALLOW", NEVER, DRY)],
      [policy("d", "DENY", ALL, DRY), policy("a", "ALLOW", ALL, DRY)],
      [policy("d", "DENY", ALL)],
      [policy("d", "DENY", ALL), policy("a", "ALLOW", NEVER, DRY)],
    ];
    let seen = "";
    for (let i = 0; i < cases.length; i++) {
      restart();
      seen += decided(configured('{"policies": [' + cases[i].join(", ") + "]}"), GET).dryRunDenied ? "1" : "0";
    }
    expect(seen).toBe("10101100");
  });
});

describe("a rule", () => {
  const from = '"from": [{"source": {"namespaces": ["foo"]}}, {"source": {"notPrincipals": ["*"]}}]';
  const to = '"to": [{"operation": {"methods": ["PUT"]}}, {"operation": {"paths": ["/a"]}}]';
  const when =
    '"when": [{"key": "request.headers[:method]", "values": ["GET"]}, {"key": "request.headers[x]", "notValues": ["1"]}]';

  it("holds where one of from, one of to and all of when hold", () => {
    expect(saying([policy("p", "ALLOW", "[{" + [from, to, when].join(", ") + "}]")])).toBe("allowed by p[0]");
  });

  it("does not where one part does not", () => {
    const none = '"from": [{"source": {"namespaces": ["foo"]}}]';
    expect(saying([policy("p", "ALLOW", "[{" + [none, to, when].join(", ") + "}]")])).toBe("denied, no rule");
    const other = '"to": [{"operation": {"methods": ["PUT"]}}]';
    expect(saying([policy("p", "ALLOW", "[{" + [from, other, when].join(", ") + "}]")])).toBe("denied, no rule");
    const missing = '"when": [{"key": "request.headers[x]", "values": ["*"]}]';
    expect(saying([policy("p", "ALLOW", "[{" + [from, to, missing].join(", ") + "}]")])).toBe("denied, no rule");
  });
});

describe("requireMtls", () => {
  it("denies plaintext before any rule, and leaves the rest to the rules", () => {
    restart();
    const plan = configured('{"requireMtls": true, "policies": [' + policy("p", "ALLOW", ALL) + "]}");
    expect(said(decided(plan, GET))).toBe("denied, no mTLS");
    setProperty("connection.mtls", "\0");
    expect(said(decided(plan, GET))).toBe("denied, no mTLS");
    setProperty("connection.mtls", "\x01");
    expect(said(decided(plan, GET))).toBe("allowed by p[0]");
    setProperty("connection.mtls", "");
    expect(said(decided(plan, GET))).toBe("denied, no mTLS");
    setProperty("connection.mtls", "\x01\0");
    expect(said(decided(plan, GET))).toBe("denied, no mTLS");
  });

  it("denies plaintext where there is no policy", () => {
    restart();
    expect(said(decided(configured('{"requireMtls": true, "policies": []}'), GET))).toBe("denied, no mTLS");
  });
});

describe("a certificate that does not say who the peer is", () => {
  const identity = '[{"from": [{"source": {"principals": ["*"]}}]}]';

  it("is refused where an enforced rule asks for it", () => {
    restart();
    setProperty("connection.mtls", "\x01");
    setProperty("connection.uri_san_peer_certificate", "spiffe://td//x");
    const actions = ["ALLOW", "DENY"];
    for (let i = 0; i < 2; i++) {
      const plan = configured('{"direction": "INBOUND", "policies": [' + policy("p", actions[i], identity) + "]}");
      expect(said(decided(plan, GET))).toBe("denied, unsure");
    }
  });

  it("is nobody where only dry runs and AUDIT ask", () => {
    restart();
    setProperty("connection.mtls", "\x01");
    const policies = [policy("p", "AUDIT", identity), policy("d", "DENY", identity, DRY), policy("e", "ALLOW", EVER)];
    const plan = configured('{"direction": "INBOUND", "policies": [' + policies.join(", ") + "]}");
    expect(said(decided(plan, GET))).toBe("allowed by e[0]; deny dry run: none");
  });
});
