/**
 * A route with hundreds of destinations, which are read some at a time: a key sticks to the same destination as if all are read at once. Some
 * have the weight 0, and some the same name, so that the order in which they are read counts.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Root } from "../../../../emulator/index.ts";
import { BEHIND, readLate } from "../../../../test/support/module/read-late.ts";
import { HEADER_ROUTING } from "./compiled.ts";

const DESTINATIONS = 400;
const KEYS = 1000;

const configuration = {
  virtualServices: [
    {
      hosts: ["reviews"],
      http: [
        {
          hashOn: { header: "user" },
          headers: { request: { set: { "x-route": "yes" } } },
          route: Array.from({ length: DESTINATIONS }, (_, n) => ({
            destination: { host: "reviews", subset: `v${n % 300}` },
            weight: n % 7,
            headers: { request: { set: { "x-destination": `${n}` } } },
          })),
        },
      ],
    },
  ],
};

/** The headers that say where a request goes, for each of some keys. */
function chosen(root: Root): string[] {
  return Array.from({ length: KEYS }, (_, key) => {
    const requestHeaders = { ":authority": "reviews", ":path": "/", ":method": "GET", user: `${key}` };
    const stream = root.stream({ requestHeaders });
    const { headers } = stream.requestHeaders();
    stream.end();
    return ["x-subset", "x-destination", "x-route"].map((name) => new Map(headers).get(name)).join(" ");
  });
}

test("a key sticks to the same of hundreds of destinations, read in steps or at once", () => {
  const document = JSON.stringify(configuration) + BEHIND;
  const { vm, emulator } = HEADER_ROUTING.load();
  const atOnce = chosen(vm.createRoot({ rootId: "header-routing", configuration: document }));
  assert.deepEqual(chosen(readLate(HEADER_ROUTING, emulator, document)), atOnce);
  const destinations = new Set(atOnce);
  assert.ok(destinations.size > 200, `${destinations.size} destinations`);
  for (const said of destinations) {
    const [subset, destination, route] = said.split(" ");
    assert.deepEqual([subset, route], [`v${Number(destination) % 300}`, "yes"]);
    assert.ok(Number(destination) % 7 > 0, `${said} has the weight 0`);
  }
});
