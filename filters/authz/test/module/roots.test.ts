import assert from "node:assert/strict";
import { test } from "node:test";
import { struct, type Root, type Stream } from "../../../../emulator/index.ts";
import { AUTHZ } from "./compiled.ts";

const NODE = { metadata: { NAMESPACE: "default", LABELS: { app: "httpbin" } } };
const GET = { ":authority": "httpbin", ":path": "/a", ":method": "GET" };

/** A policy that lets one path through, under a name of its own. */
const onlyPath = (path: string, name = "p"): object => ({
  policies: [{ name, namespace: "default", rules: [{ to: [{ operation: { paths: [path] } }] }] }],
});
const denyPath = (path: string, name: string): object => ({
  policies: [{ name, namespace: "default", action: "DENY", rules: [{ to: [{ operation: { paths: [path] } }] }] }],
});

/** The details of the reply; empty where the request goes on. */
function details(stream: Stream): string {
  stream.requestHeaders();
  stream.end();
  return stream.localReply?.details ?? "";
}

function ask(root: Root, path = "/a"): string {
  return details(root.stream({ requestHeaders: { ...GET, ":path": path } }));
}

test("two roots of one VM keep their policies apart", () => {
  const { vm } = AUTHZ.load();
  const first = AUTHZ.configured(vm, onlyPath("/a"), { rootId: "first", node: NODE });
  const second = AUTHZ.configured(vm, denyPath("/a", "d"), { rootId: "second", node: NODE });
  for (let round = 0; round < 2; round++) {
    assert.equal(ask(first), "");
    assert.equal(ask(second), "rbac_access_denied_matched_policy[ns[default]-policy[d]-rule[0]]");
    assert.equal(ask(first, "/b"), "rbac_access_denied_matched_policy[none]");
    assert.equal(ask(second, "/b"), "");
  }
});

test("roots that know their sources in different ways do not mix them up", () => {
  const { vm } = AUTHZ.load();
  const from = [{ source: { principals: ["cluster.local/ns/default/sa/httpbin"] } }];
  const policies = [{ name: "p", namespace: "default", rules: [{ from }] }];
  const account = { metadata: { ...NODE.metadata, SERVICE_ACCOUNT: "httpbin" } };
  const outbound = AUTHZ.configured(vm, { direction: "OUTBOUND", policies }, { rootId: "out", node: account });
  const inbound = AUTHZ.configured(vm, { direction: "INBOUND", policies }, { rootId: "in", node: account });
  const waypoint = AUTHZ.configured(vm, { policies }, { rootId: "way", node: { ...account, id: "waypoint~10.0.0.1" } });
  const denied = "rbac_access_denied_matched_policy[none]";
  for (let round = 0; round < 2; round++) {
    assert.equal(ask(outbound), "");
    assert.equal(ask(inbound), denied);
    assert.equal(ask(waypoint), denied);
  }
});

test("a push makes the new root before the old one goes; streams of the old one are judged by the old policies", () => {
  const { vm } = AUTHZ.load();
  const old = AUTHZ.configured(vm, onlyPath("/a"), { node: NODE });
  const open = old.stream({ requestHeaders: GET });
  open.requestHeaders();
  const waiting = old.stream({ requestHeaders: { ...GET, ":path": "/b" } });
  const allowed = old.stream({ requestHeaders: GET });

  const pushed = AUTHZ.configured(vm, onlyPath("/b"), { node: NODE });
  old.delete();
  assert.equal(ask(pushed, "/b"), "");
  assert.equal(details(waiting), "rbac_access_denied_matched_policy[none]");
  assert.equal(ask(pushed, "/a"), "rbac_access_denied_matched_policy[none]");
  assert.equal(details(allowed), "");
  open.end();

  const again = AUTHZ.configured(vm, onlyPath("/c"), { node: NODE });
  pushed.delete();
  assert.equal(ask(again, "/c"), "");
  assert.equal(ask(again, "/b"), "rbac_access_denied_matched_policy[none]");
  assert.equal(vm.failed, undefined);
});

test("a refused configuration leaves the one that runs as it is", () => {
  const { vm } = AUTHZ.load();
  const running = AUTHZ.configured(vm, onlyPath("/a"), { node: NODE });
  const refused = vm.createRoot({ configuration: '{"policies": [{"name": "p", "rule": [{}]}]}', node: NODE });
  assert.equal(refused.accepted, false);
  assert.deepEqual(AUTHZ.errorsOf(vm), ['policies[0]: unknown field "rule" (did you mean "rules"?)']);
  refused.delete();
  assert.equal(ask(running), "");
  assert.equal(ask(running, "/b"), "rbac_access_denied_matched_policy[none]");
});

test("a root that is configured anew has the new policies alone, and more slots than before", () => {
  const { vm } = AUTHZ.load();
  const small = AUTHZ.configured(vm, onlyPath("/a"), { rootId: "small", node: NODE });
  assert.equal(ask(small), "");
  const when = Array.from({ length: 100 }, (_, i) => ({ key: `request.headers[x-${i}]`, notValues: ["never"] }));
  const policies = [{ name: "p", namespace: "default", rules: [{ when }] }];
  const large = AUTHZ.configured(vm, { policies }, { rootId: "large", node: NODE });
  assert.equal(ask(large), "");
  assert.equal(
    details(large.stream({ requestHeaders: { ...GET, "x-99": "never" } })),
    "rbac_access_denied_matched_policy[none]",
  );
  assert.equal(ask(small), "");
  assert.equal(ask(small, "/b"), "rbac_access_denied_matched_policy[none]");
});

test("counters of one name are one for both roots", () => {
  const { emulator, vm } = AUTHZ.load();
  const first = AUTHZ.configured(vm, onlyPath("/a"), { rootId: "first", node: NODE });
  const second = AUTHZ.configured(vm, onlyPath("/a"), { rootId: "second", node: NODE });
  ask(first);
  ask(second);
  ask(second, "/b");
  assert.equal(emulator.metrics.counters.get("authz.allowed"), 2n);
  assert.equal(emulator.metrics.counters.get("authz.denied"), 1n);
  assert.equal(emulator.metrics.counters.get("authz.policy.default.p.rule.0.allowed"), 2n);
});

test("a thousand streams of three roots, made in turn and judged in turn", () => {
  const { vm } = AUTHZ.load({ record: false });
  const roots = ["/a", "/b", "/c"].map((path) => AUTHZ.configured(vm, onlyPath(path), { rootId: path, node: NODE }));
  const claims = { filter_metadata: { "envoy.filters.http.jwt_authn": struct({ payload: { sub: "x" } }) } };
  const streams = Array.from({ length: 999 }, (_, index) => {
    const requestHeaders = { ...GET, ":path": ["/a", "/b", "/c"][index % 2] ?? "" };
    return roots[index % 3]!.stream({ requestHeaders, properties: { metadata: claims } });
  });
  const said = streams.map((stream) => details(stream) === "");
  assert.deepEqual(
    said,
    streams.map((_, index) => index % 3 === index % 2),
  );
  assert.equal(vm.failed, undefined);
});
