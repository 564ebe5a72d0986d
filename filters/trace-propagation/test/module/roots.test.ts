/** Several configurations in one VM, plugins that remember together or apart, and what a push leaves behind. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Root } from "../../../../emulator/index.ts";
import { OTHER_SPAN, OTHER_TRACE, SPAN, Scenario, Sent, TRACE, requestHeaders, traceparent } from "./scenario.ts";

const KEY = { "x-request-id": "9f4c" };
const CAME = { ...KEY, traceparent: traceparent() };
const OTHER = { ...KEY, traceparent: traceparent(OTHER_TRACE, OTHER_SPAN) };

/** Two plugins as two WasmPlugins make them, one for each direction. */
function pair(join: object, otherJoin = join): { scenario: Scenario; inbound: Root; outbound: Root } {
  const scenario = new Scenario({});
  const inbound = scenario.push({ direction: "INBOUND", join }, "default.in");
  const outbound = scenario.push({ direction: "OUTBOUND", join: otherJoin }, "default.out");
  return { scenario, inbound, outbound };
}

test("two plugins with one join.group remember together", () => {
  const { scenario, inbound, outbound } = pair({ group: "reviews", whenAlone: true });
  const served = scenario.inbound(CAME, inbound);
  assert.equal(scenario.outbound(KEY, outbound).trace, TRACE);
  assert.equal(scenario.counter("joined"), 1n);
  assert.equal(scenario.outbound({}, outbound).trace, TRACE);
  assert.equal(scenario.counter("joined_alone"), 1n);
  served.end();
  assert.notEqual(scenario.outbound({}, outbound).trace, TRACE);
});

test("two plugins without one, or with different ones, know nothing of one another", () => {
  for (const { scenario, inbound, outbound } of [
    pair({ whenAlone: true }),
    pair({ group: "a", whenAlone: true }, { group: "b", whenAlone: true }),
  ]) {
    scenario.inbound(CAME, inbound);
    for (const headers of [KEY, {}]) assert.notEqual(scenario.outbound(headers, outbound).trace, TRACE);
    assert.equal(scenario.counter("join_missed"), 2n);
  }
});

test("groups whose names are one the other's beginning are apart", () => {
  const { scenario, inbound, outbound } = pair({ group: "a" }, { group: "a.000" });
  scenario.inbound(CAME, inbound);
  assert.notEqual(scenario.outbound(KEY, outbound).trace, TRACE);
});

test("a push keeps what is remembered and what is in flight; the old root's requests go on by the old one", () => {
  const scenario = new Scenario({ join: { whenAlone: true } });
  const old = scenario.root;
  const served = scenario.inbound(CAME);
  const waiting = old.stream({
    requestHeaders: requestHeaders({ b3: `${OTHER_TRACE}-${OTHER_SPAN}-1` }),
    properties: { xds: { listener_direction: 1n } },
  });
  const pushed = scenario.push({ extract: ["b3-single"], participate: true, join: { whenAlone: true } });
  old.delete();
  assert.equal(scenario.outbound(KEY, pushed).trace, TRACE);
  assert.equal(scenario.outbound({}, pushed).trace, TRACE);
  const again = scenario.push({ join: { whenAlone: true } });
  pushed.delete();
  // It was made with the first configuration, which does not read B3.
  const went = new Map(waiting.requestHeaders().headers);
  assert.notEqual(went.get("traceparent")?.slice(3, 35), OTHER_TRACE);
  assert.notEqual(scenario.outbound({}, again).trace, TRACE, "two are in flight");
  waiting.end();
  assert.equal(scenario.outbound({}, again).trace, TRACE);
  served.end();
  assert.equal(old.deleted, true);
  assert.notEqual(scenario.outbound({}, again).trace, TRACE);
  assert.equal(scenario.outbound(KEY, again).trace, TRACE);
  assert.equal(scenario.vm.failed, undefined);
});

test("a push that shortens lifetime forgets nothing sooner that was to be remembered for longer", () => {
  const scenario = new Scenario({ join: { lifetime: "1h" } });
  scenario.inbound(CAME);
  const pushed = scenario.push({ join: { lifetime: "1s" } });
  scenario.inbound(OTHER, pushed);
  scenario.emulator.clock.advance(2000);
  // The first one's handler may still run for most of an hour, so this call may be its.
  scenario.inbound(OTHER, pushed);
  assert.ok(![TRACE, OTHER_TRACE].includes(scenario.outbound(KEY, pushed).trace ?? ""));
  assert.equal(scenario.counter("join_missed_torn"), 1n);
  scenario.emulator.clock.advance(3_600_000);
  scenario.inbound(OTHER, pushed);
  assert.equal(scenario.outbound(KEY, pushed).trace, OTHER_TRACE);
});

