import { configuration, errors, warnings } from "../../test/support/spec/configuration";
import { Place } from "../../assembly/config/place";
import { Region } from "../../assembly/memory/region";
import { utf8 } from "../../assembly/text/text";
import { Delay } from "./fault";
import { readDelay } from "./read-delay";

function place(json: string): Place {
  return configuration('{"delay": ' + json + "}").field(utf8("delay"));
}

/** Reads a delay; it must be without an error and a warning. */
function read(json: string): Delay {
  const from = place(json);
  const delay = readDelay(from, Region.open());
  expect(errors(from) + warnings(from)).toBe("", json);
  return delay!;
}

/** The share of the requests, of a million. */
function share(fields: string): u32 {
  return read("{" + fields + ', "fixedDelay": "5s"}').share;
}

function problem(json: string): string {
  const from = place(json);
  readDelay(from, Region.open());
  expect(warnings(from)).toBe("", json);
  return errors(from);
}

function problemWith(fields: string): string {
  return problem('{"fixedDelay": "5s", ' + fields + "}");
}

describe("a delay", () => {
  it("is fixed, in milliseconds", () => {
    const delay = read('{"percentage": {"value": 10}, "fixedDelay": "5s"}');
    expect<u32>(delay.fixed).toBe(5000);
    expect<u32>(delay.milliseconds()).toBe(5000);
    expect(delay.distribution == null).toBe(true);
    expect<u32>(read('{"fixedDelay": "1ms"}').milliseconds()).toBe(1);
    expect<u32>(read('{"fixedDelay": "1193h2m47.295s"}').milliseconds()).toBe(u32.MAX_VALUE);
  });

  it("or is drawn from a distribution", () => {
    const delay = read('{"percent": 1, "distribution": {"uniform": {"min": "7s", "max": "7s"}}}');
    expect<u32>(delay.share).toBe(10000);
    expect<u32>(delay.milliseconds()).toBe(7000);
  });

  it("is none where nothing stands, and none with a warning where it says no time", () => {
    const nothing = place("null");
    expect(readDelay(nothing, Region.open()) == null).toBe(true);
    expect(errors(nothing) + warnings(nothing)).toBe("");
    const texts = ["{}", '{"percentage": {"value": 100}}', '{"percent": 100, "fixedDelay": null}'];
    for (let i = 0; i < texts.length; i++) {
      const empty = place(texts[i]);
      expect(readDelay(empty, Region.open()) == null).toBe(true, texts[i]);
      expect(errors(empty)).toBe("", texts[i]);
      expect(warnings(empty)).toBe("delay: delays nothing: neither fixedDelay nor distribution is given", texts[i]);
    }
  });
});

/** istio `pilot/pkg/networking/core/route/route.go: TranslateFault`. */
describe("a delay's share of the requests", () => {
  it("is percentage's, else percent's, else none", () => {
    expect<u32>(share('"percentage": {"value": 10}')).toBe(100000);
    expect<u32>(share('"percentage": {"value": 0.0001}')).toBe(1);
    expect<u32>(share('"percentage": {"value": 100}')).toBe(1000000);
    expect<u32>(share('"percent": 10')).toBe(100000);
    expect<u32>(share('"percent": 100')).toBe(1000000);
    expect<u32>(share('"percent": 0')).toBe(0);
    expect<u32>(share('"percent": null')).toBe(0);
  });

  it("is percentage's where both are given, also where it is 0", () => {
    expect<u32>(share('"percent": 50, "percentage": {"value": 10}')).toBe(100000);
    expect<u32>(share('"percent": 50, "percentage": {}')).toBe(0);
    expect<u32>(share('"percent": 50, "percentage": {"value": 0}')).toBe(0);
  });
});

describe("of delays is reported", () => {
  it("a time that is none, too short or too long", () => {
    const whole = "delay.fixedDelay: expected a duration of whole milliseconds, at least 1ms, got ";
    expect(problem('{"fixedDelay": "0s"}')).toBe(whole + '"0s"');
    expect(problem('{"fixedDelay": "0.5ms"}')).toBe(whole + '"0.5ms"');
    expect(problem('{"fixedDelay": "1193h2m47.296s"}')).toBe(
      'delay.fixedDelay: expected a duration of at most 1193h2m47.295s, got "1193h2m47.296s"',
    );
    expect(problem('{"fixedDelay": 5}')).toBe("delay.fixedDelay: expected a string, got 5");
    expect(problem('{"fixedDelay": "-5s"}')).toBe(
      'delay.fixedDelay: expected a duration such as "5s", "100ms" or "1h30m", got "-5s"',
    );
  });

  it("two times, and one that Istio does not honour", () => {
    const distribution = '"distribution": {"uniform": {"min": "1s", "max": "1s"}}';
    expect(problemWith(distribution)).toBe(
      'delay: expected one of fixedDelay and distribution, got {"fixedDelay": "5s", ' + distribution + "}",
    );
    expect(problemWith('"exponentialDelay": "5s"')).toBe(
      "delay.exponentialDelay: not supported: Istio ignores it: write distribution: {exponential: {mean, max}}",
    );
  });

  it("a share that is none", () => {
    expect(problemWith('"percent": 101')).toBe("delay.percent: expected a whole number from 0 to 100, got 101");
    expect(problemWith('"percent": 0.5')).toBe("delay.percent: expected a whole number from 0 to 100, got 0.5");
    expect(problemWith('"percent": -1')).toBe("delay.percent: expected a whole number from 0 to 100, got -1");
    expect(problemWith('"percentage": {"value": 101}')).toBe(
      "delay.percentage.value: expected 0, or a percentage from 0.0001 to 100, got 101",
    );
    expect(problemWith('"percentage": 10')).toBe("delay.percentage: expected an object, got 10");
  });

  it("what is no delay", () => {
    expect(problem('"5s"')).toBe('delay: expected an object, got "5s"');
    expect(problemWith('"fixedDelai": "5s"')).toBe('delay: unknown field "fixedDelai" (did you mean "fixedDelay"?)');
  });
});
