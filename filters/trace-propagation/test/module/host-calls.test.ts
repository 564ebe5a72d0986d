/**
 * The budget: what each kind of request costs in host calls, exactly. One read of the headers and a counter for a context that goes
 * on as it came; a write for each header that must change; shared data for the join alone.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { TRACE_PROPAGATION } from "./compiled.ts";
import {
  OTHER_SPAN,
  OTHER_TRACE,
  PLUGIN,
  SPAN,
  Scenario,
  Sent,
  TRACE,
  requestHeaders,
  traceparent,
} from "./scenario.ts";

const READ = "get_header_map_pairs request";
const SEED = "random_get 8";
const NOW = "clock_time_get 1";
const DIRECTION = "get_property xds.listener_direction";
const UPSTREAM = "get_property upstream.address";
const SLOT = `trace-propagation.join.1.${PLUGIN}.###`;
const FLIGHTS = `trace-propagation.alone.1.${PLUGIN}`;

const count = (name: string): string => `increment_metric trace_propagation.${name} 1`;
const replace = (name: string, value: string): string => `replace_header_map_value request ${name}=${value}`;
const remove = (name: string): string => `remove_header_map_value request ${name}`;
const look = (key = SLOT): string => `get_shared_data ${key}`;
const store = (key = SLOT): string => `set_shared_data ${key} cas`;

/** SplitMix64's first numbers for the seed 0 (its author's reference, Java's SplittableRandom): a first trace and span, and those after. */
const DRAWN = ["e220a8397b1dcdaf", "6e789e6aa1b965f4", "06c45d188009454f", "f88bb8a8724c81ec", "1b39896a51a8749b"];
const [HIGH = "", LOW = "", FIRST_SPAN = ""] = DRAWN;
const DRAWN_TRACE = HIGH + LOW;

/** A scenario in which the VM draws those. */
function known(configuration: object): Scenario {
  const scenario = new Scenario(configuration);
  scenario.emulator.random = (size) => new Uint8Array(size);
  return scenario;
}

/** The host calls of a request to its end, whose connection says no direction. */
function wholeRequest(scenario: Scenario, headers: Record<string, string | string[]>): string[] {
  return scenario.during(() => Sent.through(scenario.root, "unspecified", requestHeaders(headers)).end());
}

test("a valid traceparent passes: one read, no write", () => {
  const passes = [READ, count("extracted")];
  const everything = {
    extract: ["w3c", "b3", "b3-single", "jaeger", "datadog", "xray", "cloud-trace"],
    foreign: "remove",
  };
  for (const configuration of [
    {},
    everything,
    { sampling: { rules: [{ match: [{ uri: { prefix: "/" } }], randomSamplingPercentage: 5 }] } },
  ]) {
    const scenario = new Scenario(configuration);
    assert.deepEqual(wholeRequest(scenario, { traceparent: traceparent() }), passes);
    assert.deepEqual(wholeRequest(scenario, { traceparent: traceparent(TRACE, SPAN, "00") }), passes);
    const lists = { tracestate: "congo=t61rcWkgMzE, ot=th:c", baggage: "userId=alice;p=1" };
    assert.deepEqual(wholeRequest(scenario, { traceparent: traceparent(), ...lists }), passes);
  }
});

test("lists beside it are written, or taken away, where they must be", () => {
  const scenario = new Scenario({});
  const passes = [READ, count("extracted")];
  const withList = (name: string, value: string | string[]): string[] =>
    wholeRequest(scenario, { traceparent: traceparent(), [name]: value });
  assert.deepEqual(withList("tracestate", ["a=1", "b=2"]), [...passes, replace("tracestate", "a=1,b=2")]);
  assert.deepEqual(withList("tracestate", "A=1"), [...passes, count("tracestate_discarded"), remove("tracestate")]);
  assert.deepEqual(withList("baggage", "a b"), [...passes, count("baggage_discarded"), remove("baggage")]);
});

