/**
 * No step of the reading of a large configuration takes long, whatever it has many of: rules or routes, or parts of one. Steps are
 * counted in the compiled module (`../growth/count-steps.ts`), so that the outcome is the same on any machine.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { countFor } from "../growth/dimension.ts";
import { DIMENSIONS, Reader } from "../growth/run.ts";

/** 5,000 rules of authz, 10,000 routes, or so many parts of one. */
const BYTES = 1 << 20;
const MOST_VALUES = 30_000;

/** Steps of the module in one call of the timer, which does two of the reading's: some two milliseconds. */
const MOST = 1_000_000;

const LONG: Readonly<Record<string, readonly string[]>> = {
  authz: [
    "policies",
    "rules",
    "empty rules",
    "notPaths of many rules",
    "principals of one rule",
    "principals in 32 trust domains",
    "principals that may ask",
    "paths of one rule",
    "notPaths of one rule",
    "sources",
    "sources of many values",
    "operations",
    "operations of many values",
    "headers of one rule, each with one value",
    "keys of claims within claims",
    "long path templates of one rule",
    "long principals of one rule",
    "long namespaces of one rule",
    "long ends of one rule",
    "long expressions of classes",
    "long expressions of letters",
    "long expressions of repetitions",
    "long regular expressions for other workloads",
  ],
  "header-routing": [
    "headers of many destinations",
    "headers of a destination and its route in all ways",
    "hosts",
    "domains",
    "wildcards",
    "routes",
    "matches",
    "matches of long expressions",
    "exact paths",
    "headers, one a route",
    "withoutHeaders, one a route",
    "principals, one a route",
    "headers of one match",
    "expressions of one match",
    "long expressions of one match",
    "long starts of one match",
    "withoutHeaders of one match",
    "queryParams of one match",
    "cookies of one match",
    "claims of one match",
    "principals of one match",
    "labels of one match",
  ],
  "fault-injection": ["principals that are exempt", "headers that are exempt", "matches that are exempt"],
  "circuit-breaking": [
    "DestinationRules",
    "domains",
    "circuits",
    "circuits with a key",
    "subsets",
    "subsets with a port",
    "subsets without a circuit",
    "matches of a circuit",
    "matches that are exempt",
  ],
  "trace-propagation": [
    "rules of the sampler",
    "rules of the sampler, each with a limit",
    "matches of one rule",
    "keys of a join",
    "rules of reporting",
    "matches of an operation",
    "custom tags",
    "matches that are kept",
  ],
};

/** What takes longer, as an object of at most 64 members is read at once. */
const LONGER = ["long names of one match", "long claims of one match"];
const MOST_OF_LONGER = 2_000_000;

/** The most steps in one call of the timer while a document of this dimension is read. */
function mostSteps(reader: Reader, filter: string, what: string): number {
  const dimension = DIMENSIONS.find((other) => other.filter === filter && other.what === what);
  if (dimension === undefined) throw new Error(`there is no dimension ${what}`);
  const { steps, slices } = reader.inSlices(dimension.document(Math.min(countFor(dimension, BYTES), MOST_VALUES)));
  assert.ok(steps > 0 && slices > 10, `${what}: ${steps} steps, ${slices} calls`);
  return steps;
}

for (const [filter, dimensions] of Object.entries(LONG)) {
  test(`however many there are, no step of the reading takes long: ${filter}, ${dimensions.join(", ")}`, () => {
    const reader = new Reader(filter, true);
    for (const what of dimensions) {
      const steps = mostSteps(reader, filter, what);
      assert.ok(steps <= MOST, `${what}: ${steps} steps in one call of the timer`);
    }
  });
}

test("names that have a megabyte in all do not take much longer", () => {
  const reader = new Reader("header-routing", true);
  for (const what of LONGER) {
    const steps = mostSteps(reader, "header-routing", what);
    assert.ok(steps <= MOST_OF_LONGER, `${what}: ${steps} steps in one call of the timer`);
  }
});
