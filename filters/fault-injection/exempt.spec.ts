import { restart } from "../../test/support/spec/emulator";
import { arrives, configured, planProblems, withFault } from "./test/spec/faults";
import { Plan } from "./plan";

const GET = ":method: GET\n:path: /\n:authority: ratings";
const DELAY = '{"delay": {"percent": 100, "fixedDelay": "5s"}}';

restart();

function planWith(exempt: string): Plan {
  return configured(withFault(DELAY, '"exempt": ' + exempt + ", "));
}

function isExempt(plan: Plan, headers: string): bool {
  arrives(plan, GET + "\n" + headers);
  return plan.exempt.first() != null;
}

function problem(exempt: string): string {
  return planProblems(withFault(DELAY, '"exempt": ' + exempt + ", "));
}

describe("exempt", () => {
  it("are the kubelet's probes where nothing is said", () => {
    const plans = [configured(withFault(DELAY)), planWith("null")];
    for (let i = 0; i < 2; i++) {
      // kubernetes pkg/probe/http: "kube-probe/" and the version.
      expect(isExempt(plans[i], "user-agent: kube-probe/1.34")).toBe(true);
      expect(isExempt(plans[i], "user-agent: kube-probe/")).toBe(true);
      expect(isExempt(plans[i], "user-agent: Kube-Probe/1.34")).toBe(false);
      expect(isExempt(plans[i], "user-agent: x kube-probe/1.34")).toBe(false);
      expect(isExempt(plans[i], "user-agent: kube-probes/1")).toBe(false);
      expect(isExempt(plans[i], "user-agent: curl/8")).toBe(false);
      expect(isExempt(plans[i], "x: kube-probe/1.34")).toBe(false);
    }
  });

  it("are none for an empty list", () => {
    expect(isExempt(planWith("[]"), "user-agent: kube-probe/1.34")).toBe(false);
  });

  it("are the requests that any of the matches holds for, probes no longer among them", () => {
    const user = '{"headers": {"x-user": {"exact": "me"}}}';
    const plan = planWith("[" + user + ', {"uri": {"exact": "/"}, "headers": {"x-tier": {"prefix": "gold"}}}]');
    expect(isExempt(plan, "x-user: me")).toBe(true);
    expect(isExempt(plan, "x-user: you")).toBe(false);
    expect(isExempt(plan, "x-tier: golden")).toBe(true);
    expect(isExempt(plan, "x-user: me\nx-tier: golden")).toBe(true);
    expect(isExempt(plan, "user-agent: kube-probe/1.34")).toBe(false);
  });

  it("are all for a match that says nothing", () => {
    expect(isExempt(planWith("[{}]"), "x: y")).toBe(true);
  });

  it("are none for a match of other proxies, the others among them as before", () => {
    const elsewhere = '{"sourceNamespace": "elsewhere"}';
    expect(isExempt(planWith("[" + elsewhere + "]"), "x-user: me")).toBe(false);
    const plan = planWith("[" + elsewhere + ', {"headers": {"x-user": {"exact": "me"}}}, ' + elsewhere + "]");
    expect(isExempt(plan, "x-user: me")).toBe(true);
    expect(isExempt(plan, "x-user: you")).toBe(false);
  });

  it("do not have a route need the request's headers", () => {
    expect(planWith('[{"headers": {"x-user": {"exact": "me"}}}]').looksAtHeaders).toBe(false);
  });
});

describe("of exempt is reported", () => {
  it("what is no list of matches", () => {
    expect(problem("{}")).toBe("exempt: expected a list, got {}");
    expect(problem('["kube-probe"]')).toBe('exempt[0]: expected an object, got "kube-probe"');
    expect(problem('[{"header": {"a": {"exact": "b"}}}]')).toBe(
      'exempt[0]: unknown field "header" (did you mean "headers"?)',
    );
    expect(problem('[{}, {"headers": {"a": {"regex": "("}}}]').startsWith("exempt[1].headers.a.regex: ")).toBe(true);
  });

  it("an item that is nothing, which would hold for every request", () => {
    expect(problem("[null]")).toBe("exempt[0]: required, and missing");
  });
});
