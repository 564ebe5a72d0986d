import type { Summary } from "../measure/statistics.ts";

/** A bound on the ratio of two variants' added costs. */
export interface Target {
  title: string;
  /** Names of variants: what the first adds, divided by what the second adds. */
  ratio: readonly [dividend: string, divisor: string];
  /** Whether whole requests are compared, and not what is added to them; a variant can then be the base. */
  whole?: boolean;
  bound: { atMost: number } | { atLeast: number };
}

/** How a target came out. */
export interface Outcome {
  target: Target;
  /** The ratio of the medians. */
  ratio: number;
  /** Its least and most within the 95 % intervals of both medians. */
  range: readonly [least: number, most: number];
  /** Whether the ratio of the medians keeps the bound. */
  met: boolean;
  /** Whether the whole range lies on that side of the bound: where not, the run was too short or the machine too busy. */
  certain: boolean;
}

/** Judges a target by what variants add; undefined where one of its two was not measured. */
export function judge(target: Target, added: ReadonlyMap<string, Summary>): Outcome | undefined {
  const dividend = added.get(target.ratio[0]);
  const divisor = added.get(target.ratio[1]);
  if (dividend === undefined || divisor === undefined) return undefined;
  const ratio = dividend.median / divisor.median;
  const range = [dividend.interval[0] / divisor.interval[1], dividend.interval[1] / divisor.interval[0]] as const;
  const met = keeps(ratio, target.bound);
  const certain = range.every((end) => end > 0 && keeps(end, target.bound) === met);
  return { target, ratio, range, met, certain };
}

/** What whole requests cost, by what variants add to those of the base, which has the name. */
export function wholeCosts(
  added: ReadonlyMap<string, Summary>,
  base: Summary,
  baseName: string,
): ReadonlyMap<string, Summary> {
  const whole = new Map([...added].map(([name, one]) => [name, plus(one, base)]));
  return whole.set(baseName, base);
}

function plus(added: Summary, base: Summary): Summary {
  const [least, most] = added.interval;
  return {
    ...added,
    median: added.median + base.median,
    interval: [least + base.interval[0], most + base.interval[1]],
  };
}

function keeps(ratio: number, bound: Target["bound"]): boolean {
  return "atMost" in bound ? ratio <= bound.atMost : ratio >= bound.atLeast;
}