test("B3 to W3C: one read, one write; none where both say the same", () => {
  const b3 = `${OTHER_TRACE}-${OTHER_SPAN}-1`;
  const came = traceparent(OTHER_TRACE, OTHER_SPAN);
  const written = [READ, count("extracted"), replace("traceparent", came), count("injected")];
  const keeps = new Scenario({ extract: ["w3c", "b3-single"] });
  assert.deepEqual(wholeRequest(keeps, { b3 }), written);
  assert.deepEqual(wholeRequest(keeps, { b3, traceparent: came }), [READ, count("extracted")]);
  const removes = new Scenario({ extract: ["w3c", "b3-single", "b3"], foreign: "remove" });
  assert.deepEqual(wholeRequest(removes, { b3 }), [...written, remove("b3")]);
  assert.deepEqual(
    wholeRequest(removes, { "x-b3-traceid": OTHER_TRACE, "x-b3-spanid": OTHER_SPAN, "x-b3-sampled": "1" }),
    [...written, ...["x-b3-traceid", "x-b3-spanid", "x-b3-sampled"].map(remove)],
  );
});

test("W3C to B3: one write for each of its headers", () => {
  const scenario = new Scenario({ inject: ["w3c", "b3"] });
  assert.deepEqual(wholeRequest(scenario, { traceparent: traceparent() }), [
    ...[READ, count("extracted"), replace("x-b3-traceid", TRACE), replace("x-b3-spanid", SPAN)],
    ...[replace("x-b3-sampled", "1"), count("injected")],
  ]);
});

test("formats that tell different traces are counted once", () => {
  const scenario = new Scenario({ extract: ["w3c", "b3-single", "jaeger"] });
  const other = `${OTHER_TRACE}-${OTHER_SPAN}`;
  assert.deepEqual(wholeRequest(scenario, { traceparent: traceparent(), b3: other, "uber-trace-id": "1:2:0:1" }), [
    ...[READ, count("conflicts"), count("extracted")],
  ]);
});

test("a trace begins here: the VM's first one asks for a seed, and no other for anything but to be written", () => {
  const scenario = known({});
  const first = replace("traceparent", traceparent(DRAWN_TRACE, FIRST_SPAN, "02"));
  assert.deepEqual(wholeRequest(scenario, {}), [READ, count("restarted.absent"), SEED, first, count("injected")]);
  const [, , , high, low] = DRAWN;
  const later = wholeRequest(scenario, { traceparent: "00-0-0-01", tracestate: "congo=1", baggage: "a=b" });
  const span = /-([0-9a-f]{16})-02$/.exec(later[2] ?? "")?.[1] ?? "";
  const next = replace("traceparent", traceparent(`${high}${low}`, span, "02"));
  assert.deepEqual(later, [READ, count("restarted.invalid"), next, count("injected"), remove("tracestate")]);
});

test("a trace that begins here and is recorded says by which threshold", () => {
  const scenario = known({ sampling: { randomSamplingPercentage: 100 } });
  const written = [replace("traceparent", traceparent(DRAWN_TRACE, FIRST_SPAN, "03")), count("injected")];
  const threshold = replace("tracestate", "ot=th:0");
  assert.deepEqual(wholeRequest(scenario, {}), [READ, count("restarted.absent"), SEED, ...written, threshold]);
});

test("participate: two writes, whatever came", () => {
  const scenario = new Scenario({ participate: true });
  const spans = [1, 2].map(() => {
    const calls = wholeRequest(scenario, { traceparent: traceparent(), tracestate: "congo=1" });
    const span = /-([0-9a-f]{16})-01$/.exec(calls[2] ?? "")?.[1] ?? "";
    const written = [replace("traceparent", traceparent(TRACE, span)), count("injected")];
    assert.deepEqual(calls, [READ, count("extracted"), ...written, replace("tracestate", `signalbox=${span},congo=1`)]);
    return span;
  });
  assert.equal(new Set([SPAN, ...spans]).size, 3);
});

