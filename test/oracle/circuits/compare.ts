/** Where the two sides disagree, and how much happened. */
import { REFUSED } from "./ask.ts";
import type { Experiment, Step } from "./run.ts";
import { SIDES, type World } from "./world.ts";

/** An experiment whose sides disagree, told so that it can be repeated by hand; undefined where they agree. */
export function disagreement({ name, policy }: Experiment, steps: readonly Step[]): string | undefined {
  const at = steps.findIndex(({ native, filter }) => native !== filter);
  if (at < 0) return undefined;
  const { native, filter } = steps[at]!;
  const acts = steps.slice(0, at + 1).map(({ act, native: fate }) => `${act.name} (${fate})`);
  return `${name}: native ${native}, filter ${filter}\n  ${JSON.stringify(policy)}\n  ${acts.join("\n  ")}`;
}

/** What both count and log of openings: a line for each experiment of which they say different things. */
export async function countedApart(world: World): Promise<string[]> {
  await world.logged();
  const [native, filter] = SIDES.map((side) => world.reasons(side));
  const [ejections, openings] = await Promise.all(SIDES.map((side) => world.openings(side)));
  const names = new Set([native, filter, ejections, openings].flatMap((all) => [...all!.keys()]));
  return [...names].flatMap((name) => {
    const [a, b] = [native, filter].map((all) => (all!.get(name) ?? []).join());
    const counts = [ejections, openings].map((all) => all!.get(name) ?? 0);
    const logged = (native!.get(name) ?? []).length;
    const lines = a === b ? [] : [`${name}: native opened by ${a || "nothing"}, filter by ${b || "nothing"}`];
    if (counts.some((count) => count !== logged)) lines.push(`${name}: ${counts.join()} counted, ${logged} logged`);
    return lines;
  });
}

/** Groups of acts, by how often what came after one was refused. */
export function decisive(steps: readonly (readonly Step[])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const all of steps) {
    const before = all.at(-2);
    if (all.at(-1)?.native !== REFUSED || before === undefined) continue;
    const [group = ""] = before.act.name.split(":");
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return counts;
}
