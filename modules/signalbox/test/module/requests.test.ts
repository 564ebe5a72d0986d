/** What becomes of a request that several sections act on: in which order, at which listeners, and what one sees of another. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ABORT,
  DELAY,
  DENY_ALL,
  GET,
  INBOUND,
  OUTBOUND,
  ROUTE_ALL,
  SIGNALBOX,
  configured,
  denyIf,
  faultIf,
  sent,
} from "./sent.ts";

const READ = "get_header_map_pairs request";
const DIRECTION = "get_property xds.listener_direction";
const BOTH = { mode: "CLIENT_AND_SERVER" };
const ALL = {
  tracePropagation: {},
  authz: { ...BOTH, ...denyIf("x-bad", "1") },
  headerRouting: { ...BOTH, ...ROUTE_ALL },
  faultInjection: { ...BOTH, ...faultIf({ headers: { "x-fail": { exact: "1" } } }, ABORT) },
};

test("one read of the headers for all sections, and their writes in the order of the chain", () => {
  const { root } = configured({ direction: "OUTBOUND", ...ALL });
  sent(root, {}, { upstream: { address: "127.0.0.1:80" } }).end();
  const stream = sent(root);
  stream.responseHeaders({ ":status": "200" });
  const calls = stream.calls.map((call) => call.replace(/(traceparent|tracestate)=.*/, "$1"));
  assert.deepEqual(calls, [
    READ,
    "increment_metric trace_propagation.restarted.absent 1",
    "replace_header_map_value request traceparent",
    "increment_metric trace_propagation.injected 1",
    "increment_metric authz.allowed 1",
    "replace_header_map_value request x-routed=yes",
    "replace_header_map_value request x-subset=v1",
    "replace_header_map_value response x-from=v1",
  ]);
});

test("what a section writes is what those after it read: headers, what is read from them, and the host", () => {
  const faults = (match: object): object => ({ headerRouting: ROUTE_ALL, faultInjection: faultIf(match, ABORT) });
  for (const match of [{ headers: { "x-routed": { exact: "yes" } } }, { headers: { "x-subset": { exact: "v1" } } }]) {
    assert.equal(sent(configured(faults(match)).root).localReply?.status, 503, JSON.stringify(match));
  }
  const steering = { header: ":authority", value: "{subset}.{host}" };
  const authority = {
    headerRouting: { steering, ...ROUTE_ALL },
    faultInjection: faultIf({ authority: { exact: "v1.reviews" } }, ABORT),
  };
  assert.equal(sent(configured(authority).root).localReply?.status, 503);
  const cookie = {
    headerRouting: {
      virtualServices: [
        {
          hosts: ["*"],
          http: [
            {
              match: [{ cookies: { user: { exact: "anna" } } }],
              headers: { request: { set: { cookie: "user=jason" } } },
              route: [{ destination: { host: "reviews", subset: "v1" } }],
            },
          ],
        },
      ],
    },
    faultInjection: faultIf({ cookies: { user: { exact: "jason" } } }, ABORT),
  };
  assert.equal(sent(configured(cookie).root, { cookie: "user=anna" }).localReply?.status, 503);
  assert.equal(sent(configured(cookie).root, { cookie: "user=emma" }).localReply, undefined);
});

test("a trace that begins with a request is what authz and faults see of it, also if others ask for its header too", () => {
  const begun = { withoutHeaders: { traceparent: {} } };
  const rules = [{ when: [{ key: "request.headers[traceparent]", notValues: ["*"] }] }];
  const authz = { ...BOTH, policies: [{ name: "untraced", action: "DENY", rules }] };
  assert.equal(sent(configured({ authz }).root).localReply?.status, 403);
  const faultInjection = { ...BOTH, ...faultIf(begun, ABORT) };
  assert.equal(sent(configured({ faultInjection }).root).localReply?.status, 503);
  const { root } = configured({ tracePropagation: {}, authz, faultInjection });
  // Of the requests after this one none is watched for a tracer, for which the headers would be read anew.
  sent(root, {}, { upstream: { address: "127.0.0.1:80" } }).end();
  assert.equal(sent(root).localReply, undefined);
});

