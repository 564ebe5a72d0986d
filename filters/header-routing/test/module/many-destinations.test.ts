/**
 * A route with hundreds of destinations, which are read some at a time, in steps or at once: a key sticks to the destination that README.md's
 * formula gives ("How a key finds its destination"). Some have the weight 0, and some the same name, so that it counts how many came before.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Root } from "../../../../emulator/index.ts";
import { BEHIND, readLate } from "../../../../test/support/module/read-late.ts";
import { xxHash64 } from "../../../../test/support/module/xxhash64.ts";
import { HEADER_ROUTING } from "./compiled.ts";

const DESTINATIONS = 400;
const KEYS = 1000;

const subsetOf = (n: number): string => `v${n % 300}`;
const weightOf = (n: number): number => n % 7;

const configuration = {
  virtualServices: [
    {
      hosts: ["reviews"],
      http: [
        {
          hashOn: { header: "user" },
          headers: { request: { set: { "x-route": "yes" } } },
          route: Array.from({ length: DESTINATIONS }, (_, n) => ({
            destination: { host: "reviews", subset: subsetOf(n) },
            weight: weightOf(n),
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

/** The same by the formula. */
function expected(): string[] {
  const before = new Map<string, bigint>();
  const seeds = Array.from({ length: DESTINATIONS }, (_, n) => {
    const identity = `reviews|${subsetOf(n)}|`;
    const same = before.get(identity) ?? 0n;
    // One of weight 0 is left out.
    if (weightOf(n) > 0) before.set(identity, same + 1n);
    return xxHash64(Buffer.from(identity), same);
  });
  return Array.from({ length: KEYS }, (_, key) => {
    const scores = seeds.map((seed, n) => {
      const u = (Number(xxHash64(Buffer.from(`${key}`), seed) >> 12n) + 0.5) / 2 ** 52;
      return weightOf(n) > 0 ? -Math.log(u) / weightOf(n) : Infinity;
    });
    const best = scores.indexOf(Math.min(...scores));
    return `${subsetOf(best)} ${best} yes`;
  });
}

test("a key sticks to one of hundreds of destinations as the formula says, read in steps or at once", () => {
  const document = JSON.stringify(configuration) + BEHIND;
  const { vm, emulator } = HEADER_ROUTING.load();
  assert.deepEqual(chosen(vm.createRoot({ rootId: "header-routing", configuration: document })), expected());
  assert.deepEqual(chosen(readLate(HEADER_ROUTING, emulator, document)), expected());
});
