/** Lists of values, and where in a rule they can stand. */
import type { Random } from "../random.ts";
import { MANY, SEVERAL } from "./fields.ts";
import type { Cell } from "./fields.ts";
import type { Leaf, RulePlan } from "./rule-plan.ts";

/** A list with values of the form that a cell says. */
export function makeLeaf(random: Random, cell: Cell): Leaf {
  const { field, operator } = cell;
  const key = field.key(random);
  const one = (name: string): string => field.operators[name]!(random, key);
  const names = Object.keys(field.operators).filter((name) => name !== "*" && !field.alone?.includes(name));
  if (operator !== SEVERAL && operator !== MANY) return { cell, key, values: [one(operator)] };
  const some = random.times(2, 4, () => one(random.pick(names)));
  const fillers = operator === MANY ? random.times(9, 12, (index) => field.filler(index, key)) : [];
  return { cell, key, values: random.some([...some, ...fillers], some.length + fillers.length) };
}

const WITHOUT_SERVICE_ACCOUNTS = new Set(["principals", "namespaces"]);

/** Whether Istio's validation lets both stand in one source (`ValidateAuthorizationPolicy`), and neither hides the other. */
export function goTogether(a: Leaf, b: Leaf): boolean {
  if (a.key === b.key) return a.cell.not !== b.cell.not;
  if (a.key === "serviceAccounts") return !WITHOUT_SERVICE_ACCOUNTS.has(b.key);
  if (b.key === "serviceAccounts") return !WITHOUT_SERVICE_ACCOUNTS.has(a.key);
  return true;
}

/** Adds a leaf to a rule, which then asks for it too; false where it cannot stand there. */
export function addLeaf(plan: RulePlan, added: Leaf): boolean {
  const { place } = added.cell.field;
  if (place === "when") {
    plan.conditions.push(added);
    return true;
  }
  const alternatives = place === "source" ? plan.sources : plan.operations;
  const last = alternatives[alternatives.length - 1];
  if (last === undefined) alternatives.push([added]);
  else if (last.every((other) => goTogether(other, added))) last.push(added);
  else return false;
  return true;
}
