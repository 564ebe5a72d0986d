/**
 * A request costs little more than under one rule, whatever the shape of 5,000 rules: in steps of the compiled module, which are the same on
 * any machine (`growth/count-steps.ts`).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CIRCUIT_SHAPES } from "./price/circuits.ts";
import { POLICY_SHAPES } from "./price/policies.ts";
import { Counted } from "./price/prices.ts";
import { ROUTE_SHAPES } from "./price/routes.ts";
import { MANY, type LedShape } from "./price/shape.ts";

const SHAPES = [...ROUTE_SHAPES, ...POLICY_SHAPES, ...CIRCUIT_SHAPES];

for (const filter of new Set(SHAPES.map((shape) => shape.filter))) {
  test(`a request costs ${filter} no more under ${MANY} rules than a shape's bound allows`, () => {
    const module = new Counted(filter);
    const shapes = SHAPES.filter((shape) => shape.filter === filter);
    assert.deepEqual(
      shapes.flatMap((shape) => wrongWith(module, shape)),
      [],
    );
  });
}

/** What is wrong with the price of a shape. */
function wrongWith(module: Counted, { what, document, request, more }: LedShape): string[] {
  const one = module.price(document(1), request);
  const many = module.price(document(MANY), request);
  if (one.outcome !== many.outcome) return [`${what}: ${one.outcome} of one rule, ${many.outcome} of many`];
  return many.steps - one.steps > more
    ? [`${what}: ${one.steps} steps under one rule, ${many.steps} under ${MANY}`]
    : [];
}
