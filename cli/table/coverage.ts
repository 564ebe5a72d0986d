import { rulesIn } from "../decision/explain.ts";
import type { Loaded } from "../decision/load.ts";
import { positionOf } from "../input/position.ts";

/** A rule, route or entry, where it stands, and whether a test met it. */
export interface CoveredRule {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly met: boolean;
}

/** Which rules, routes and entries of the plugins that tests ask were met by some test. */
export class Coverage {
  private readonly places = new Map<string, CoveredRule>();
  private readonly counted = new Set<Loaded>();

  /** Notes what a request met of a plugin. */
  met(loaded: Loaded, names: readonly string[]): void {
    if (!this.counted.has(loaded)) this.count(loaded);
    for (const name of names) {
      const key = keyOf(loaded, name);
      const known = this.places.get(key);
      if (known !== undefined) this.places.set(key, { ...known, met: true });
    }
  }

  /** All of them, in the order in which they stand. */
  get rules(): CoveredRule[] {
    return [...this.places.values()];
  }

  /** How many of a hundred were met; 100 if there are none. */
  get percent(): number {
    const { rules } = this;
    return rules.length === 0 ? 100 : (100 * rules.filter(({ met }) => met).length) / rules.length;
  }

  private count(loaded: Loaded): void {
    this.counted.add(loaded);
    const { source, at } = loaded.plugin;
    for (const { name, path } of rulesIn(loaded)) {
      const key = keyOf(loaded, name);
      if (this.places.has(key)) continue;
      const { file, line } = positionOf(source, [...at, ...path]);
      this.places.set(key, { rule: name, file, line, met: false });
    }
  }
}

/** A plugin is the same whatever workload it is asked for. */
function keyOf({ plugin: { source, at } }: Loaded, rule: string): string {
  return JSON.stringify([source.file, source.text?.document.range[0], at, rule]);
}
