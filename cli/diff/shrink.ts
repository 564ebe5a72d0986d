import type { Comparison, Difference } from "./comparison.ts";
import { NAMED_PARTS, patched, type Parts, type Patch } from "./parts.ts";

/** The smallest request that shows the same difference: whatever can be left out is left out. */
export function smallest(given: Difference, comparison: Comparison, fixed: readonly string[]): Difference {
  let least = given;
  for (let again = true; again;) {
    again = false;
    for (const patch of omissions(least.parts, fixed)) {
      const smaller = sameKind(patched(least.parts, patch), least, comparison);
      if (smaller === undefined) continue;
      least = smaller;
      again = true;
    }
  }
  return least;
}

function sameKind(parts: Parts, { kind, draw }: Difference, comparison: Comparison): Difference | undefined {
  return comparison.compare(parts, [draw])?.differences.find((one) => one.kind === kind);
}

/** What can be left out of a request, a thing each; a path can also be one that says less. */
function omissions(parts: Parts, fixed: readonly string[]): Patch[] {
  const named = NAMED_PARTS.flatMap((part) =>
    Object.keys(parts[part] ?? {}).map((name) => ({ [part]: { [name]: null } }) as Patch),
  );
  const others = Object.keys(parts).filter(
    (part) => !(NAMED_PARTS as readonly string[]).includes(part) && !fixed.includes(part),
  );
  const whole = others.map((part) => ({ [part]: null }) as Patch);
  const identity = ["trustDomain", "namespace", "account"].some((part) => part in parts) ? [{ principal: null }] : [];
  return [...identity, ...named, ...whole];
}
