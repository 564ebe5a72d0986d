import { calls, counter, enterRoot, restart } from "../../test/support/spec/emulator";
import { arrives, configured, faultOf, planProblems, withEntry } from "./test/spec/faults";
import { incrementMetric } from "../../assembly/host/metrics";

const DELAY = '"fault": {"delay": {"percent": 100, "fixedDelay": "5s"}}';
const GET = ":method: GET\n:path: /\n:authority: ratings";

restart();

/** The name of the fault that a request meets; "none" where it meets none. */
function nameOf(json: string, headers: string = GET): string {
  const plan = configured(json);
  arrives(plan, headers);
  const fault = faultOf(plan);
  return fault == null ? "none" : fault.name.toString();
}

function entries(service: string, list: string): string {
  return '{"direction": "INBOUND", "virtualServices": [{' + service + '"hosts": ["*"], "http": [' + list + "]}]}";
}

function problemWith(fields: string): string {
  return planProblems(withEntry("{" + DELAY + ", " + fields + "}")).replaceAll("virtualServices[0].http[0].", "");
}

describe("an entry's name", () => {
  it("is its own", () => {
    expect(nameOf(withEntry('{"name": "slow", ' + DELAY + "}"))).toBe("slow");
  });

  it("or that of its VirtualService and its place in http", () => {
    const first = '{"match": [{"uri": {"exact": "/first"}}]}';
    const empty = '{"name": "", ' + DELAY + "}";
    expect(nameOf(entries('"name": "ratings", ', "{" + DELAY + "}"))).toBe("ratings.http[0]");
    expect(nameOf(entries('"name": "ratings", ', first + ", " + empty))).toBe("ratings.http[1]");
    expect(nameOf(entries("", first + ", " + empty))).toBe("http[1]");
  });

  it("names its counters", () => {
    enterRoot();
    calls();
    const plan = configured(withEntry('{"name": "of a.route", ' + DELAY + "}"));
    const asked = calls();
    expect(asked.includes("define_metric counter fault_injection.route.of a.route.delays_injected")).toBe(true, asked);
    expect(asked.includes("define_metric counter fault_injection.route.of a.route.aborts_injected")).toBe(true, asked);
    arrives(plan, GET);
    const counters = faultOf(plan)!.counters;
    incrementMetric(counters.delaysInjected, 3);
    incrementMetric(counters.abortsInjected, 5);
    expect<u64>(counter("fault_injection.route.of a.route.delays_injected")).toBe(3);
    expect<u64>(counter("fault_injection.route.of a.route.aborts_injected")).toBe(5);
  });

  it("has no control bytes, as it becomes a header's value", () => {
    const expected = "name: expected a name without control bytes, got ";
    expect(problemWith('"name": "a\\nb"')).toBe(expected + '"a\\nb"');
    expect(problemWith('"name": "\\u007f"')).toBe(expected + '"\\u007f"');
    expect(problemWith('"name": "ä b\\tc"')).toBe("");
    expect(planProblems(entries('"name": "a\\rb", ', "{" + DELAY + "}"))).toBe(
      "virtualServices[0].http[0].name: expected a name without control bytes, got nothing",
    );
  });
});

describe("the first entry that matches", () => {
  it("is the one that counts, with or without a fault", () => {
    const spared = '{"match": [{"headers": {"x-user": {"exact": "me"}}}]}';
    const json = withEntry(spared + ', {"name": "slow", ' + DELAY + "}");
    expect(nameOf(json)).toBe("slow");
    expect(nameOf(json, GET + "\nx-user: me")).toBe("none");
  });
});

describe("an entry's other fields", () => {
  it("may be route, whatever it says", () => {
    expect(problemWith('"route": [{"destination": {"host": "ratings", "subset": "v1"}, "weight": 50}]')).toBe("");
    expect(problemWith('"route": "anything"')).toBe("");
  });

  it("are refused by name where a native VirtualService has them", () => {
    const names = [
      "redirect",
      "directResponse",
      "rewrite",
      "timeout",
      "retries",
      "mirror",
      "mirrors",
      "mirrorPercentage",
      "mirrorPercent",
      "corsPolicy",
      "headers",
    ];
    for (let i = 0; i < names.length; i++) {
      expect(problemWith('"' + names[i] + '": {}')).toBe(
        names[i] + ": not supported: this filter only injects faults: leave it to a native VirtualService",
      );
    }
    expect(problemWith('"delegate": {}')).toBe(
      "delegate: not supported: a filter cannot see other resources: write the delegate's entries here",
    );
  });

  it("are reported where nobody has them", () => {
    expect(problemWith('"faults": {}').replaceAll("virtualServices[0].http[0]", "entry")).toBe(
      'entry: unknown field "faults" (did you mean "fault"?)',
    );
  });
});
