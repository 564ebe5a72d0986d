import { configuration, errors } from "../../test/support/spec/configuration";
import { utf8 } from "../text/text";
import { readPercent } from "./percentage";

function share(percentage: string): u32 {
  const root = configuration('{"percentage": ' + percentage + "}");
  const share = readPercent(root.field(utf8("percentage")), 77);
  expect(errors(root)).toBe("", percentage);
  return share;
}

function problem(percentage: string): string {
  const root = configuration('{"percentage": ' + percentage + "}");
  readPercent(root.field(utf8("percentage")), 77);
  return errors(root);
}

describe("readPercent", () => {
  it("gives the value times 10,000, cut off, as Go computes uint32(value * 10000) in doubles", () => {
    expect<u32>(share('{"value": 100}')).toBe(1000000);
    expect<u32>(share('{"value": 50}')).toBe(500000);
    expect<u32>(share('{"value": 0.1}')).toBe(1000);
    expect<u32>(share('{"value": 0.0001}')).toBe(1);
    expect<u32>(share('{"value": 0.00019}')).toBe(1);
    expect<u32>(share('{"value": 33.33339}')).toBe(333333);
    expect<u32>(share('{"value": 99.9999}')).toBe(999999);
    // The double nearest to 1.1 is a little more, and times 10,000 it rounds to 11000.
    expect<u32>(share('{"value": 1.1}')).toBe(11000);
    // 0.0003 · 10000 is 2.9999999999999996 in doubles, cut off to 2.
    expect<u32>(share('{"value": 0.0003}')).toBe(2);
    expect<u32>(share('{"value": 0}')).toBe(0);
    expect<u32>(share('{"value": -0.0}')).toBe(0);
  });

  it("gives 0 for a Percent without a value, and the default where there is no Percent", () => {
    expect<u32>(share("{}")).toBe(0);
    expect<u32>(share("null")).toBe(77);
  });

  it("reports values that istiod refuses, and everything that is no Percent", () => {
    expect(problem('{"value": 100.1}')).toBe(
      "percentage.value: expected 0, or a percentage from 0.0001 to 100, got 100.1",
    );
    expect(problem('{"value": -1}')).toBe("percentage.value: expected 0, or a percentage from 0.0001 to 100, got -1");
    expect(problem('{"value": 0.00009}')).toBe(
      "percentage.value: expected 0, or a percentage from 0.0001 to 100, got 0.00009",
    );
    expect(problem('{"value": "5"}')).toBe('percentage.value: expected a number, got "5"');
    expect(problem("5")).toBe("percentage: expected an object, got 5");
    expect(problem('{"valeu": 5}')).toBe('percentage: unknown field "valeu" (did you mean "value"?)');
  });
});
