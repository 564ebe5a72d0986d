import { calls, clearFaults, counter, enterRoot, fail, restart } from "../../test/support/spec/emulator";
import { configured, handled } from "./test/spec/verdicts";
import { effectOf } from "./counters";
import { RuleSet } from "./policy";

const GET = ":method: GET\n:path: /a\n:authority: h";

/** A policy with a rule for GET and one for PUT. */
function policy(name: string, more: string): string {
  const rule = (method: string): string => '{"to": [{"operation": {"methods": ["' + method + '"]}}]}';
  return '{"name": "' + name + '", ' + more + '"rules": [' + rule("GET") + ", " + rule("PUT") + "]}";
}

// The module knows for good which metrics it has defined, so the proxy stays the same from here on.
restart();

describe("counters", () => {
  it("are named as Envoy's RBAC filter names its own, and per rule by policy, place and what the rule does", () => {
    const policies = [
      policy("p", ""),
      policy("d", '"action": "DENY", "dryRun": true, '),
      policy("a", '"dryRun": true, '),
      policy("u", '"action": "AUDIT", '),
      policy("x.y-z", '"action": "DENY", "selector": {"matchLabels": {"no": "such"}}, '),
    ];
    const plan = configured('{"policies": [' + policies.join(", ") + "]}");
    handled(plan, GET);
    handled(plan, GET);
    handled(plan, GET.replace("GET", "HEAD"));
    expect<u64>(counter("authz.allowed")).toBe(2);
    expect<u64>(counter("authz.denied")).toBe(1);
    expect<u64>(counter("authz.audited")).toBe(2);
    expect<u64>(counter("authz.istio_dry_run_deny_shadow_denied")).toBe(2);
    expect<u64>(counter("authz.istio_dry_run_deny_shadow_allowed")).toBe(1);
    expect<u64>(counter("authz.istio_dry_run_allow_shadow_allowed")).toBe(2);
    expect<u64>(counter("authz.istio_dry_run_allow_shadow_denied")).toBe(1);
    expect<u64>(counter("authz.unsure")).toBe(0);
    expect<u64>(counter("authz.policy.default.p.rule.0.allowed")).toBe(2);
    expect<u64>(counter("authz.policy.default.p.rule.1.allowed")).toBe(0);
    expect<u64>(counter("authz.policy.default.d.rule.0.shadow_denied")).toBe(2);
    expect<u64>(counter("authz.policy.default.a.rule.0.shadow_allowed")).toBe(2);
    expect<u64>(counter("authz.policy.default.u.rule.0.audited")).toBe(2);
  });

  it("are defined once for all, and for no policy of another workload", () => {
    const more = '"selector": {"matchLabels": {"no": "such"}}, ';
    const json = '{"policies": [' + policy("once", "") + ", " + policy("never", more) + "]}";
    enterRoot();
    calls();
    configured(json);
    const defined = calls();
    expect(defined.includes("define_metric counter authz.policy.default.once.rule.0.allowed")).toBe(true);
    expect(defined.includes("authz.policy.default.never")).toBe(false);
    configured(json);
    expect(calls().includes("define_metric")).toBe(false);
  });

  it("count the first thousand rules each by itself, in the order of their ids, and all of them together", () => {
    const rules: string[] = [];
    for (let i = 0; i < 1100; i++) rules.push('{"to": [{"operation": {"paths": ["/' + i.toString() + '"]}}]}');
    const plan = configured('{"policies": [{"name": "many", "rules": [' + rules.join(", ") + "]}]}");
    const before = counter("authz.allowed");
    const paths = ["/0", "/100", "/1099", "/899", "/9", "/90", "/989", "/999"];
    for (let i = 0; i < paths.length; i++) handled(plan, ":method: GET\n:path: " + paths[i]);
    expect<u64>(counter("authz.allowed") - before).toBe(paths.length);
    // 989 ids do not begin with 9; of the others 900 to 909 and 90 come first, as `0` comes before `]`.
    expect<u64>(counter("authz.policy.default.many.rule.0.allowed")).toBe(1);
    expect<u64>(counter("authz.policy.default.many.rule.100.allowed")).toBe(1);
    expect<u64>(counter("authz.policy.default.many.rule.1099.allowed")).toBe(1);
    expect<u64>(counter("authz.policy.default.many.rule.899.allowed")).toBe(1);
    expect<u64>(counter("authz.policy.default.many.rule.90.allowed")).toBe(1);
    expect<u64>(counter("authz.policy.default.many.rule.9.allowed")).toBe(0);
    expect<u64>(counter("authz.policy.default.many.rule.989.allowed")).toBe(0);
    expect<u64>(counter("authz.policy.default.many.rule.999.allowed")).toBe(0);
  });

  it("that the host does not define count nothing, and the verdict stands", () => {
    fail("proxy_define_metric", 10);
    const plan = configured('{"policies": [' + policy("undefined", "") + "]}");
    clearFaults();
    expect(handled(plan, GET).allowed).toBe(true);
    expect<u64>(counter("authz.policy.default.undefined.rule.0.allowed")).toBe(0);
  });
});

describe("what a rule does", () => {
  it("is said in Envoy's words", () => {
    expect(effectOf(RuleSet.AUDIT).toString()).toBe("audited");
    expect(effectOf(RuleSet.DENY).toString()).toBe("denied");
    expect(effectOf(RuleSet.ALLOW).toString()).toBe("allowed");
    expect(effectOf(RuleSet.DRY_RUN_DENY).toString()).toBe("shadow_denied");
    expect(effectOf(RuleSet.DRY_RUN_ALLOW).toString()).toBe("shadow_allowed");
  });
});
