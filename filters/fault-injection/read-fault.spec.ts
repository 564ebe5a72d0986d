import { faultProblems, planProblems, planWarnings, withFault } from "./test/spec/faults";

const DELAY = '"delay": {"fixedDelay": "5s"}';

function consistencyProblem(value: string): string {
  return faultProblems("{" + DELAY + ', "consistentBy": ' + value + "}").replaceAll("fault.consistentBy", "");
}

describe("of faults is reported", () => {
  it("one that has neither delay nor abort", () => {
    expect(faultProblems("{}")).toBe("fault: expected delay, abort or both, got {}");
    expect(faultProblems('{"window": {"from": "2026-11-25T10:00:00Z"}}')).toBe(
      'fault: expected delay, abort or both, got {"window": {"from": "2026-11-25T10:00:00Z"}}',
    );
    expect(faultProblems('"delay"')).toBe('fault: expected an object, got "delay"');
    expect(faultProblems("null")).toBe("");
  });

  it("as a warning what is there and does nothing", () => {
    const json = withFault('{"delay": {}, "abort": {}}');
    expect(planProblems(json)).toBe("");
    const at = "virtualServices[0].http[0].fault.";
    expect(planWarnings(json)).toBe(
      at +
        "delay: delays nothing: neither fixedDelay nor distribution is given\n" +
        at +
        "abort: aborts nothing: neither httpStatus nor grpcStatus is given",
    );
  });

  it("throttle, which cannot be honoured, and every other field", () => {
    expect(faultProblems("{" + DELAY + ', "throttle": {"downstreamLimitBps": 1}}')).toBe(
      "fault.throttle: not supported: a Wasm filter cannot slow a body down safely: use Envoy's response_rate_limit",
    );
    expect(faultProblems("{" + DELAY + ', "abrot": {"httpStatus": 503}}')).toBe(
      'fault: unknown field "abrot" (did you mean "abort"?)',
    );
    expect(faultProblems("{" + DELAY + ', "percentage": {"value": 1}}')).toBe('fault: unknown field "percentage"');
  });

  it("what is wrong with its parts, at their places", () => {
    expect(faultProblems('{"delay": {"fixedDelay": "5"}, "abort": {"httpStatus": 99}, "window": {}}')).toBe(
      'fault.delay.fixedDelay: expected a duration such as "5s", "100ms" or "1h30m", got "5"\n' +
        "fault.abort.httpStatus: expected a whole number from 200 to 600, got 99\n" +
        "fault.window: expected from, until or both, got {}",
    );
  });
});

describe("of consistentBy", () => {
  it("nothing is reported where it is a header, a cookie, principal or traceId", () => {
    expect(consistencyProblem('{"header": "X-User"}')).toBe("");
    expect(consistencyProblem('{"header": ":authority"}')).toBe("");
    expect(consistencyProblem('{"cookie": "user"}')).toBe("");
    expect(consistencyProblem('"principal"')).toBe("");
    expect(consistencyProblem('"traceId"')).toBe("");
    expect(consistencyProblem("null")).toBe("");
  });

  it("is reported what is none of these, or more than one", () => {
    const expected = ': expected {header: name}, {cookie: name}, "principal" or "traceId", got ';
    expect(consistencyProblem("{}")).toBe(expected + "{}");
    expect(consistencyProblem('{"header": "a", "cookie": "b"}')).toBe(expected + '{"header": "a", "cookie": "b"}');
    expect(consistencyProblem('"traceid"')).toBe(
      ': expected principal or traceId (did you mean traceId?), got "traceid"',
    );
    expect(consistencyProblem('""')).toBe(': expected principal or traceId, got ""');
    expect(consistencyProblem("5")).toBe(": expected an object, got 5");
    expect(consistencyProblem('["traceId"]')).toBe(': expected an object, got ["traceId"]');
    expect(consistencyProblem('{"cookie": "a", "path": "/"}')).toBe(': unknown field "path"');
  });

  it("are reported names that are none", () => {
    expect(consistencyProblem('{"header": ""}')).toBe('.header: expected a string that is not empty, got ""');
    expect(consistencyProblem('{"cookie": ""}')).toBe('.cookie: expected a string that is not empty, got ""');
    expect(consistencyProblem('{"header": 5}')).toBe(".header: expected a string, got 5");
    expect(consistencyProblem('{"header": "a b"}')).toBe(".header: not a valid header name");
  });
});
