/**
 * What a run has tried: for each field, form and twin, in how many pairs a list of it was what the native verdict hung on,
 * by holding and by not holding. A list that another one hides proves nothing and is not counted.
 */
import { CELLS, SEVERAL } from "./fields.ts";
import type { Cell } from "./fields.ts";
import { HAS_IPV6 } from "./loopback.ts";
import type { Leaf } from "./rule-plan.ts";
import { PLACES } from "./structure.ts";
import type { Place } from "./structure.ts";
import type { Holds, Rules } from "./verdict.ts";

/** What cannot be, with its reason: by name of the field, form, and whether its list would hold. */
const IMPOSSIBLE: readonly { field: string; operator: string; holds: boolean; why: string }[] = [
  ...["principals", "source.principal"].flatMap((field) =>
    ["*a*", "a*b", "odd"].map((operator) => ({ field, operator, holds: true, why: "no SPIFFE ID is such" })),
  ),
  { field: "methods", operator: "*", holds: false, why: "every request has a method" },
  { field: "request.headers[:…]", operator: "*", holds: false, why: "as before" },
  { field: "hosts", operator: "*", holds: false, why: "Envoy refuses a request without a host" },
  { field: "paths", operator: "*", holds: false, why: "no path is empty" },
  { field: "paths", operator: "never", holds: true, why: "no path is such: normalized, and without its query" },
];

/** What cannot be where no client comes over IPv6. */
const IMPOSSIBLE_HERE: typeof IMPOSSIBLE = HAS_IPV6
  ? []
  : ["ipBlocks", "source.ip"].flatMap((field) => [
      { field, operator: "IPv4 any", holds: false, why: "there is no IPv6 here" },
      ...["IPv6 address", "IPv6 block", "IPv6 any", SEVERAL].map((operator) => ({
        field,
        operator,
        holds: true,
        why: "there is no IPv6 here",
      })),
    ]);

/** A form of a field with a list that holds, or one that does not. */
function isPossible({ field, operator, not }: Cell, holds: boolean): boolean {
  return ![...IMPOSSIBLE, ...IMPOSSIBLE_HERE].some(
    (one) => one.field === field.name && one.operator === operator && one.holds === (holds !== not),
  );
}

interface Count {
  holds: number;
  not: number;
}

/** Counts pairs by what they hung on. */
export class Coverage {
  readonly #counts = new Map<string, Count>();

  #count({ field, operator, not }: Cell): Count {
    return this.#named(`${field.name} ${not} ${operator}`);
  }

  #named(key: string): Count {
    const count = this.#counts.get(key) ?? { holds: 0, not: 0 };
    this.#counts.set(key, count);
    return count;
  }

  /** Counts a pair that agreed: `results` is what each leaf made of it, `places` where it stands. */
  add(
    rules: Rules,
    places: ReadonlyMap<Leaf, readonly Place[]>,
    leaves: readonly Leaf[],
    results: readonly boolean[],
  ): void {
    const held = new Map(leaves.map((leaf, index) => [leaf, results[index] ?? false]));
    const holds: Holds = (leaf) => held.get(leaf) ?? false;
    const verdict = rules.denial(holds);
    for (const leaf of leaves) {
      const otherwise = rules.denial((one) => holds(one) !== (one === leaf));
      if (otherwise === verdict) continue;
      const key = holds(leaf) ? "holds" : "not";
      this.#count(leaf.cell)[key] += 1;
      for (const place of places.get(leaf) ?? []) this.#named(place)[key] += 1;
    }
  }

  /** What could be and was not tried. */
  missing(): string[] {
    const both = ["holds", "not"] as const;
    const places = PLACES.filter((place) => both.some((key) => this.#named(place)[key] === 0));
    const cells = CELLS.flatMap((cell) => {
      const count = this.#count(cell);
      const lacks = both.filter((key) => count[key] === 0 && isPossible(cell, key === "holds"));
      return lacks.map((key) => `${name(cell)} ${cell.operator}: ${key === "holds" ? "holds" : "does not hold"}`);
    });
    return [...places, ...cells];
  }

  /** A line for each field and twin, its forms with the pairs where it held and where it did not, and one for each place. */
  table(): string[] {
    const rows = new Map<string, string[]>();
    for (const cell of CELLS) {
      const count = this.#count(cell);
      const show = (key: keyof Count): string => (isPossible(cell, key === "holds") ? `${count[key]}` : "–");
      const row = rows.get(name(cell)) ?? [];
      row.push(`${cell.operator} ${show("holds")}/${show("not")}`);
      rows.set(name(cell), row);
    }
    const places = PLACES.map((place) => `${place}: ${this.#named(place).holds}/${this.#named(place).not}`);
    return [...[...rows].map(([field, cells]) => `${field}: ${cells.join("  ")}`), ...places];
  }
}

function name({ field, not }: Cell): string {
  if (field.place === "when") return `when ${field.name} ${not ? "notValues" : "values"}`;
  return not ? `not${field.name.charAt(0).toUpperCase()}${field.name.slice(1)}` : field.name;
}