test("circuit-breaking sees the header that steers", () => {
  const steering = { header: "x-subset", value: "{subset}" };
  const destinationRules = [
    {
      host: "reviews",
      subsets: [
        { name: "v1", trafficPolicy: { outlierDetection: { consecutive5xxErrors: 1, baseEjectionTime: "60s" } } },
      ],
    },
  ];
  const { root } = configured({ headerRouting: ROUTE_ALL, circuitBreaking: { steering, destinationRules } });
  const answered = { ...OUTBOUND, response: { code_details: "via_upstream", flags: 0n } };
  const failing = sent(root, {}, answered);
  failing.responseHeaders({ ":status": "503" }, true);
  failing.end();
  assert.equal(sent(root, {}, answered).localReply?.status, 503);
});

test("a header that a section removes, or adds to, is so for those after it", () => {
  const routed = (request: object, match: object): object => ({
    headerRouting: {
      virtualServices: [
        { hosts: ["*"], http: [{ headers: { request }, route: [{ destination: { host: "r", subset: "v1" } }] }] },
      ],
    },
    faultInjection: faultIf(match, ABORT),
  });
  const absent = { withoutHeaders: { "x-a": {} } };
  assert.equal(sent(configured(routed({ remove: ["x-a"] }, absent)).root, { "x-a": "1" }).localReply?.status, 503);
  const second = { headers: { "x-a": { exact: "2" } } };
  assert.equal(sent(configured(routed({ add: { "x-a": "2" } }, second)).root, { "x-a": "1" }).localReply?.status, 503);
});

test("what authz refuses no later section sees, nor the refusal: one before it does", () => {
  const { root } = configured({ direction: "OUTBOUND", ...ALL });
  const stream = sent(root, { "x-bad": "1", "x-fail": "1" });
  assert.equal(stream.localReply?.status, 403);
  assert.deepEqual(
    stream.localReply?.headers.filter(([name]) => name === "x-from"),
    [],
  );
  const calls = stream.calls.join("\n");
  assert.match(calls, /traceparent=/);
  assert.doesNotMatch(calls, /x-routed|fault_injection/);
});

test("an injected abort comes back through header-routing, and not through fault-injection", () => {
  const { root } = configured({ direction: "OUTBOUND", ...ALL });
  const stream = sent(root, { "x-fail": "1" });
  assert.equal(stream.localReply?.status, 503);
  const headers = stream.localReply?.headers.filter(([name]) => name.startsWith("x-"));
  assert.deepEqual(headers, [
    ["x-fault-injected", "f"],
    ["x-from", "v1"],
  ]);
});

test("a held request is steered already, and its response comes through both", () => {
  const faultInjection = faultIf({}, DELAY);
  const { vm, root } = configured({ direction: "OUTBOUND", headerRouting: ROUTE_ALL, faultInjection });
  const stream = sent(root);
  assert.equal(stream.requestPaused, true);
  vm.emulator.clock.advance(5000);
  root.tick();
  assert.equal(stream.requestPaused, false);
  const { headers } = stream.responseHeaders({ ":status": "200" });
  assert.deepEqual(
    [...headers].filter(([name]) => name.startsWith("x-")),
    [
      ["x-fault-injected", "f"],
      ["x-from", "v1"],
    ],
  );
});

test("mode: a section acts at the listeners that it is for, which are asked once and only if it matters", () => {
  const { root } = configured({ authz: DENY_ALL, headerRouting: ROUTE_ALL });
  assert.equal(sent(root, {}, INBOUND).localReply?.status, 403);
  const out = sent(root, {}, OUTBOUND);
  assert.equal(out.localReply, undefined);
  assert.deepEqual(out.calls.slice(0, 2), [DIRECTION, READ]);
  // A listener that says nothing may be either: what guards it guards it.
  assert.equal(sent(root, {}, { xds: { listener_direction: 0n } }).localReply?.status, 403);
  assert.equal(sent(root, {}, {}).localReply?.status, 403);
  const everywhere = configured({ authz: { ...DENY_ALL, ...BOTH }, headerRouting: { ...ROUTE_ALL, ...BOTH } }).root;
  assert.ok(!sent(everywhere).calls.includes(DIRECTION));
  const said = configured({ direction: "OUTBOUND", authz: DENY_ALL, headerRouting: ROUTE_ALL }).root;
  assert.deepEqual(sent(said, {}, INBOUND).calls[0], READ);
  assert.equal(sent(said, {}, INBOUND).localReply, undefined);
});

