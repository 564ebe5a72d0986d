import { restart } from "../../test/support/spec/emulator";
import { configured, planProblems, withEntry } from "./test/spec/faults";
import { Plan } from "./plan";

const EMPTY =
  "pluginConfig: empty: write virtualServices, for example {virtualServices: [{hosts: [ratings], http: [{fault: {delay: {percentage: {value: 10}, fixedDelay: 5s}}}]}]}";

restart();

function planWith(fields: string): Plan {
  return configured(withEntry("{}", fields + ", "));
}

function problem(fields: string): string {
  return planProblems(withEntry("{}", fields + ", "));
}

describe("a plan", () => {
  it("without more fields has no window, limit, budget or control", () => {
    const plan = configured(withEntry("{}"));
    expect(plan.window == null).toBe(true);
    expect(plan.limited).toBe(false);
    expect(plan.budget == null).toBe(true);
    expect(plan.control == null).toBe(true);
  });

  it("has the limit that is given, be it 0", () => {
    expect(planWith('"maxActiveFaults": 0').limited).toBe(true);
    expect<u32>(planWith('"maxActiveFaults": 0').maxActiveFaults).toBe(0);
    expect<u32>(planWith('"maxActiveFaults": 4294967295').maxActiveFaults).toBe(u32.MAX_VALUE);
    expect(planWith('"maxActiveFaults": null').limited).toBe(false);
  });

  it("has a budget where one is given, be it 0", () => {
    expect(planWith('"budget": {"maxPercent": 0}').budget != null).toBe(true);
    expect(planWith('"budget": {"maxPercent": 100}').budget != null).toBe(true);
    expect(planWith('"budget": null').budget == null).toBe(true);
  });
});

describe("of plans is reported", () => {
  it("that there is none", () => {
    expect(planProblems("")).toBe(EMPTY);
    expect(planProblems("{}")).toBe("virtualServices: required, and missing");
    expect(planProblems("[]")).toBe("pluginConfig: expected an object, got []");
  });

  it("a limit that is no whole number of 32 bits", () => {
    const expected = "maxActiveFaults: expected a whole number from 0 to 4294967295, got ";
    expect(problem('"maxActiveFaults": -1')).toBe(expected + "-1");
    expect(problem('"maxActiveFaults": 4294967296')).toBe(expected + "4294967296");
    expect(problem('"maxActiveFaults": 0.5')).toBe(expected + "0.5");
    expect(problem('"maxActiveFaults": "100"')).toBe(expected + '"100"');
  });

  it("a budget without a percentage", () => {
    expect(problem('"budget": {}')).toBe("budget.maxPercent: required, and missing");
    expect(problem('"budget": 5')).toBe("budget: expected an object, got 5");
    expect(problem('"budget": {"maxPercent": 101}')).toBe(
      "budget.maxPercent: expected 0, or a percentage from 0.0001 to 100, got 101",
    );
    expect(problem('"budget": {"maxPercent": -0.1}')).toBe(
      "budget.maxPercent: expected 0, or a percentage from 0.0001 to 100, got -0.1",
    );
    expect(problem('"budget": {"maxPercent": "5"}')).toBe('budget.maxPercent: expected a number, got "5"');
    expect(problem('"budget": {"maxPercent": 5, "minutes": 1}')).toBe('budget: unknown field "minutes"');
  });

  it("a window that is none, and every unknown field", () => {
    expect(problem('"window": {}')).toBe("window: expected from, until or both, got {}");
    expect(problem('"exempts": []')).toBe('pluginConfig: unknown field "exempts" (did you mean "exempt"?)');
    expect(problem('"repeatedHeaders": "ALL"')).toBe('repeatedHeaders: expected EACH or JOINED, got "ALL"');
  });
});
