import type { Request } from "../decision/request.ts";
import type { Draw } from "./chance.ts";
import { changesBetween, type Change } from "./effect.ts";
import { requestFrom, type Parts } from "./parts.ts";
import type { Outcome, Side } from "./side.ts";

/** A request that two sides decide differently, and how. */
export interface Difference {
  /** What it is one of: the same changes, by the same rules. */
  readonly kind: string;
  readonly parts: Parts;
  readonly request: Request;
  readonly draw: Draw;
  readonly changes: readonly Change[];
  readonly old: Outcome;
  readonly new: Outcome;
}

/** What came of a request on both sides. */
export interface Compared {
  readonly differences: readonly Difference[];
  /** The rules that decided, one for each draw. */
  readonly rules: readonly string[];
  /** All rules that were met, on either side. */
  readonly met: ReadonlySet<string>;
}

/** The time of requests that say none: the same in each run. */
const TIME = "2026-01-01T00:00:00.000Z";

/** Both sides, asked about the same requests. */
export class Comparison {
  /** The rules that were met on each side. */
  readonly met = { old: new Set<string>(), new: new Set<string>() };
  /** How many requests have been decided, one for each draw. */
  asked = 0;

  constructor(
    readonly before: Side,
    readonly after: Side,
    readonly draws: readonly Draw[],
  ) {}

  /** Asks both sides; undefined for a request that would not reach a filter. */
  compare(parts: Parts, draws = this.draws): Compared | undefined {
    const request = requestFrom(parts);
    if (request === undefined) return undefined;
    const differences: Difference[] = [];
    const rules = new Set<string>();
    const all = new Set<string>();
    const given = { ...request, at: request.at ?? TIME };
    for (const draw of draws) {
      this.asked++;
      const [old, other] = [this.before.ask(given, draw), this.after.ask(given, draw)];
      for (const rule of old.met) {
        this.met.old.add(rule);
        all.add(rule);
      }
      for (const rule of other.met) {
        this.met.new.add(rule);
        all.add(rule);
      }
      rules.add(old.rule).add(other.rule);
      // The first draw lets all percentages hold. Where nothing that was met is left to chance, the other draws come to the same.
      const chance = this.before.isLeftToChance(old.met) || this.after.isLeftToChance(other.met);
      const changes = changesBetween(old.effect, other.effect);
      if (changes.length > 0) {
        const kind = JSON.stringify([changes, old.rule, other.rule]);
        differences.push({ kind, parts, request, draw, changes, old, new: other });
      }
      if (!chance) break;
    }
    return { differences, rules: [...rules], met: all };
  }
}
