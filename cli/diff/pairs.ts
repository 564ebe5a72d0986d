import { loadPlugins, type Loaded, type Wanted } from "../decision/load.ts";
import type { Pair } from "./diff.ts";

/**
 * The plugins of two files, each with the one that it is compared to: the one of its name, or the only one if each file has one.
 *
 * @throws Failure if one of the files has none, or one is refused
 */
export function pairsOf(old: string, other: string, wanted: Wanted): Pair[] {
  const [before, after] = [old, other].map((file) => loadPlugins(file, wanted)) as [Loaded[], Loaded[]];
  const [first, second] = [before[0], after[0]];
  if (before.length === 1 && after.length === 1 && second !== undefined) {
    return [{ name: second.name, old: first, new: second }];
  }
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  const named = (all: readonly Loaded[], name: string): Loaded | undefined => all.find((one) => one.name === name);
  return names.map((name) => ({ name, old: named(before, name), new: named(after, name) }));
}
