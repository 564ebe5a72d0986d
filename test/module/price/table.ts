/** Prints what a request costs under one rule and under many, for each shape; `node table.ts <words>` for those whose names have the words. */
import { POLICY_SHAPES } from "./policies.ts";
import { Counted } from "./prices.ts";
import { ROUTE_SHAPES } from "./routes.ts";
import { MANY } from "./shape.ts";

const wanted = process.argv.slice(2).join(" ");
const modules = new Map<string, Counted>();
const rows = [...ROUTE_SHAPES, ...POLICY_SHAPES]
  .filter(({ filter, what }) => `${filter} ${what}`.includes(wanted))
  .map(({ filter, what, document, request, more }) => {
    const module = modules.get(filter) ?? new Counted(filter);
    modules.set(filter, module);
    const one = module.price(document(1), request);
    const many = module.price(document(MANY), request);
    const added = many.steps - one.steps;
    return { filter, what, one: one.steps, many: many.steps, added, more, same: one.outcome === many.outcome };
  });
console.table(rows);
