import { arrives, configured, drawn, faultOf, withEntry, withFault } from "./test/spec/faults";
import { restart, setProperty } from "../../test/support/spec/emulator";
import { seedRandom } from "../../assembly/host/random";
import { Plan } from "./plan";

const GET = ":method: GET\n:path: /\n:authority: ratings";
const DRAWS = 40000;
const KEYS = 1000;
/** Half of the requests are delayed, and half are aborted. */
const HALVES =
  '"delay": {"percentage": {"value": 50}, "fixedDelay": "5s"}, "abort": {"percentage": {"value": 50}, "httpStatus": 503}';
const PEER = "connection.uri_san_peer_certificate";

restart();

/** What draws come to: nothing, an abort, the delay that is asked about, both. */
const NONE = 0;
const ABORT = 1;
const DELAY = 2;
const BOTH = 3;
const counts = new StaticArray<i32>(4);

function forget(): void {
  for (let i = 0; i < 4; i++) counts[i] = 0;
}

/** Counts an outcome whose delay, if any, must be `delay` milliseconds. */
function count(outcome: u64, delay: u32): void {
  if (outcome >> 1 == delay) counts[DELAY + <i32>(outcome & 1)]++;
  else if (outcome <= 1) counts[<i32>outcome]++;
}

/** Draws for one request. */
function tally(plan: Plan, delay: u32 = 5000): void {
  forget();
  arrives(plan, GET);
  const fault = faultOf(plan)!;
  for (let i = 0; i < DRAWS; i++) count(drawn(fault), delay);
}

/** Asserts how often an outcome was drawn, within five standard deviations (binomial). */
function near(outcome: i32, share: f64, total: i32 = DRAWS): void {
  const expected = total * share;
  const difference = Math.abs(counts[outcome] - expected);
  expect(difference).toBeLessThanOrEqual(5 * Math.sqrt(expected * (1 - share)), counts[outcome].toString());
}

/** What a request always draws; `RANDOM` where that differs. */
const RANDOM: u64 = u64.MAX_VALUE - 1;
function follows(plan: Plan, headers: string): u64 {
  arrives(plan, headers);
  const fault = faultOf(plan)!;
  const first = drawn(fault);
  for (let i = 0; i < 30; i++) if (drawn(fault) != first) return RANDOM;
  return first;
}

/** Counts what follows for a thousand keys, which stand at `%` in the headers. */
function tallyOfKeys(plan: Plan, headers: string): void {
  forget();
  for (let i = 0; i < KEYS; i++) count(follows(plan, GET + "\n" + headers.replace("%", "user-" + i.toString())), 5000);
}

function expectQuarters(total: i32): void {
  for (let outcome = 0; outcome < 4; outcome++) near(outcome, 0.25, total);
}

describe("a draw", () => {
  it("has delay and abort independent of each other", () => {
    seedRandom(21);
    tally(configured(withFault("{" + HALVES + "}")));
    expectQuarters(DRAWS);
  });

  it("of 0 % and without a share is none, of 100 % is certain", () => {
    seedRandom(22);
    tally(configured(withFault('{"delay": {"fixedDelay": "5s"}, "abort": {"httpStatus": 503}}')));
    near(NONE, 1);
    const all =
      '{"delay": {"percent": 100, "fixedDelay": "5s"}, "abort": {"percentage": {"value": 100}, "httpStatus": 503}}';
    tally(configured(withFault(all)));
    near(BOTH, 1);
  });

  it("of a delay or an abort alone has nothing of the other", () => {
    seedRandom(23);
    tally(configured(withFault('{"delay": {"percent": 10, "fixedDelay": "1ms"}}')), 1);
    near(DELAY, 0.1);
    near(NONE, 0.9);
    tally(configured(withFault('{"abort": {"percentage": {"value": 10}, "grpcStatus": "OK"}}')));
    near(ABORT, 0.1);
    near(NONE, 0.9);
  });

  it("of a delay or an abort that says nothing is none", () => {
    seedRandom(24);
    tally(configured(withFault('{"delay": {"percent": 100}}')));
    near(NONE, 1);
    tally(configured(withFault('{"abort": {"percentage": {"value": 100}}}')));
    near(NONE, 1);
    tally(configured(withFault('{"delay": {}, "abort": {}}')));
    near(NONE, 1);
  });

  it("of a distribution that comes to 0 ms is no delay, and an abort stands by itself", () => {
    seedRandom(25);
    // A thousand seconds around 1 ms: half of the draws are above, and are cut to it, half are below 0.
    const distribution = '"distribution": {"normal": {"mean": "1ms", "standardDeviation": "1000s", "max": "1ms"}}';
    const delay = '"delay": {"percent": 100, ' + distribution + "}";
    tally(configured(withFault("{" + delay + "}")), 1);
    near(DELAY, 0.5);
    near(NONE, 0.5);
    const abort = '"abort": {"percentage": {"value": 100}, "httpStatus": 503}';
    tally(configured(withFault("{" + delay + ", " + abort + "}")), 1);
    near(BOTH, 0.5);
    near(ABORT, 0.5);
  });
});

