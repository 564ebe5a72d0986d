/** Services of the proxy's own namespace are known by their short names too, in each VirtualService. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { HEADER_ROUTING, send } from "./compiled.ts";

/** Each of these VirtualServices is for one service, and steers to a subset of the same name. */
const NAMES = ["details", "ratings", "reviews"];

function subsetsIn(namespace: string): (string[] | undefined)[] {
  const { vm } = HEADER_ROUTING.load();
  const virtualServices = NAMES.map((name) => ({
    hosts: [name],
    http: [{ route: [{ destination: { host: name, subset: name } }] }],
  }));
  const node = { metadata: { NAMESPACE: namespace } };
  const root = HEADER_ROUTING.configured(vm, { virtualServices }, { node });
  return NAMES.map((name) => send(root, { ":authority": name, ":path": "/", ":method": "GET" }).get("x-subset"));
}

test("a service is known by its short name in its own namespace, whichever VirtualService has it", () => {
  assert.deepEqual(subsetsIn("default"), [["details"], ["ratings"], ["reviews"]]);
});

test("elsewhere none is", () => {
  assert.deepEqual(subsetsIn("other"), [undefined, undefined, undefined]);
});