test("the join's inbound side: the time, and a read and a write of shared data for each key", () => {
  const headers = { traceparent: traceparent(), "x-request-id": "a", "x-b": "b" };
  const remembered = [look(), store()];
  const asked = new Scenario({ join: {} });
  const came = count("extracted");
  assert.deepEqual(
    asked.during(() => asked.inbound(headers).end()),
    [READ, DIRECTION, came, NOW, ...remembered],
  );
  const given = new Scenario({ join: {}, direction: "INBOUND" });
  assert.deepEqual(
    given.during(() => given.inbound(headers).end()),
    [READ, came, NOW, ...remembered],
  );
  const both = new Scenario({ join: { keys: ["x-request-id", "x-b", "x-c"] }, direction: "INBOUND" });
  assert.deepEqual(
    both.during(() => both.inbound(headers).end()),
    [READ, came, NOW, ...remembered, ...remembered],
  );
  assert.deepEqual(
    both.during(() => both.inbound({ traceparent: traceparent() }).end()),
    [READ, came],
  );
});

test("the join's outbound side: nothing for a request with a context, one read of shared data for one with a key", () => {
  const scenario = new Scenario({ join: {} });
  const ask = (headers: Record<string, string>): string[] => scenario.during(() => scenario.outbound(headers).end());
  scenario.inbound({ traceparent: traceparent(), tracestate: "congo=1", "x-request-id": "a" }).end();
  assert.deepEqual(ask({ traceparent: traceparent(), "x-request-id": "a" }), [READ, DIRECTION, count("extracted")]);
  const joined = [replace("traceparent", traceparent()), count("injected"), replace("tracestate", "congo=1")];
  assert.deepEqual(ask({ "x-request-id": "a" }), [READ, DIRECTION, NOW, look(), count("joined"), ...joined]);
  scenario.inbound({ traceparent: traceparent(), "x-request-id": "a" }).end();
  const ambiguous = [count("joined"), count("joined_ambiguous"), ...joined.slice(0, 2)];
  assert.deepEqual(ask({ "x-request-id": "a" }), [READ, DIRECTION, NOW, look(), ...ambiguous]);
});

test("the join's outbound side, where nothing is known: what a trace costs that begins here", () => {
  const scenario = known({ join: {} });
  const ask = (headers: Record<string, string>): string[] => scenario.during(() => scenario.outbound(headers).end());
  const begins = [count("restarted.absent"), replace("traceparent", traceparent(DRAWN_TRACE, FIRST_SPAN, "02"))];
  const [first, ...rest] = begins;
  assert.deepEqual(ask({}), [READ, DIRECTION, count("join_missed"), first, SEED, ...rest, count("injected")]);
  const kinds = (calls: readonly string[]): string[] =>
    calls.map((call) => call.replace(/traceparent=.*/, "traceparent"));
  const missed = [count("restarted.absent"), "replace_header_map_value request traceparent", count("injected")];
  assert.deepEqual(kinds(ask({ "x-request-id": "b" })), [
    READ,
    DIRECTION,
    NOW,
    look(),
    count("join_missed"),
    ...missed,
  ]);
  for (const trace of [TRACE, OTHER_TRACE]) scenario.inbound({ traceparent: traceparent(trace), "x-request-id": "a" });
  const torn = [NOW, look(), count("join_missed_torn")];
  assert.deepEqual(kinds(ask({ "x-request-id": "a" })), [READ, DIRECTION, ...torn, ...missed]);
});

test("whenAlone: what is in flight is counted in one value more, when a request comes and when it ends", () => {
  const scenario = new Scenario({ join: { whenAlone: true } });
  const counted = [look(FLIGHTS), store(FLIGHTS)];
  const stays = scenario.root;
  let sent: Sent | undefined;
  const came = scenario.during(() => (sent = scenario.inbound({ traceparent: traceparent() }, stays)));
  assert.deepEqual(came, [READ, DIRECTION, count("extracted"), NOW, ...counted]);
  assert.deepEqual(
    scenario.during(() => scenario.outbound({}).end()),
    [
      READ,
      DIRECTION,
      NOW,
      look(FLIGHTS),
      count("joined_alone"),
      replace("traceparent", traceparent()),
      count("injected"),
    ],
  );
  assert.deepEqual(
    scenario.during(() => sent?.end()),
    counted,
  );
});

