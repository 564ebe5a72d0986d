/**
 * A request whose valid traceparent goes on as it came takes a way of its own if W3C's format is the only one (`Plan.passes`). It comes to
 * what the way of all other requests does, which a configuration takes that reads another format too. `SEED=` replays a run.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random, seedOfRun } from "../../../../test/oracle/random.ts";
import { upperCase } from "../../../../test/oracle/upper-case.ts";
import { Counted } from "../../../../test/module/price/prices.ts";
import { SPAN, Scenario, TRACE, requestHeaders, traceparent } from "./scenario.ts";

const REQUESTS = 10_000;
const ZEROS = "0".repeat(32);
const KEEP = { foreign: "keep" };
/** X-Ray's header never comes. */
const GENERAL = { extract: ["w3c", "xray"] };

type Lines = string | readonly string[];

for (const configuration of [KEEP, { foreign: "remove" }]) {
  test(`${JSON.stringify(configuration)}: a traceparent that goes on as it came comes to what any other does`, () => {
    const seed = seedOfRun();
    const passing = new Scenario(configuration, { seed });
    const general = new Scenario({ ...configuration, ...GENERAL }, { seed });
    const random = new Random(seed);
    let passed = 0;
    for (let request = 0; request < REQUESTS; request++) {
      const headers = anyHeaders(random);
      const here = shown(passing, headers);
      assert.deepEqual(here, shown(general, headers), JSON.stringify(headers));
      if (here.headers.some(([name, value]) => name === "traceparent" && value === headers["traceparent"])) passed++;
    }
    // Of both kinds there are many.
    assert.ok(passed > REQUESTS / 10 && passed < (REQUESTS * 9) / 10, `${passed} of ${REQUESTS} went on as they came`);
  });
}

test("it takes fewer steps", () => {
  const module = new Counted("trace-propagation");
  const request = { requestHeaders: requestHeaders({ traceparent: traceparent() }) };
  const [passing, general] = [KEEP, GENERAL].map((configuration) =>
    module.price(JSON.stringify(configuration), request),
  );
  assert.equal(passing!.outcome, general!.outcome);
  // To find that X-Ray's header is not there takes seven of them.
  assert.ok(passing!.steps < general!.steps - 10, `${passing!.steps} steps, and ${general!.steps}`);
});

/** What a request goes on with, and what is counted until then. */
function shown(scenario: Scenario, headers: Record<string, Lines>): { headers: unknown[][]; counted: unknown } {
  const sent = scenario.inbound(headers).end();
  return {
    headers: sent.headers.map(([name, value]) => [name, value]),
    counted: [...scenario.emulator.metrics.counters],
  };
}

function anyHeaders(random: Random): Record<string, Lines> {
  const headers: Record<string, Lines> = {};
  if (random.percent(90)) headers["traceparent"] = anyTraceparent(random);
  if (random.percent(15)) headers["tracestate"] = random.pick(["congo=1", "", "a=1,a=2", "A=", ",", ["a=1", "b=2"]]);
  if (random.percent(10)) headers["baggage"] = random.pick(["a=1", "", "a", "a=%zz"]);
  return headers;
}

function anyTraceparent(random: Random): Lines {
  const trace = random.pick([TRACE, TRACE, TRACE, ZEROS, `${ZEROS.slice(16)}${TRACE.slice(16)}`, upperCase(TRACE)]);
  const span = random.pick([SPAN, SPAN, SPAN, SPAN, ZEROS.slice(16)]);
  const flags = random.pick(["00", "01", "02", "03", "04", "ff", "0g", "FF"]);
  const whole = traceparent(trace, span, flags);
  if (random.percent(60)) return whole;
  const version = random.pick(["01", "fe", "ff", "cc-", "0", "000"]) + whole.slice(2);
  const at = random.int(whole.length + 1);
  const changed = whole.slice(0, at) + random.pick(["", "-", "0", "g", " "]) + whole.slice(at + random.int(3));
  return random.pick([version, `${version}-more`, changed, `${whole}-`, [whole, whole], ""]);
}
