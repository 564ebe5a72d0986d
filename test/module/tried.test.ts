/** `signalbox validate` warns of rules that each request tries one by one, and of no others: held to the steps that the filters take. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOfTried } from "../../cli/validate/tried.ts";
import type { Json } from "../../cli/input/resource.ts";
import { LINEAR_SHAPES } from "./price/linear.ts";
import { POLICY_SHAPES } from "./price/policies.ts";
import { Counted } from "./price/prices.ts";
import { ROUTE_SHAPES } from "./price/routes.ts";
import type { Shape } from "./price/shape.ts";

/** More than a request does not feel (`assembly/match/tried.ts`), and few enough for a test. */
const COUNT = 500;

function warnedOf({ filter, document }: Shape, count: number): string[] {
  const source = { file: "", text: "", value: undefined } as never;
  const config = JSON.parse(document(count)) as Json;
  return linesOfTried({ source, at: [], config, filter, unknown: "", workload: { namespace: "default", labels: {} } });
}

const modules = new Map<string, Counted>();
function stepsOf({ filter, document, request }: Shape, count: number): number {
  const module = modules.get(filter) ?? new Counted(filter);
  modules.set(filter, module);
  return module.price(document(count), request).steps;
}

for (const shape of LINEAR_SHAPES) {
  test(`${shape.filter} tries each of many: ${shape.what}`, () => {
    // Each try is a call of a function at least.
    assert.ok(stepsOf(shape, COUNT) - stepsOf(shape, 1) > COUNT);
    const [line = "", ...others] = warnedOf(shape, COUNT);
    const tried = Number(
      /^\w+: a request may have to try (\d+) rules or values one by one, which takes about /.exec(line)?.[1],
    );
    // The last is led to, and so is what every request has.
    assert.ok(tried >= COUNT - 2 && tried <= COUNT + 2, line);
    assert.deepEqual(others, []);
    assert.deepEqual(warnedOf(shape, 50), []);
  });
}

test("nothing is said of rules that an index leads to", () => {
  const warned = [...POLICY_SHAPES, ...ROUTE_SHAPES].filter((shape) => warnedOf(shape, COUNT).length > 0);
  assert.deepEqual(
    warned.map(({ filter, what }) => `${filter}: ${what}`),
    [],
  );
});
