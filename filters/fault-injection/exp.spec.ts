import { exp } from "./exp";

function expectClose(x: f64): void {
  const expected = Math.exp(x);
  expect(Math.abs(exp(x) - expected)).toBeLessThanOrEqual(expected * 1e-12, x.toString());
}

describe("exp", () => {
  test("it is AssemblyScript's own to twelve digits", () => {
    for (let x: f64 = 0; x < 709; x += 0.371) expectClose(x);
    expectClose(Math.LN2);
    expectClose(Math.LN2 * 512);
    expectClose(709.7);
  });

  test("what is written of it: 1, e and e²", () => {
    expect<f64>(exp(0)).toBe(1);
    expect(Math.abs(exp(1) - 2.718281828459045)).toBeLessThan(1e-14);
    expect(Math.abs(exp(2) - 7.38905609893065)).toBeLessThan(1e-13);
  });

  test("what is too large for a number is infinite", () => {
    expect<f64>(exp(710)).toBe(Infinity);
    expect<f64>(exp(1e300)).toBe(Infinity);
    expect<f64>(exp(Infinity)).toBe(Infinity);
  });
});
