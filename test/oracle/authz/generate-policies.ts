/**
 * Generated sets of AuthorizationPolicies: such that istiod and the filter take both, because the filter refuses what
 * istiod drops or widens. What a rule asks is dealt from a deck of all that can be asked, so that a run leaves nothing out.
 */
import type { Random } from "../random.ts";
import { CELLS, MANY, SEVERAL } from "./fields.ts";
import type { Cell } from "./fields.ts";
import type { Action, PolicySet } from "./policy.ts";
import { leavesOf, writeRule } from "./rule-plan.ts";
import type { Leaf, PolicyPlan, RulePlan } from "./rule-plan.ts";

/** What runs the policies, as the node's metadata has it; the same for all sets. */
export const NAMESPACE = "default";
export const LABELS = { app: "httpbin", version: "v1" };

/** A set with the plans that it was made from. */
export interface PlannedSet extends PolicySet {
  policies: PolicyPlan[];
}

/** All cells in random order, again and again. */
export class Deck {
  readonly #random: Random;
  readonly #cells: readonly Cell[];
  #rest: Cell[] = [];

  constructor(random: Random, cells: readonly Cell[] = CELLS) {
    this.#random = random;
    this.#cells = cells;
  }

  deal(): Cell {
    if (this.#rest.length === 0) this.#rest = this.#random.some(this.#cells, this.#cells.length);
    return this.#rest.pop()!;
  }

  /** Puts a cell back that found no place; it is dealt next. */
  return(cell: Cell): void {
    this.#rest.push(cell);
  }
}

function leaf(random: Random, cell: Cell): Leaf {
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
function goTogether(a: Leaf, b: Leaf): boolean {
  if (a.key === b.key) return a.cell.not !== b.cell.not;
  if (a.key === "serviceAccounts") return !WITHOUT_SERVICE_ACCOUNTS.has(b.key);
  if (b.key === "serviceAccounts") return !WITHOUT_SERVICE_ACCOUNTS.has(a.key);
  return true;
}

/** Adds a leaf to a rule, to an alternative of its own where `apart`; false where it cannot stand there. */
function add(plan: RulePlan, added: Leaf, apart: boolean): boolean {
  const { place } = added.cell.field;
  if (place === "when") {
    plan.conditions.push(added);
    return true;
  }
  const alternatives = place === "source" ? plan.sources : plan.operations;
  const last = alternatives[alternatives.length - 1];
  if (last === undefined || apart) alternatives.push([added]);
  else if (last.every((other) => goTogether(other, added))) last.push(added);
  else return false;
  return true;
}

/** The header by which a request says which rule of a set of `generateEach` it is for. */
const RULE_HEADER = "x-rule";
const [RULE_CELL] = CELLS.filter(
  ({ field, operator, not }) => field.name === "request.headers" && operator === "exact" && !not,
);

/** A rule that asks one thing of the requests that are for it, so that no other rule hides what becomes of it. */
function alone(random: Random, cell: Cell, index: number): RulePlan {
  const plan: RulePlan = { sources: [], operations: [], conditions: [] };
  add(plan, leaf(random, cell), false);
  plan.conditions.push({ cell: RULE_CELL!, key: `request.headers[${RULE_HEADER}]`, values: [`${index}`] });
  return plan;
}

/** Whether a leaf holds for most requests: alone it would hide what other rules of its policy do. */
function isWide({ not, operator }: Cell): boolean {
  return not || operator === "*";
}

const NARROW = CELLS.filter(
  ({ field, not, operator }) =>
    !not && operator === "exact" && ["paths", "hosts", "request.headers"].includes(field.name),
);

/** A rule of one to four leaves from the deck; one that only wide leaves would make up gets a narrow one beside them. */
function rulePlan(random: Random, deck: Deck): RulePlan {
  const plan: RulePlan = { sources: [], operations: [], conditions: [] };
  const cells = random.times(1, random.percent(60) ? 1 : 3, () => deck.deal());
  for (const cell of cells) {
    const added = leaf(random, cell);
    if (!add(plan, added, plan.sources.length + plan.operations.length > 0 && random.percent(15))) deck.return(cell);
  }
  if (leavesOf(plan).every(({ cell }) => isWide(cell)) && random.percent(92))
    add(plan, leaf(random, random.pick(NARROW)), false);
  return plan;
}

const POLICY_NAMES = ["a", "a-b", "b", "allow", "deny", "x.y", "z9"];

/** Where a policy stands and what it selects: mostly this workload. */
function scope(random: Random, rootNamespace: string): Pick<PolicyPlan, "namespace" | "selector"> {
  if (random.percent(6)) return { namespace: "elsewhere" };
  const namespace = random.percent(80) ? NAMESPACE : rootNamespace;
  if (random.percent(60)) return { namespace };
  const labels: Record<string, string> = random.pick<Record<string, string>>([
    { app: "httpbin" },
    LABELS,
    {},
    { version: "v1" },
  ]);
  const others: Record<string, string> = random.pick<Record<string, string>>([
    { app: "other" },
    { ...LABELS, more: "x" },
    { version: "v2" },
  ]);
  return { namespace, selector: { matchLabels: random.percent(85) ? labels : others } };
}

/** What a policy does; the first of a set decides something. */
const SHAPES: readonly { action: Action; dryRun?: boolean }[][] = [
  [{ action: "ALLOW" }],
  [{ action: "ALLOW" }],
  [{ action: "DENY" }],
  [{ action: "DENY" }],
  [{ action: "ALLOW" }, { action: "ALLOW" }],
  [{ action: "DENY" }, { action: "ALLOW" }],
  [{ action: "DENY" }, { action: "DENY" }, { action: "ALLOW" }],
  [{ action: "DENY" }, { action: "AUDIT" }],
  [{ action: "ALLOW" }, { action: "AUDIT" }],
  [{ action: "ALLOW" }, { action: "ALLOW", dryRun: true }],
  [{ action: "DENY" }, { action: "DENY", dryRun: true }],
  [{ action: "DENY" }, { action: "ALLOW" }, { action: "DENY", dryRun: true }, { action: "ALLOW", dryRun: true }],
  [
    { action: "ALLOW", dryRun: true },
    { action: "DENY", dryRun: true },
  ],
  [{ action: "AUDIT" }],
];

function policy(
  random: Random,
  deck: Deck,
  rootNamespace: string,
  taken: Set<string>,
  what: { action: Action; dryRun?: boolean },
): PolicyPlan {
  const placed = scope(random, rootNamespace);
  const free = POLICY_NAMES.filter((name) => !taken.has(`${placed.namespace}/${name}`));
  const name = random.pick(free);
  taken.add(`${placed.namespace}/${name}`);
  const count = random.percent(90) ? 1 + random.int(5) : random.pick([11, 11, 40]);
  const plans =
    random.percent(4) && what.action !== "DENY" ? [] : random.times(count, count, () => rulePlan(random, deck));
  if (plans.length > 0 && random.percent(3)) plans.push({ sources: [], operations: [], conditions: [] });
  const rules = plans.map(writeRule);
  return { name, ...placed, ...what, ...(rules.length > 0 && { rules }), plans };
}

type Mesh = Pick<PolicySet, "trustDomain" | "trustDomainAliases">;
const MESHES_OF_CLUSTER_LOCAL: readonly Mesh[] = [
  { trustDomain: "cluster.local", trustDomainAliases: [] },
  { trustDomain: "cluster.local", trustDomainAliases: ["old-td"] },
  { trustDomain: "td1.example", trustDomainAliases: ["cluster.local"] },
];
const MESHES: readonly Mesh[] = [
  ...MESHES_OF_CLUSTER_LOCAL,
  { trustDomain: "cluster.local", trustDomainAliases: ["*-td"] },
  { trustDomain: "td1.example", trustDomainAliases: [] },
  { trustDomain: "new-td", trustDomainAliases: ["old-td", "td1.example"] },
];

/** What a set has beside its policies. */
function mesh(random: Random): Omit<PolicySet, "policies"> {
  const rootNamespace = random.percent(80) ? "istio-system" : "root";
  return { ...random.pick(MESHES), rootNamespace, namespace: NAMESPACE, labels: LABELS };
}

/** One set; what it asks comes from the deck. */
export function generateSet(random: Random, deck: Deck): PlannedSet {
  const own = mesh(random);
  const taken = new Set<string>();
  const policies = random.pick(SHAPES).map((what) => policy(random, deck, own.rootNamespace, taken, what));
  return { ...own, policies };
}

/** How many rules a set of `generateEach` has. */
const RULES = 12;

/** Sets of one policy that together ask each thing once, each in a rule of its own. */
export function generateEach(random: Random): PlannedSet[] {
  const cells = random.some(CELLS, CELLS.length);
  const sets = Math.ceil(cells.length / RULES);
  return Array.from({ length: sets }, (_, index): PlannedSet => {
    const plans = cells.slice(index * RULES, (index + 1) * RULES).map((cell, rule) => alone(random, cell, rule));
    const policy: Pick<PolicyPlan, "name" | "action" | "namespace"> = {
      name: "each",
      action: index % 2 === 0 ? "ALLOW" : "DENY",
      namespace: index % 3 === 0 ? "istio-system" : NAMESPACE,
    };
    return {
      ...MESHES_OF_CLUSTER_LOCAL[index % MESHES_OF_CLUSTER_LOCAL.length]!,
      rootNamespace: "istio-system",
      namespace: NAMESPACE,
      labels: LABELS,
      policies: [{ ...policy, rules: plans.map(writeRule), plans }],
    };
  });
}