test("a request through a listener without a direction is neither remembered nor joined", () => {
  const scenario = new Scenario({ join: { whenAlone: true } });
  const headers = { traceparent: traceparent(), "x-request-id": "a" };
  assert.deepEqual(wholeRequest(scenario, headers), [READ, DIRECTION, count("extracted")]);
});

test("until the arrangement is known, a request at a time is looked at for it when it comes and when it ends", () => {
  const scenario = new Scenario({});
  const root = TRACE_PROPAGATION.configured(scenario.vm, {});
  let reached = false;
  const properties = (path: readonly string[]): string | undefined =>
    reached && path.join(".") === "upstream.address" ? "10.0.0.1:9080" : undefined;
  const came = [READ, count("extracted"), `${UPSTREAM} -> NotFound`, READ];
  const begin = (): ReturnType<typeof root.stream> => {
    const stream = root.stream({ requestHeaders: requestHeaders({ traceparent: traceparent() }), properties });
    stream.requestHeaders();
    return stream;
  };
  assert.deepEqual(
    scenario.during(() => begin().end()),
    [...came, `${UPSTREAM} -> NotFound`],
    "it reached no upstream",
  );
  const watched = begin();
  assert.deepEqual(watched.calls, came);
  const beside = begin();
  assert.deepEqual(beside.calls, came.slice(0, 2));
  reached = true;
  assert.deepEqual(
    scenario.during(() => beside.end()),
    [],
  );
  const told = scenario.during(() => watched.end());
  assert.deepEqual(told.slice(0, -1), [UPSTREAM, READ]);
  assert.match(told.at(-1) ?? "", /^log info no Envoy tracer/);
  reached = false;
  assert.deepEqual(
    scenario.during(() => begin().end()),
    came.slice(0, 2),
  );
});

test("where no request gets to an upstream, a hundred are looked at and no more", () => {
  const scenario = new Scenario({});
  const root = TRACE_PROPAGATION.configured(scenario.vm, {});
  const callsOfOne = (): string[] =>
    scenario.during(() => {
      const stream = root.stream({ requestHeaders: requestHeaders({ traceparent: traceparent() }) });
      stream.requestHeaders();
      stream.end();
    });
  for (let request = 1; request <= 100; request++) assert.equal(callsOfOne().length, 5, `request ${request}`);
  assert.deepEqual(callsOfOne(), [READ, count("extracted")]);
});

test("configuring: the first of a group makes its 4096 places, others find them", () => {
  const { emulator, vm } = TRACE_PROPAGATION.load();
  const shared = (): string[] => {
    const calls = vm.calls.filter((call) => call.includes("_shared_data")).map((call) => call.replace(/=.*/s, "="));
    vm.hostCalls.length = 0;
    return calls;
  };
  const configure = (configuration: object, pluginName: string): void => {
    TRACE_PROPAGATION.configured(vm, configuration, { pluginName });
  };
  configure({}, "a");
  assert.deepEqual(shared(), [], "no join");
  configure({ join: {} }, "a");
  const places = Array.from({ length: 4096 }, (_, place) => place.toString(16).padStart(3, "0"));
  const key = (place: string): string => `trace-propagation.join.1.a.${place}`;
  const made = places.map((place) => `set_shared_data ${key(place)}=`);
  assert.deepEqual(shared(), [`get_shared_data ${key("fff")} -> NotFound`, ...made]);
  configure({ join: { whenAlone: true } }, "a");
  const flights = "trace-propagation.alone.1.a";
  assert.deepEqual(shared(), [
    `get_shared_data ${key("fff")}`,
    `get_shared_data ${flights} -> NotFound`,
    `set_shared_data ${flights}=`,
  ]);
  configure({ join: { group: "a", whenAlone: true } }, "b");
  assert.deepEqual(shared(), [`get_shared_data ${key("fff")}`, `get_shared_data ${flights}`]);
  assert.equal(emulator.sharedData.keys("").length, 4097);
});
