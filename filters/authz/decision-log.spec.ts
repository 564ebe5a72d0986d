import { counter, enterRoot, logs, restart, setLogLevel, setProperty, setTime } from "../../test/support/spec/emulator";
import { Random } from "../../test/support/spec/random";
import { seed } from "../../test/support/spec/run";
import { configured, handled } from "./test/spec/verdicts";
import { refreshLogLevel } from "../../assembly/host/log";
import { seedRandom } from "../../assembly/host/random";
import { Plan } from "./plan";

const GET = ":method: GET\n:path: /a?token=x#y\n:authority: httpbin:8000";
/** 2026-11-25T02:31:06.123Z */
const TIME: u64 = 1795573866123456789;
const SECOND: u64 = 1000000000;

const ALLOW = '{"name": "p", "rules": [{"to": [{"operation": {"methods": ["GET"]}}]}]}';
const DENY = '{"name": "d", "action": "DENY", "rules": [{}]}';

// The module knows for good which metrics it has defined, so the proxy stays the same from here on.
restart();

/** A plan with that decision log and these policies, of a proxy that logs what is of this level (2 info, 3 warn). */
function logging(decisionLog: string, policies: string, level: u32 = 2): Plan {
  enterRoot();
  setLogLevel(level);
  refreshLogLevel();
  setTime(TIME);
  const log = decisionLog.length > 0 ? '"decisionLog": ' + decisionLog + ", " : "";
  return configured('{"direction": "INBOUND", ' + log + '"policies": [' + policies + "]}");
}

/** The lines of the log, one for each decision. */
function lines(): string[] {
  const all = logs();
  return all.length == 0 ? [] : all.split("\n");
}

/** How many lines a request like this adds. */
function added(plan: Plan, headers: string, times: i32 = 1): i32 {
  const before = lines().length;
  for (let i = 0; i < times; i++) handled(plan, headers);
  return lines().length - before;
}

/** The line that a request adds, without the level before it. */
function line(plan: Plan, headers: string): string {
  expect(added(plan, headers)).toBe(1);
  const all = lines();
  return all[all.length - 1].replace("info authz: ", "");
}

const FULL = '{"allowed": {"percentage": {"value": 100}}, "maxPerSecond": 1000}';
const HEAD = '{"time":"2026-11-25T02:31:06.123Z","verdict":';
const REST = '"method":"GET","host":"httpbin:8000","path":"/a"}';

describe("a line of the decision log", () => {
  it("tells the time, the verdict, the rule and the request, its query left out", () => {
    expect(line(logging(FULL, ALLOW), GET)).toBe(HEAD + '"allowed","policy":"ns[default]-policy[p]","rule":0,' + REST);
    expect(line(logging(FULL, DENY), GET)).toBe(HEAD + '"denied","policy":"ns[default]-policy[d]","rule":0,' + REST);
  });

  it("tells why where no rule decides", () => {
    expect(line(logging(FULL, ""), GET)).toBe(HEAD + '"allowed","reason":"no ALLOW policy",' + REST);
    expect(line(logging(FULL, '{"name": "p"}'), GET)).toBe(HEAD + '"denied","reason":"no ALLOW rule matches",' + REST);
  });

  it("tells who the peer is, where it is known", () => {
    setProperty("connection.uri_san_peer_certificate", "spiffe://td/ns/a/sa/b");
    const by = '"allowed","policy":"ns[default]-policy[p]","rule":0,"principal":"td/ns/a/sa/b",';
    expect(line(logging(FULL, ALLOW), GET)).toBe(HEAD + by + REST);
    setProperty("connection.uri_san_peer_certificate", "");
  });

  it("tells what AUDIT and dry runs say", () => {
    const audit = '{"name": "a", "action": "AUDIT", "rules": [{}]}';
    const dry = '{"name": "x", "action": "DENY", "dryRun": true, "rules": [{}]}';
    const watching =
      '"auditPolicy":"ns[default]-policy[a]","auditRule":0,"dryRun":"denied","dryRunPolicy":"ns[default]-policy[x]","dryRunRule":0,';
    const rule = '"allowed","policy":"ns[default]-policy[p]","rule":0,';
    expect(line(logging(FULL, [ALLOW, audit, dry].join(", ")), GET)).toBe(HEAD + rule + watching + REST);
    const grants = '{"name": "y", "dryRun": true, "rules": [{}]}';
    const granted = '"dryRun":"allowed","dryRunPolicy":"ns[default]-policy[y]","dryRunRule":0,';
    expect(line(logging(FULL, [ALLOW, grants].join(", ")), GET)).toBe(HEAD + rule + granted + REST);
    const misses = '{"name": "y", "dryRun": true}';
    expect(line(logging(FULL, [ALLOW, misses].join(", ")), GET)).toBe(HEAD + rule + '"dryRun":"denied",' + REST);
  });

  it("leaves out what the request has not", () => {
    const plan = logging(FULL, '{"name": "p", "rules": [{}]}');
    expect(line(plan, "x: y")).toBe(HEAD + '"allowed","policy":"ns[default]-policy[p]","rule":0}');
  });

  it("is one line of JSON in ASCII, whatever bytes the request has, and shows 256 of a value", () => {
    const plan = logging(FULL, '{"name": "p", "rules": [{}]}');
    const shown = line(plan, ':method: "}\\\t\x7f\x00\xe9\n:path: /' + "a".repeat(300));
    const method = '"method":"\\"}\\\\\\u0009\\u007f\\u0000\\u00e9",';
    const head = HEAD + '"allowed","policy":"ns[default]-policy[p]","rule":0,';
    expect(shown).toBe(head + method + '"path":"/' + "a".repeat(255) + '"}');
    const random = new Random(seed());
    for (let i = 0; i < 50; i++) {
      let value = "";
      for (let j = 0; j < 20; j++) {
        const byte = random.below(256);
        if (byte != 0x0a) value += String.fromCharCode(byte);
      }
      setTime(TIME + <u64>i * SECOND);
      const all = line(plan, ":method: " + value);
      let escaped = false;
      for (let j = 0; j < all.length; j++) {
        const unit = all.charCodeAt(j);
        if (unit < 0x20 || unit > 0x7e) expect(unit).toBe(0x20, "seed, case " + i.toString());
        escaped = !escaped && unit == 0x5c;
      }
      expect(escaped).toBe(false);
      expect(all.endsWith('"}') || all.endsWith('"rule":0}')).toBe(true, all);
    }
  });
});

