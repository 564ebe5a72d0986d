/**
 * AuthorizationPolicies as the native RBAC filters that Istio would install, translated by istiod's own code: live where
 * Go is there, else as they were recorded.
 */
import { runProgram } from "../go-program.ts";
import type { Program } from "../go-program.ts";
import { istiodProgram } from "./istiod-program.ts";
import type { PolicySet, Translation } from "./policy-set.ts";
import { keyOf, readRecorded } from "./recorded.ts";

let program: Promise<Program> | undefined;

/** Why translations are taken from the record; undefined where istiod's code translates. */
export async function whyRecorded(): Promise<string | undefined> {
  program ??= istiodProgram();
  const found = await program;
  return "missing" in found ? found.missing : undefined;
}

/**
 * Translates all sets in one go, in their order. A set that istiod cannot read has its reason in `refused`. Where there
 * is no translator (`whyRecorded`), it rejects for a set that was not recorded.
 */
export async function translatePolicies(sets: readonly PolicySet[]): Promise<Translation[]> {
  program ??= istiodProgram();
  const found = await program;
  if ("missing" in found) return fromRecord(sets, found.missing);
  const { code, stdout, stderr } = await runProgram(found.binary, [], JSON.stringify(sets));
  if (code !== 0) throw new Error(`istiod's translator ended with ${code}: ${stderr.trim()}`);
  return JSON.parse(stdout) as Translation[];
}

/** The translations of sets that were recorded; throws for another. */
export function fromRecord(sets: readonly PolicySet[], reason: string): Translation[] {
  const all = new Map(readRecorded().translations.map(({ set, translation }) => [keyOf(set), translation]));
  return sets.map((set) => {
    const translation = all.get(keyOf(set));
    if (translation === undefined)
      throw new Error(`not recorded, and no translator: ${reason}: ${JSON.stringify(set)}`);
    return translation;
  });
}