describe("a draw that is consistent", () => {
  it("by a header is the same for each of its values, whatever is drawn meanwhile, and at random without it", () => {
    seedRandom(26);
    const plan = configured(withFault("{" + HALVES + ', "consistentBy": {"header": "X-User"}}'));
    tallyOfKeys(plan, "x-user: %");
    expectQuarters(KEYS);
    expect<u64>(follows(plan, GET)).toBe(RANDOM);
    const first = follows(plan, GET + "\nx-user: a");
    expect<u64>(follows(plan, GET + "\nx-user: a\nx-user: b")).toBe(first, "the first one counts");
  });

  it("takes the lengths of a delay from the same place", () => {
    const distribution = '"distribution": {"uniform": {"min": "1ms", "max": "1000s"}}';
    const fault = '{"delay": {"percent": 100, ' + distribution + '}, "consistentBy": {"header": "x-user"}}';
    const plan = configured(withFault(fault));
    const seen = new Set<u64>();
    for (let i = 0; i < 200; i++) seen.add(follows(plan, GET + "\nx-user: " + i.toString()));
    expect(seen.has(RANDOM)).toBe(false);
    // Of 200 draws of a million values few fall together.
    expect(seen.size).toBeGreaterThan(190);
  });

  it("by a cookie, an identity or a trace as well", () => {
    seedRandom(27);
    const byCookie = configured(withFault("{" + HALVES + ', "consistentBy": {"cookie": "User"}}'));
    tallyOfKeys(byCookie, "cookie: a=b; User=%; c=d");
    expectQuarters(KEYS);
    expect<u64>(follows(byCookie, GET + "\ncookie: user=a")).toBe(RANDOM, "another cookie");
    const byPrincipal = configured(withFault("{" + HALVES + ', "consistentBy": "principal"}'));
    setProperty(PEER, "");
    expect<u64>(follows(byPrincipal, GET)).toBe(RANDOM, "without an identity");
    const seen = new Set<u64>();
    for (let i = 0; i < 50; i++) {
      setProperty(PEER, "spiffe://cluster.local/ns/default/sa/user-" + i.toString());
      seen.add(follows(byPrincipal, GET));
    }
    setProperty(PEER, "");
    expect(seen.size).toBe(4);
    expect(seen.has(RANDOM)).toBe(false);
    const byTrace = configured(withFault("{" + HALVES + ', "consistentBy": "traceId"}'));
    expect<u64>(follows(byTrace, GET)).toBe(RANDOM, "without a trace");
    const low = "64fe8b2a57d3eff7";
    const one = follows(byTrace, GET + "\nb3: " + low + "-e457b5a2e4d86bd1-1");
    expect(one).not.toBe(RANDOM);
    expect<u64>(follows(byTrace, GET + "\nx-b3-traceid: 80f198ee56343ba8" + low)).toBe(one);
    expect<u64>(follows(byTrace, GET + "\ntraceparent: 00-80f198ee56343ba8" + low + "-00f067aa0ba902b7-01")).toBe(one);
  });

  it("is that of the entry's name: other entries draw otherwise, another configuration of that name alike", () => {
    const rest = '"fault": {' + HALVES + ', "consistentBy": {"header": "x-user"}}}';
    const one = configured(withEntry('{"name": "a", ' + rest));
    const again = configured(withEntry('{"name": "a", "match": [{"uri": {"prefix": "/"}}], ' + rest));
    const other = configured(withEntry('{"name": "b", ' + rest));
    let alike = 0;
    for (let i = 0; i < KEYS; i++) {
      const headers = GET + "\nx-user: user-" + i.toString();
      const first = follows(one, headers);
      expect<u64>(follows(again, headers)).toBe(first);
      if (follows(other, headers) == first) alike++;
    }
    counts[0] = alike;
    near(0, 0.25, KEYS);
  });
});
