import { configuration, errors } from "../../test/support/spec/configuration";
import { Place } from "../../assembly/config/place";
import { Region } from "../../assembly/memory/region";
import { utf8 } from "../../assembly/text/text";
import { Distribution, DistributionKind } from "./distribution";
import { readDistribution } from "./read-distribution";

function place(json: string): Place {
  return configuration('{"d": ' + json + "}").field(utf8("d"));
}

/** Reads a distribution; it must be without an error. */
function read(json: string): Distribution {
  const from = place(json);
  const distribution = readDistribution(from, Region.open());
  expect(errors(from)).toBe("", json);
  return distribution!;
}

/** What is reported of one that cannot be used. */
function problem(json: string): string {
  const from = place(json);
  expect(readDistribution(from, Region.open()) == null).toBe(true, json);
  return errors(from);
}

/** That of one of a kind, the kind left out. */
function problemOf(kind: string, fields: string): string {
  return problem('{"' + kind + '": {' + fields + "}}").replaceAll("d." + kind, "");
}

describe("a distribution", () => {
  it("is uniform, normal, exponential or pareto, its parameters in milliseconds", () => {
    const uniform = read('{"uniform": {"min": "100ms", "max": "2s"}}');
    expect<i32>(uniform.kind).toBe(DistributionKind.UNIFORM);
    expect(uniform.min).toBe(100);
    expect(uniform.max).toBe(2000);
    const normal = read('{"normal": {"mean": "0.5s", "standardDeviation": "100ms", "max": "1m"}}');
    expect<i32>(normal.kind).toBe(DistributionKind.NORMAL);
    expect(normal.mean).toBe(500);
    expect(normal.standardDeviation).toBe(100);
    expect(normal.max).toBe(60000);
    const exponential = read('{"exponential": {"mean": "300ms", "max": "3s"}}');
    expect<i32>(exponential.kind).toBe(DistributionKind.EXPONENTIAL);
    expect(exponential.mean).toBe(300);
    expect(exponential.max).toBe(3000);
    const pareto = read('{"pareto": {"scale": "100ms", "shape": 1.5, "max": "10s"}}');
    expect<i32>(pareto.kind).toBe(DistributionKind.PARETO);
    expect(pareto.scale).toBe(100);
    expect(pareto.shape).toBe(1.5);
    expect(pareto.max).toBe(10000);
  });

  it("is none where nothing stands", () => {
    expect(problem("null")).toBe("");
  });

  it("may have one value alone, and a standard deviation longer than max", () => {
    expect(read('{"uniform": {"min": "1s", "max": "1s"}}').min).toBe(1000);
    expect(read('{"exponential": {"mean": "1s", "max": "1s"}}').mean).toBe(1000);
    expect(read('{"pareto": {"scale": "1s", "shape": 1, "max": "1s"}}').scale).toBe(1000);
    expect(read('{"normal": {"mean": "1s", "standardDeviation": "5s", "max": "1s"}}').standardDeviation).toBe(5000);
  });

  it("may be as long as 32 bits of milliseconds", () => {
    expect(read('{"uniform": {"min": "1ms", "max": "1193h2m47.295s"}}').max).toBe(4294967295);
    expect(problemOf("uniform", '"min": "1ms", "max": "1193h2m47.296s"')).toBe(
      '.max: expected a duration of at most 1193h2m47.295s, got "1193h2m47.296s"',
    );
  });
});

describe("of distributions is reported", () => {
  it("what is not one of them", () => {
    expect(problem("5")).toBe("d: expected an object, got 5");
    expect(problem("{}")).toBe("d: expected one of uniform, normal, exponential and pareto, got {}");
    const both = '{"uniform": {"min": "1s", "max": "1s"}, "pareto": {"scale": "1s", "shape": 1, "max": "1s"}}';
    expect(problem(both).startsWith("d: expected one of uniform, normal, exponential and pareto, got {")).toBe(true);
    expect(problem('{"gauss": {}}')).toBe(
      'd: unknown field "gauss"\nd: expected one of uniform, normal, exponential and pareto, got {"gauss": {}}',
    );
    expect(problem('{"uniform": "1s"}')).toBe('d.uniform: expected an object, got "1s"');
    expect(problem('{"normal": []}')).toBe("d.normal: expected an object, got []");
    expect(problem('{"exponential": 1}')).toBe("d.exponential: expected an object, got 1");
    expect(problem('{"pareto": true}')).toBe("d.pareto: expected an object, got true");
  });

  it("each field that is missing", () => {
    const missing = ": required, and missing";
    expect(problemOf("uniform", "")).toBe(".min" + missing + "\n.max" + missing);
    expect(problemOf("normal", "")).toBe(".mean" + missing + "\n.standardDeviation" + missing + "\n.max" + missing);
    expect(problemOf("exponential", "")).toBe(".mean" + missing + "\n.max" + missing);
    expect(problemOf("pareto", "")).toBe(".scale" + missing + "\n.shape" + missing + "\n.max" + missing);
  });

  it("each field of another kind, with the nearest of this one", () => {
    expect(problemOf("uniform", '"min": "1s", "max": "2s", "mean": "1s"')).toBe(': unknown field "mean"');
    expect(problemOf("normal", '"mean": "1s", "standardDeviaton": "1s", "max": "2s"')).toBe(
      '.standardDeviation: required, and missing\n: unknown field "standardDeviaton" (did you mean "standardDeviation"?)',
    );
    expect(problemOf("exponential", '"mean": "1s", "rate": 2, "max": "2s"')).toBe(': unknown field "rate"');
    expect(problemOf("pareto", '"scale": "1s", "shape": 2, "max": "2s", "mean": "1s"')).toBe(': unknown field "mean"');
  });

  it("durations that are none, or not of whole milliseconds", () => {
    expect(problemOf("uniform", '"min": 100, "max": "1"')).toBe(
      '.min: expected a string, got 100\n.max: expected a duration such as "5s", "100ms" or "1h30m", got "1"',
    );
    expect(problemOf("exponential", '"mean": "0s", "max": "1.5ms"')).toBe(
      '.mean: expected a duration of whole milliseconds, at least 1ms, got "0s"\n' +
        '.max: expected a duration of whole milliseconds, at least 1ms, got "1.5ms"',
    );
  });

  it("a value that is longer than max, at that value", () => {
    const problem = ': expected a duration no longer than max, got "1001ms"';
    expect(problemOf("uniform", '"min": "1001ms", "max": "1s"')).toBe(".min" + problem);
    expect(problemOf("normal", '"mean": "1001ms", "standardDeviation": "1s", "max": "1s"')).toBe(".mean" + problem);
    expect(problemOf("exponential", '"mean": "1001ms", "max": "1s"')).toBe(".mean" + problem);
    expect(problemOf("pareto", '"scale": "1001ms", "shape": 1, "max": "1s"')).toBe(".scale" + problem);
  });

  it("a shape that is no number above 0", () => {
    expect(problemOf("pareto", '"scale": "1s", "shape": 0, "max": "2s"')).toBe(
      ".shape: expected a number above 0, got 0",
    );
    expect(problemOf("pareto", '"scale": "1s", "shape": -1.5, "max": "2s"')).toBe(
      ".shape: expected a number above 0, got -1.5",
    );
    expect(problemOf("pareto", '"scale": "1s", "shape": "2", "max": "2s"')).toBe('.shape: expected a number, got "2"');
  });
});
