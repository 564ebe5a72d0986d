import type { Condition, Target } from "./aims/condition.ts";
import type { Choices } from "./choices.ts";
import type { Compared, Comparison } from "./comparison.ts";
import type { Kinds } from "./kinds.ts";
import { patched, type Parts, type Patch } from "./parts.ts";

/** A target of either configuration. */
export interface Goal extends Target {
  /** Whether only one of the two has it. */
  readonly changed: boolean;
}

/** What is searched with. */
export interface Plan {
  readonly goals: readonly Goal[];
  /** What each request has to meet, whatever rule it is for. */
  readonly surroundings: readonly Condition[];
  /** Changes that stand in no rule. */
  readonly others: readonly Patch[];
  readonly choices: Choices;
  /** How many requests are decided at most, one for each draw. */
  readonly most: number;
}

/** How often a rule that only one configuration has, and any other, is aimed at before it counts as one that nothing reaches. */
const TRIES = { changed: 60, other: 12 };
/** How many rules that decide in place of another are avoided at once. */
const AVOIDED = 4;
/** How many other rules a request for a changed rule is also made to meet. */
const BESIDE = 60;

/** Looks for requests that two configurations decide differently. */
export class Explorer {
  private readonly seen = new Set<string>();
  private readonly bases: { parts: Parts; goal: Goal }[] = [];
  private readonly byRule: ReadonlyMap<string, Goal>;
  private readonly goals: readonly Goal[];
  /** By what they change: values that either configuration names. */
  private readonly pool = new Map<string, Patch[]>();

  constructor(
    private readonly comparison: Comparison,
    private readonly kinds: Kinds,
    private readonly plan: Plan,
  ) {
    this.goals = [...plan.goals.filter(({ changed }) => changed), ...plan.goals.filter(({ changed }) => !changed)];
    this.byRule = new Map(this.goals.flatMap((goal) => (goal.rule === undefined ? [] : [[goal.rule, goal] as const])));
    for (const { ways } of this.goals) for (const way of ways) for (const condition of way) this.fill(condition);
  }

  /** Goes on until enough requests have been decided. */
  run(given: readonly Parts[]): void {
    for (const parts of given) this.ask(parts);
    this.ask(this.start());
    for (const patch of this.plan.others) this.ask(patched(this.start(), patch));
    for (const goal of this.goals) {
      if (!this.within(0.6)) break;
      this.reach(goal);
    }
    this.inTurn(
      this.goals.filter(({ changed }) => changed).map((goal) => this.around(goal)),
      0.85,
    );
    this.inTurn([this.beside()], 0.92);
    this.atRandom();
  }

  /** A request that meets no rule on purpose. */
  private start(choices?: Choices): Parts {
    return meeting({}, this.plan.surroundings, choices);
  }

  /** How much of all that may be asked has been left for later. */
  private within(share: number): boolean {
    return this.comparison.asked < this.plan.most * share;
  }

  private ask(parts: Parts): Compared | undefined {
    const key = JSON.stringify(parts);
    if (this.seen.has(key)) return undefined;
    this.seen.add(key);
    const compared = this.comparison.compare(parts);
    for (const difference of compared?.differences ?? []) this.kinds.add(difference);
    return compared;
  }

  /** Asks each in turn for one more request, until they have no more or enough has been asked. */
  private inTurn(all: readonly Generator<Parts>[], share: number): void {
    let left = [...all];
    while (left.length > 0) {
      left = left.filter((one) => {
        if (!this.within(share)) return false;
        const next = one.next();
        if (next.done !== true) this.ask(next.value);
        return next.done !== true;
      });
    }
  }

  /**
   * Aims at a rule until a request meets it, and until one shows a difference if only one configuration has the rule. What decides in
   * its place is avoided at the next tries.
   */
  private reach(goal: Goal): void {
    const { ways, rule, changed } = goal;
    const { choices } = this.plan;
    let reached = false;
    let differs = false;
    const seen = (parts: Parts, compared: Compared | undefined): void => {
      const meets = rule === undefined || compared?.met.has(rule) === true;
      if (meets) this.bases.push({ parts, goal });
      reached ||= meets;
      differs ||= (compared?.differences.length ?? 0) > 0;
    };
    const inTheWay: string[] = [];
    for (const way of ways) {
      const parts = meeting(this.start(), way);
      seen(parts, this.ask(parts));
      if (!changed && reached) return;
    }
    for (let tries = changed ? TRIES.changed : TRIES.other; tries > 0 && !(reached && (differs || !changed)); tries--) {
      const way = choices.of(ways) ?? [];
      const parts = meeting(this.avoiding(inTheWay), way, choices);
      const compared = this.ask(parts);
      if (compared === undefined) continue;
      seen(parts, compared);
      // Another way of the same rule can be in the way too.
      inTheWay.push(...compared.rules.filter((one) => !inTheWay.includes(one)));
      inTheWay.splice(0, inTheWay.length - AVOIDED);
    }
    if (!reached) this.bases.push(...ways.slice(0, 1).map((way) => ({ parts: meeting(this.start(), way), goal })));
  }

