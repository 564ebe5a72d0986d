import assert from "node:assert/strict";
import { test } from "node:test";
import { HEADER_ROUTING, send } from "./compiled.ts";

const toSubset = (subset: string): object => ({
  virtualServices: [
    {
      hosts: ["*"],
      http: [{ route: [{ destination: { host: "reviews", subset }, headers: { response: { set: { v: subset } } } }] }],
    },
  ],
});
const GET = { ":authority": "reviews", ":path": "/", ":method": "GET" };

test("two roots of one VM keep their configurations apart", () => {
  const { vm } = HEADER_ROUTING.load();
  const first = HEADER_ROUTING.configured(vm, toSubset("v1"), { rootId: "first" });
  const second = HEADER_ROUTING.configured(vm, toSubset("v2"), { rootId: "second" });
  assert.deepEqual(send(first, GET).get("x-subset"), ["v1"]);
  assert.deepEqual(send(second, GET).get("x-subset"), ["v2"]);
  assert.deepEqual(send(first, GET).get("x-subset"), ["v1"]);
});

test("a push makes the new root before the old one goes; streams of the old one end with it", () => {
  const { vm } = HEADER_ROUTING.load();
  const old = HEADER_ROUTING.configured(vm, toSubset("v1"));
  const stream = old.stream({ requestHeaders: GET });
  stream.requestHeaders();

  const pushed = HEADER_ROUTING.configured(vm, toSubset("v2"));
  old.delete();
  assert.deepEqual(send(pushed, GET).get("x-subset"), ["v2"]);
  const { headers } = stream.responseHeaders({ ":status": "200" });
  assert.deepEqual(headers.at(-1), ["v", "v1"]);
  stream.end();

  const again = HEADER_ROUTING.configured(vm, toSubset("v3"));
  pushed.delete();
  assert.deepEqual(send(again, GET).get("x-subset"), ["v3"]);
  assert.equal(vm.failed, undefined);
});

test("a refused configuration leaves the one that runs as it is", () => {
  const { vm } = HEADER_ROUTING.load();
  const running = HEADER_ROUTING.configured(vm, toSubset("v1"));
  const refused = vm.createRoot({ configuration: '{"virtualServices": 1}' });
  assert.equal(refused.accepted, false);
  assert.deepEqual(HEADER_ROUTING.errorsOf(vm), ["virtualServices: expected a list, got 1"]);
  refused.delete();
  assert.deepEqual(send(running, GET).get("x-subset"), ["v1"]);
});

test("an old root goes on for its streams while a new one is there", () => {
  const { vm } = HEADER_ROUTING.load();
  const old = HEADER_ROUTING.configured(vm, toSubset("v1"));
  const pushed = HEADER_ROUTING.configured(vm, toSubset("v2"));
  assert.deepEqual(send(old, GET).get("x-subset"), ["v1"]);
  assert.deepEqual(send(pushed, GET).get("x-subset"), ["v2"]);
});

test("a thousand streams wait for their answers at once, and each gets its own route's operations", () => {
  const { vm } = HEADER_ROUTING.load();
  const roots = ["v1", "v2", "v3"].map((subset) => HEADER_ROUTING.configured(vm, toSubset(subset), { rootId: subset }));
  const streams = Array.from({ length: 3000 }, (_, index) => {
    const stream = roots[index % 3]?.stream({ requestHeaders: GET });
    assert.ok(stream);
    stream.requestHeaders();
    return stream;
  });
  streams.forEach((stream, index) => {
    if (index % 7 === 0) return;
    const { headers } = stream.responseHeaders({ ":status": "200" });
    assert.deepEqual(headers.at(-1), ["v", `v${(index % 3) + 1}`]);
  });
  for (const stream of streams) stream.end();
});

test("a VirtualService for mesh is for sidecars: at a gateway it is none, and the steering header goes all the same", () => {
  const { vm } = HEADER_ROUTING.load();
  const http = [{ route: [{ destination: { host: "reviews", subset: "v1" } }] }];
  const of = (node: object, services: object[]): unknown => {
    const root = HEADER_ROUTING.configured(vm, { virtualServices: services }, { node });
    return send(root, { ...GET, "x-subset": "sent" }).get("x-subset");
  };
  const mesh = { hosts: ["*"], gateways: ["mesh"], http };
  const gateway = { id: "router~10.0.0.1~gateway.default~default.svc.cluster.local" };
  const sidecar = { id: "sidecar~10.0.0.1~reviews.default~default.svc.cluster.local" };
  assert.deepEqual(of(sidecar, [mesh]), ["v1"]);
  assert.equal(of(gateway, [mesh]), undefined);
  assert.deepEqual(of(gateway, [{ ...mesh, gateways: [] }]), ["v1"]);
});