test("at a gateway every section acts", () => {
  const node = { id: "router~10.0.0.1~gateway.istio-system~istio-system.svc.cluster.local" };
  const { root } = configured({ authz: denyIf("x-bad", "1"), headerRouting: ROUTE_ALL }, { node });
  const stream = sent(root, {}, OUTBOUND);
  assert.ok(!stream.calls.includes(DIRECTION));
  assert.ok(stream.calls.includes("increment_metric authz.allowed 1"));
  assert.ok(stream.calls.includes("replace_header_map_value request x-subset=v1"));
});

test("a section alone costs what its filter costs alone, and asks for nothing else", () => {
  const { root } = configured({ direction: "INBOUND", authz: { policies: [] } });
  assert.deepEqual(sent(root).calls, ["increment_metric authz.allowed 1"]);
  const faults = configured({ direction: "OUTBOUND", faultInjection: { virtualServices: [] } }).root;
  assert.deepEqual(sent(faults).calls, []);
  const beside = configured({
    direction: "OUTBOUND",
    authz: { ...BOTH, policies: [] },
    faultInjection: faultIf({}, ABORT),
  });
  const refusing = configured({
    authz: { ...BOTH, ...denyIf("x-bad", "1") },
    faultInjection: { ...BOTH, virtualServices: [] },
  });
  assert.equal(sent(beside.root).calls.filter((call) => call === READ).length, 1);
  assert.equal(sent(refusing.root).calls.filter((call) => call === READ).length, 1);
});

test("a property that the host refuses, and that only another section asks for, refuses nothing", () => {
  const principals = [
    { match: [{ principals: ["td/ns/a/sa/b"] }], route: [{ destination: { host: "r", subset: "v1" } }] },
  ];
  const policies = [
    {
      name: "p",
      action: "DENY",
      rules: [{ to: [{ operation: { paths: ["/x"] } }], from: [{ source: { namespaces: ["n"] } }] }],
    },
  ];
  const rules = [{ match: [{ principals: ["td/ns/a/sa/b"] }], randomSamplingPercentage: 1 }];
  const { vm, root } = configured({
    direction: "INBOUND",
    tracePropagation: { sampling: { rules } },
    authz: { policies },
    headerRouting: { ...BOTH, virtualServices: [{ hosts: ["*"], http: principals }] },
  });
  // The first request is watched for a tracer, after which all sections begin anew.
  sent(root);
  vm.emulator.fail("proxy_get_property", 10);
  assert.equal(sent(root).localReply, undefined, "only the sampler asked");
  assert.equal(sent(root, { ":path": "/x" }).localReply?.status, 403, "the policy asks too");
});

test("repeatedHeaders holds for all sections, and trace headers are never joined", () => {
  const match = { headers: { "x-a": { exact: "1,2" } } };
  const document = (repeatedHeaders: string): object => ({
    repeatedHeaders,
    direction: "OUTBOUND",
    authz: { ...BOTH, ...denyIf("x-a", "1,2") },
    faultInjection: faultIf(match, ABORT),
  });
  const twice = { requestHeaders: [...Object.entries(GET), ["x-a", "1"], ["x-a", "2"]] as never };
  for (const [repeated, status] of [
    ["JOINED", 403],
    ["EACH", undefined],
  ] as const) {
    const { root } = configured(document(repeated));
    const stream = root.stream(twice);
    stream.requestHeaders();
    assert.equal(stream.localReply?.status, status, repeated);
  }
});

test("a configuration with a mistake in its last section leaves nothing at the host", () => {
  const { vm } = SIGNALBOX.load();
  const broken = {
    tracePropagation: { join: { keys: ["x-request-id"], whenAlone: true } },
    authz: DENY_ALL,
    headerRouting: ROUTE_ALL,
    faultInjection: { ...faultIf({}, ABORT), budget: { maxPercent: 5 }, maxActiveFaults: -1 },
  };
  const root = vm.createRoot({ rootId: "signalbox", configuration: JSON.stringify(broken) });
  assert.equal(root.accepted, false);
  const writes = vm.calls.filter((call) => /^(define_metric|set_|increment_metric|call_foreign)/.test(call));
  assert.deepEqual(writes, []);
});
