/**
 * Random sets of AuthorizationPolicies: such that istiod and the filter take both, because the filter refuses what istiod
 * drops or widens. What a rule asks is dealt from a deck of all that can be asked, so that a run leaves nothing out.
 */
import type { Random } from "../random.ts";
import { CELLS } from "./fields.ts";
import type { Cell } from "./fields.ts";
import { addLeaf, makeLeaf } from "./leaves.ts";
import { LABELS, MESHES, NAMESPACE } from "./meshes.ts";
import type { Action, PolicySet } from "./policy.ts";
import { leavesOf, writeRule } from "./rule-plan.ts";
import type { PlannedSet, PolicyPlan, RulePlan } from "./rule-plan.ts";

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

/** Whether a leaf holds for most requests: alone it would hide what other rules of its policy do. */
function isWide({ not, operator }: Cell): boolean {
  return not || operator === "*";
}

const NARROW = CELLS.filter(
  ({ field, not, operator }) =>
    !not && operator === "exact" && ["paths", "hosts", "request.headers"].includes(field.name),
);

/** Adds a `from` or `to` of one leaf to those that a rule has. */
function addAlternative(random: Random, deck: Deck, plan: RulePlan): void {
  const cell = deck.deal();
  const { place } = cell.field;
  const alternatives = place === "source" ? plan.sources : place === "operation" ? plan.operations : [];
  if (alternatives.length > 0) alternatives.push([makeLeaf(random, cell)]);
  else deck.return(cell);
}

/** A rule of one to four leaves from the deck; one that only wide leaves would make up gets a narrow one beside them. */
function rulePlan(random: Random, deck: Deck): RulePlan {
  const plan: RulePlan = { sources: [], operations: [], conditions: [] };
  const cells = random.times(1, random.percent(60) ? 1 : 3, () => deck.deal());
  for (const cell of cells) {
    const added = makeLeaf(random, cell);
    if (!addLeaf(plan, added)) deck.return(cell);
  }
  if (random.percent(35)) addAlternative(random, deck, plan);
  if (leavesOf(plan).every(({ cell }) => isWide(cell)) && random.percent(92))
    addLeaf(plan, makeLeaf(random, random.pick(NARROW)));
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
  return { namespace, selector: { matchLabels: random.percent(75) ? labels : others } };
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
