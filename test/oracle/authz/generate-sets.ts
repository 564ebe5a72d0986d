/**
 * Sets of policies that together ask everything, each thing in a rule of its own and by itself or in each combination: a
 * request says in a header which rule it is for, so that no other rule hides what becomes of it.
 */
import type { Random } from "../random.ts";
import { CELLS, MANY, SEVERAL } from "./fields.ts";
import type { Cell } from "./fields.ts";
import { addLeaf, goTogether, makeLeaf } from "./leaves.ts";
import { LABELS, MESHES_OF_CLUSTER_LOCAL, NAMESPACE, OTHER_MESHES } from "./meshes.ts";
import type { Mesh } from "./meshes.ts";
import { writeRule } from "./rule-plan.ts";
import type { Leaf, PlannedSet, PolicyPlan, RulePlan } from "./rule-plan.ts";

/** How many rules a set has. */
const RULES = 12;
/** The header by which a request says which rule it is for. */
const RULE_HEADER = "x-rule";
const RULE_CELL = CELLS.find(
  ({ field, operator, not }) => field.name === "request.headers" && operator === "exact" && !not,
)!;

const guard = (rule: number): Leaf => ({
  cell: RULE_CELL,
  key: `request.headers[${RULE_HEADER}]`,
  values: [`${rule}`],
});

/** A rule that asks one thing. */
function alone(random: Random, cell: Cell, rule: number): RulePlan {
  const plan: RulePlan = { sources: [], operations: [], conditions: [] };
  addLeaf(plan, makeLeaf(random, cell));
  plan.conditions.push(guard(rule));
  return plan;
}

/** A set of these rules, in one policy or shared by two. */
function setOf(mesh: Mesh, index: number, parts: readonly RulePlan[][]): PlannedSet {
  const action = index % 2 === 0 ? "ALLOW" : "DENY";
  const namespaces = index % 3 === 0 ? ["istio-system", NAMESPACE] : [NAMESPACE, "istio-system"];
  const policies = parts.map((plans, part): PolicyPlan => {
    const rules = plans.map(writeRule);
    const selector = part > 0 ? { selector: { matchLabels: { app: LABELS["app"]! } } } : {};
    return { name: `each-${part}`, namespace: namespaces[part % 2]!, ...selector, action, rules, plans };
  });
  return { ...mesh, rootNamespace: "istio-system", namespace: NAMESPACE, labels: LABELS, policies };
}

/** What trust domains and their aliases have a part in. */
const CELLS_OF_ALIASES = CELLS.filter(
  ({ field, operator }) =>
    ["principals", "trustDomains", "source.principal", "source.trustDomain"].includes(field.name) &&
    ["exact", "*/ns/…", "*x/ns/…", "x*/ns/…", "cluster.local/…", "other td/…"].includes(operator),
);

/**
 * Sets that together ask each thing once, by itself; and in each mesh that cluster.local only points to, or that has a star
 * in an alias, what its trust domains have a part in.
 */
export function generateEach(random: Random): PlannedSet[] {
  const cells = random.some(CELLS, CELLS.length);
  const sets = Math.ceil(cells.length / RULES);
  const plans = (some: readonly Cell[]): RulePlan[] => some.map((cell, rule) => alone(random, cell, rule));
  const own = MESHES_OF_CLUSTER_LOCAL;
  return [
    ...Array.from({ length: sets }, (_, index) => {
      const some = cells.slice(index * RULES, (index + 1) * RULES);
      return setOf(own[index % own.length]!, index, [plans(some)]);
    }),
    ...OTHER_MESHES.map((mesh, index) => setOf(mesh, index, [plans(CELLS_OF_ALIASES)])),
  ];
}

/** Forms that some requests meet and some do not, whatever else they have to meet. */
const NARROW = CELLS.filter(
  ({ field, operator, not }) =>
    !not &&
    !["*", "[*]", "never", "odd", "*a*", "a*b", SEVERAL, MANY].includes(operator) &&
    !field.alone?.includes(operator),
);
const NARROW_SOURCES = NARROW.filter(({ field }) => field.place === "source");
const NARROW_OPERATIONS = NARROW.filter(({ field }) => field.place === "operation");
const NARROW_CONDITIONS = NARROW.filter(({ field }) => field.place === "when");

/** Lists of different fields that can stand in one source or operation. */
function together(random: Random, cells: readonly Cell[], count: number): Leaf[] {
  const leaves: Leaf[] = [];
  while (leaves.length < count) {
    const next = makeLeaf(random, random.pick(cells));
    const fits = leaves.every((leaf) => leaf.cell.field !== next.cell.field && goTogether(leaf, next));
    if (fits) leaves.push(next);
  }
  return leaves;
}

/** Alternatives, with so many lists in each. */
function either(random: Random, cells: readonly Cell[], sizes: readonly number[]): Leaf[][] {
  return sizes.map((size) => together(random, cells, size));
}

/** What rules combine, one after the other: the lists in each source and each operation, and the conditions. */
const COMBINATIONS: readonly { sources: number[]; operations: number[]; conditions: number }[] = [
  { sources: [1, 1], operations: [], conditions: 0 },
  { sources: [], operations: [1, 1], conditions: 0 },
  { sources: [2], operations: [], conditions: 0 },
  { sources: [], operations: [2], conditions: 0 },
  { sources: [], operations: [], conditions: 2 },
  { sources: [1, 2, 1], operations: [1, 1], conditions: 0 },
  { sources: [1, 1], operations: [2, 1], conditions: 1 },
];

/** Sets of two policies whose rules combine things. */
export function generateCombined(random: Random, sets: number): PlannedSet[] {
  return Array.from({ length: sets }, (_, index) => {
    const plans = Array.from({ length: RULES }, (_, rule): RulePlan => {
      const { sources, operations, conditions } = COMBINATIONS[(index * RULES + rule) % COMBINATIONS.length]!;
      return {
        sources: either(random, NARROW_SOURCES, sources),
        operations: either(random, NARROW_OPERATIONS, operations),
        conditions: [guard(rule), ...together(random, NARROW_CONDITIONS, conditions)],
      };
    });
    const own = MESHES_OF_CLUSTER_LOCAL;
    return setOf(own[index % own.length]!, index, [plans.slice(0, RULES / 2), plans.slice(RULES / 2)]);
  });
}