describe("what is logged", () => {
  it("is every denial and no permission where nothing else is said", () => {
    expect(added(logging("{}", ALLOW), GET)).toBe(0);
    expect(added(logging("{}", DENY), GET)).toBe(1);
    const dry = '{"name": "x", "action": "DENY", "dryRun": true, "rules": [{}]}';
    expect(added(logging("{}", dry), GET)).toBe(1, "a dry run that denies");
    expect(added(logging('{"dryRunDenied": {"percentage": {"value": 0}}}', dry), GET)).toBe(0);
    expect(added(logging('{"denied": {"percentage": {"value": 0}}}', DENY), GET)).toBe(0);
    expect(added(logging('{"allowed": {}, "denied": {}}', DENY), GET)).toBe(1);
  });

  it("is nothing without a decision log, and nothing where the host shows no such lines", () => {
    expect(logging("", DENY).log == null).toBe(true);
    expect(added(logging(FULL, DENY, 3), GET)).toBe(0);
  });

  it("is everything where the host shows debug lines, at that level, past every share and limit", () => {
    const plan = logging("", ALLOW, 1);
    expect(added(plan, GET, 50)).toBe(50);
    const all = lines();
    expect(all[all.length - 1].startsWith("debug authz: {")).toBe(true);
    const limited = logging('{"maxPerSecond": 1, "denied": {"percentage": {"value": 0}}}', DENY, 1);
    expect(added(limited, GET, 50)).toBe(50);
  });

  it("is a share of each kind, drawn", () => {
    seedRandom(1);
    const plan = logging('{"allowed": {"percentage": {"value": 20}}, "maxPerSecond": 1000}', ALLOW);
    const before = lines().length;
    for (let i = 0; i < 2000; i++) {
      setTime(TIME + <u64>(i / 100) * SECOND);
      handled(plan, GET);
    }
    const all = lines().length - before;
    // Of 2,000 draws at 0.2 the standard deviation is 18; five of them on either side.
    expect(all >= 310 && all <= 490).toBe(true, all.toString());
  });

  it("of a request that dry runs would deny is the larger of the shares", () => {
    const dry = '{"name": "x", "action": "DENY", "dryRun": true, "rules": [{}]}';
    const both = '{"allowed": {"percentage": {"value": 100}}, "dryRunDenied": {"percentage": {"value": 0}}}';
    expect(added(logging(both, dry), GET)).toBe(1);
  });
});

describe("so many lines a second", () => {
  it("are written at most, ten where nothing is said; the others are counted", () => {
    const plan = logging("{}", DENY);
    const before = counter("authz.decision_log_dropped");
    expect(added(plan, GET, 25)).toBe(10);
    expect<u64>(counter("authz.decision_log_dropped") - before).toBe(15);
    setTime(TIME + SECOND);
    expect(added(plan, GET, 25)).toBe(10);
    setTime(TIME + SECOND + SECOND / 2);
    expect(added(plan, GET, 25)).toBe(0, "half a second on, within the clock's second");
    setTime(TIME + 2 * SECOND);
    expect(added(plan, GET, 25)).toBe(10);
  });

  it("are those that are said", () => {
    const plan = logging('{"maxPerSecond": 3}', DENY);
    expect(added(plan, GET, 25)).toBe(3);
  });

  it("do not count what is not drawn", () => {
    const plan = logging('{"denied": {"percentage": {"value": 0}}}', DENY);
    const before = counter("authz.decision_log_dropped");
    expect(added(plan, GET, 25)).toBe(0);
    expect<u64>(counter("authz.decision_log_dropped") - before).toBe(0);
  });

  it("are as many again where the clock is set back", () => {
    const plan = logging('{"maxPerSecond": 2}', DENY);
    expect(added(plan, GET, 5)).toBe(2);
    setTime(TIME - 10 * SECOND);
    expect(added(plan, GET, 5)).toBe(2);
  });
});