  /** A request that misses something of each of some rules. */
  private avoiding(rules: readonly string[]): Parts {
    const { choices } = this.plan;
    const patches = rules.flatMap((rule) =>
      // Each of its ways.
      (this.byRule.get(rule)?.ways ?? [])
        .slice(0, AVOIDED)
        .flatMap((way) => choices.of(choices.of(way)?.misses ?? []) ?? []),
    );
    return patched(this.start(choices), ...patches);
  }

  /** Requests close to those that meet a rule: each condition met otherwise and missed, and other rules met too. */
  private *around(goal: Goal): Generator<Parts> {
    const bases = this.bases.filter((base) => base.goal === goal).map(({ parts }) => parts);
    const beside = this.plan.choices.some(this.bases, BESIDE);
    const longest = 96;
    for (let at = 0; at < longest; at++) {
      for (const base of bases) {
        for (const way of goal.ways) {
          for (const condition of way) {
            const { meets, misses } = condition;
            for (const patch of [misses[at], meets[at], this.pooled(condition)[at]]) {
              if (patch !== undefined) yield patched(base, patch);
            }
          }
        }
        const other = beside[at]?.parts;
        if (other !== undefined) {
          yield patched(base, other as Patch);
          yield patched(other, base as Patch);
          for (const way of goal.ways) yield meeting(other, way);
        }
        const patch = this.plan.others[at];
        if (patch !== undefined) yield patched(base, patch);
      }
    }
  }

  /** What stands in no rule, beside what meets rules. */
  private *beside(): Generator<Parts> {
    for (const patch of this.plan.others) for (const { parts } of this.bases) yield patched(parts, patch);
  }

  /** Known requests with some parts changed, until enough has been asked. */
  private atRandom(): void {
    const { choices, others } = this.plan;
    const near = this.bases.filter(({ goal }) => goal.changed);
    const pools = [...this.pool.values()];
    for (let fruitless = 0; this.within(1) && fruitless < 500;) {
      const from = choices.below(2) === 0 && near.length > 0 ? near : this.bases;
      let parts = choices.of(from)?.parts ?? {};
      for (let count = 1 + choices.below(4); count > 0; count--) {
        const condition = choices.of(choices.of(choices.of(this.goals)?.ways ?? []) ?? []);
        const lists = [condition?.meets, condition?.misses, choices.of(pools), others];
        const patch = choices.of(choices.of(lists) ?? []);
        if (patch !== undefined) parts = patched(parts, patch);
      }
      fruitless = this.ask(parts) === undefined ? fruitless + 1 : 0;
    }
  }

  private fill({ meets, misses }: Condition): void {
    for (const patch of [...meets.slice(0, 4), ...misses.slice(0, 2)]) {
      const key = aboutOf(patch);
      const known = this.pool.get(key) ?? [];
      if (known.length < POOLED && key !== "") this.pool.set(key, [...known, patch]);
    }
  }

  private pooled({ meets, misses }: Condition): readonly Patch[] {
    const patch = meets.find((one) => aboutOf(one) !== "") ?? misses.find((one) => aboutOf(one) !== "");
    return patch === undefined ? [] : (this.pool.get(aboutOf(patch)) ?? []);
  }
}

/** How many values of one part are tried at a rule that does not name them. */
const POOLED = 64;

/** What a patch changes: `path`, `headers end-user`. */
function aboutOf(patch: Patch): string {
  const [part = "", value] = Object.entries(patch)[0] ?? [];
  return typeof value === "object" && value !== null ? `${part} ${Object.keys(value)[0] ?? ""}` : part;
}

/** A request that should meet all conditions: in the first way of each, or in any. */
function meeting(parts: Parts, way: readonly Condition[], choices?: Choices): Parts {
  return patched(
    parts,
    ...way.flatMap(({ meets }) => (choices === undefined ? meets.slice(0, 1) : (choices.of(meets) ?? []))),
  );
}
