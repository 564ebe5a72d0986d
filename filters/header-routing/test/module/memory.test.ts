import assert from "node:assert/strict";
import { test } from "node:test";
import { MANY, assertFlat } from "../../../../test/support/module/memory.ts";
import { HEADER_ROUTING, send } from "./compiled.ts";

const HEADERS = {
  ":authority": "reviews.default:9080",
  ":path": "/reviews/7?v=2",
  ":method": "GET",
  ":scheme": "http",
  "user-agent": "test",
  "x-request-id": "5a2f2b7e-6f0e-4b6c-8c2e-1d2c3b4a5f60",
  cookie: ["a=b", "session=abc"],
};

/** A configuration that makes use of everything; `n` makes it another one. */
function everything(n: number): object {
  const destinations = [
    { destination: { host: "reviews", subset: `v${n}` }, weight: 50, headers: { response: { set: { a: `${n}` } } } },
    { destination: { host: "reviews", subset: "w" }, weight: 50, headers: { request: { add: { b: "1" } } } },
  ];
  const routes = Array.from({ length: 50 }, (_, index) => ({
    name: `route-${index}`,
    match: [{ headers: { "x-never": { exact: `${index}` } } }, { uri: { regex: `/never-${index}.*(a|b)+` } }],
    route: destinations,
  }));
  const last = {
    name: "last",
    match: [{ uri: { prefix: "/reviews" } }],
    hashOn: { cookie: "session" },
    route: destinations,
  };
  return { expose: true, virtualServices: [{ hosts: ["reviews"], http: [...routes, last] }] };
}

test(`memory is flat over ${MANY} requests, those included that end before their answer`, () => {
  const { vm } = HEADER_ROUTING.load({ record: false });
  const root = HEADER_ROUTING.configured(vm, everything(1));
  const request = (index: number): void => {
    const stream = root.stream({ requestHeaders: HEADERS });
    stream.requestHeaders();
    if (index % 10 !== 0) stream.responseHeaders({ ":status": "200" });
    stream.end();
  };
  assertFlat(vm, { settle: 5_000, then: MANY }, request);
});

test("memory is flat over a thousand configuration pushes", () => {
  const { vm } = HEADER_ROUTING.load({ record: false });
  let root = HEADER_ROUTING.configured(vm, everything(0));
  const push = (n: number): void => {
    const next = HEADER_ROUTING.configured(vm, everything(n));
    root.delete();
    root = next;
    send(root, HEADERS);
  };
  assertFlat(vm, { settle: 20, then: 1000 }, push);
});

test("memory is flat over a thousand refused configurations", () => {
  const { vm } = HEADER_ROUTING.load({ record: false });
  const wrong = JSON.stringify(everything(1)).replace('"match"', '"mach"');
  const push = (): void => {
    const root = vm.createRoot({ configuration: wrong });
    assert.equal(root.accepted, false);
    root.delete();
    vm.emulator.logs.length = 0;
  };
  assertFlat(vm, { settle: 20, then: 1000 }, push);
});
