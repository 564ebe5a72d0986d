/**
 * Writes `istiod/recorded.json`: what istiod makes today of the sets that modules export as their default, a list of
 * `PolicySet`. Needs Go.
 *
 *     npx tsx test/oracle/authz/record.ts [module.ts …]    (without modules: sets.ts and fixed-sets.ts)
 */
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { pinnedIstio, RECORDED, writeRecorded } from "./recorded.ts";
import { translatePolicies, whyRecorded } from "./translate.ts";
import type { PolicySet } from "./policy-set.ts";

const named = process.argv.slice(2).map((file) => resolve(file));
const modules =
  named.length > 0 ? named : ["sets.ts", "fixed-sets.ts"].map((name) => fileURLToPath(new URL(name, import.meta.url)));
const sets: PolicySet[] = [];
for (const file of modules) {
  const { default: exported } = (await import(pathToFileURL(file).href)) as { default?: PolicySet[] };
  if (!Array.isArray(exported)) throw new Error(`${file} exports no list of sets as its default`);
  sets.push(...exported);
}
const reason = await whyRecorded();
if (reason !== undefined) throw new Error(`Recording needs istiod's translator: ${reason}`);
const translations = await translatePolicies(sets);
writeRecorded({
  istio: pinnedIstio(),
  translations: sets.map((set, index) => ({ set, translation: translations[index]! })),
});
console.log(`${sets.length} sets recorded in ${RECORDED}`);