test("what is remembered is forgotten after lifetime, and not before", () => {
  const scenario = new Scenario({ join: { lifetime: "10s" } });
  scenario.inbound(CAME);
  scenario.emulator.clock.advance(9_999);
  assert.equal(scenario.outbound(KEY).trace, TRACE);
  scenario.emulator.clock.advance(1);
  assert.notEqual(scenario.outbound(KEY).trace, TRACE);
  scenario.inbound(OTHER);
  assert.equal(scenario.outbound(KEY).trace, OTHER_TRACE, "what is over tears nothing");
});

test("plugins of one VM keep their formats, their directions and their shares apart", () => {
  const scenario = new Scenario({ sampling: { randomSamplingPercentage: 100 } });
  const b3 = scenario.push({ inject: ["b3-single"], sampling: { randomSamplingPercentage: 0 } }, "b");
  const never = scenario.push({ sampling: { randomSamplingPercentage: 0 } }, "c");
  for (let round = 0; round < 3; round++) {
    assert.match(scenario.inbound({}).get("traceparent") ?? "", /-03$/);
    assert.match(scenario.inbound({}, b3).get("b3") ?? "", /-0$/);
    assert.equal(scenario.inbound({}, b3).get("traceparent"), undefined);
    assert.match(scenario.inbound({}, never).get("traceparent") ?? "", /-02$/);
  }
});

test("a refused configuration leaves what runs and what is remembered as they are, and nothing in shared data", () => {
  const scenario = new Scenario({ join: {} });
  scenario.inbound(CAME);
  const keys = scenario.emulator.sharedData.keys("").length;
  for (const configuration of [
    '{"join":{"group":"x","whenAlone":true},"injects":[]}',
    '{"join":{"group":"y"},"inject":[]}',
  ]) {
    const refused = scenario.vm.createRoot({ configuration });
    assert.equal(refused.accepted, false);
    refused.delete();
  }
  assert.equal(scenario.outbound(KEY).trace, TRACE);
  assert.equal(scenario.emulator.sharedData.keys("").length, keys);
});

test("a root that is taken up again joins, and is no other's", () => {
  const scenario = new Scenario({ join: {} });
  const { root } = scenario;
  const served = scenario.inbound(CAME);
  const between = scenario.push({});
  root.delete();
  // The first configuration is pushed back while its root still has a stream: no root is made for it.
  root.takeUp();
  between.delete();
  scenario.push({}).delete();
  assert.equal(scenario.outbound(KEY).trace, TRACE);
  served.end();
  assert.equal(root.deleted, false);
  assert.equal(scenario.outbound(KEY).trace, TRACE);
});

test("direction: the listener's, unless it is given; gateways' listeners are outbound, and their requests are not", () => {
  const scenario = new Scenario({ join: {} });
  const through = (
    root: Root,
    direction: "inbound" | "outbound" | "unspecified",
    headers: Record<string, string>,
  ): Sent => Sent.through(root, direction, requestHeaders(headers));
  const joins = (root: Root, direction: "inbound" | "outbound" | "unspecified"): boolean =>
    through(root, direction, KEY).trace === TRACE;
  through(scenario.root, "outbound", CAME);
  through(scenario.root, "unspecified", CAME);
  assert.equal(joins(scenario.root, "outbound"), false, "neither was remembered");
  scenario.emulator.clock.advance(61_000);
  through(scenario.root, "inbound", CAME);
  assert.equal(joins(scenario.root, "outbound"), true);
  assert.equal(joins(scenario.root, "unspecified"), false);
  const inbound = scenario.push({ join: {}, direction: "INBOUND" });
  const outbound = scenario.push({ join: {}, direction: "OUTBOUND" });
  assert.equal(joins(outbound, "inbound"), true, "what is given counts");
  assert.equal(joins(outbound, "unspecified"), true);
  scenario.emulator.clock.advance(61_000);
  through(inbound, "outbound", CAME);
  assert.equal(joins(outbound, "inbound"), true);
  scenario.emulator.clock.advance(61_000);
  through(outbound, "inbound", CAME);
  assert.equal(joins(outbound, "outbound"), false, "what is sent is not remembered");

  const node = { id: "router~10.0.0.1~gateway.default~default.svc.cluster.local" };
  const gateway = scenario.vm.createRoot({ configuration: '{"join":{}}', pluginName: "gateway", node });
  through(gateway, "outbound", { ...CAME, traceparent: traceparent(TRACE, SPAN) });
  assert.equal(joins(gateway, "outbound"), false);
});
