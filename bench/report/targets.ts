import { median } from "../measure/statistics.ts";

/** A bound on the ratio of two variants' added costs. */
export interface Target {
  title: string;
  /** Names of variants: what the first adds, divided by what the second adds. */
  ratio: readonly [dividend: string, divisor: string];
  /** Whether whole requests are compared, and not what is added to them; a variant can then be the base. */
  whole?: boolean;
  bound: { atMost: number } | { atLeast: number };
}

/** What variants cost a request in one process of Envoy: the median of their turns there in microseconds, by their names. */
export type Costs = ReadonlyMap<string, number>;

/** How a target came out. */
export interface Outcome {
  target: Target;
  /** The median of the ratios of all processes. */
  ratio: number;
  /** The least and the most of them. */
  range: readonly [least: number, most: number];
  /** Whether the median keeps the bound. */
  met: boolean;
  /** Whether all processes agree: if not, where code and data happened to lie decides, or the run was too short. */
  certain: boolean;
}

/** Judges a target by what variants cost in each process; undefined if one of its two was not measured. */
export function judge(target: Target, processes: readonly Costs[]): Outcome | undefined {
  const all = ratios(target.ratio, processes);
  if (all.length === 0) return undefined;
  const ratio = median(all);
  const met = keeps(ratio, target.bound);
  const certain = all.every((one) => one > 0 && keeps(one, target.bound) === met);
  return { target, ratio, range: [Math.min(...all), Math.max(...all)], met, certain };
}

/** The ratio of two variants' costs in each process that has both. */
export function ratios([dividend, divisor]: Target["ratio"], processes: readonly Costs[]): number[] {
  return processes.flatMap((costs) => {
    const [above, below] = [costs.get(dividend), costs.get(divisor)];
    return above === undefined || below === undefined ? [] : [above / below];
  });
}

/** What whole requests cost in a process, by what variants add there to those of the base, which has the name. */
export function wholeCosts(added: Costs, base: number, baseName: string): Costs {
  return new Map([...added].map(([name, one]) => [name, base + one])).set(baseName, base);
}

function keeps(ratio: number, bound: Target["bound"]): boolean {
  return "atMost" in bound ? ratio <= bound.atMost : ratio >= bound.atLeast;
}
