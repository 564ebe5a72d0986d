/**
 * What the folder of a filter must have besides its code. CONTRIBUTING.md ("Add a filter") lists the same rules, so that
 * somebody who adds a filter meets them there, or within seconds in `make check`.
 */
import { parseAllDocuments } from "yaml";

/** The texts of a filter's files, by their paths in its folder. */
export type FilterFolder = ReadonlyMap<string, string>;

interface Manifest {
  kind?: string;
  spec?: Record<string, unknown>;
}

/** What each WasmPlugin says of itself, with what it says by that. */
const FIELDS: readonly (readonly [fields: readonly string[], says: string])[] = [
  [["selector", "targetRefs"], "which proxies run it"],
  [["match"], "whether it runs on inbound or outbound listeners"],
  [["priority"], "its place among the plugins of one proxy"],
  [["failStrategy"], "what happens if it cannot run"],
];

/** A comment on the line before `failStrategy`, or after it on the same line. */
const EXPLAINED = /^ +# .+\n +failStrategy: |failStrategy: \w+ #/gm;

/** The layers of a README after what the filter does. */
const LAYERS: readonly string[] = ["Installing it", "Recipes", "Reference", "Internals"];
const MIN_RECIPES = 3;

/**
 * What a filter's folder lacks, a line each, which begins with the file that is to be changed.
 *
 * @param folder what lies below `filters/<name>/`, or below `modules/<name>/` if the module composes several filters
 */
export function missing(folder: FilterFolder): string[] {
  return [...missingInManifest(folder.get("wasmplugin.yaml")), ...missingInDocuments(folder)];
}

function missingInManifest(text: string | undefined): string[] {
  const file = "wasmplugin.yaml";
  if (text === undefined) return [`${file}: missing: a WasmPlugin that shows the filter; make manifests copies it`];
  const resources = parseAllDocuments(text).map((document) => document.toJS() as Manifest | null);
  const specs = resources.filter((one) => one?.kind === "WasmPlugin").map((one) => one?.spec ?? {});
  if (specs.length === 0) return [`${file}: it has no WasmPlugin`];
  const lines = specs.flatMap((spec) =>
    FIELDS.filter(([fields]) => !fields.some((field) => field in spec)).map(
      ([fields, says]) => `${file}: ${fields.map((field) => `spec.${field}`).join(" or ")} is missing: it says ${says}`,
    ),
  );
  lines.push(...specs.flatMap((spec) => unguarded(spec).map((what) => `${file}: ${what}`)));
  if ((text.match(EXPLAINED) ?? []).length < specs.filter((spec) => "failStrategy" in spec).length) {
    lines.push(`${file}: failStrategy needs a comment on the line before it that says why`);
  }
  return lines;
}

/** What keeps a plugin with the section authz from guarding every request. */
function unguarded({ pluginConfig, phase, failStrategy }: Record<string, unknown>): string[] {
  if (!(typeof pluginConfig === "object" && pluginConfig !== null && "authz" in pluginConfig)) return [];
  const lines: string[] = [];
  if (phase !== "AUTHZ") lines.push("it has a section authz: spec.phase must be AUTHZ, after tokens are verified");
  if (failStrategy !== "FAIL_CLOSE") lines.push("it has a section authz: spec.failStrategy must be FAIL_CLOSE");
  return lines;
}

function missingInDocuments(folder: FilterFolder): string[] {
  const lines = missingInReadme(folder.get("README.md"));
  const names = [...folder.keys()];
  if (!names.some((name) => /^examples\/.+\.yaml$/.test(name))) {
    lines.push(
      "examples/: no example: each field of the README has one that a test runs (test/support/module/examples.ts)",
    );
  }
  if (!names.some((name) => /(^|\/)examples\.test\.ts$/.test(name))) {
    lines.push("test/module/examples.test.ts: missing: it runs the examples (test/support/module/examples.ts)");
  }
  return lines;
}

function missingInReadme(text: string | undefined): string[] {
  if (text === undefined)
    return ["README.md: missing: what the filter does, how to install it, recipes, reference, internals"];
  const headings: readonly string[] = text.replace(/^```.*?^```$/gms, "").match(/^##+ .+$/gm) ?? [];
  const layers = headings.filter((one) => one.startsWith("## ")).map((one) => one.slice(3));
  if (layers.join() !== LAYERS.join()) {
    return [`README.md: its headings of level 2 must be ${LAYERS.join(", ")}, got ${layers.join(", ") || "none"}`];
  }
  const recipes = headings.slice(headings.indexOf("## Recipes") + 1, headings.indexOf("## Reference"));
  const count = recipes.filter((one) => one.startsWith("### ")).length;
  return count < MIN_RECIPES ? [`README.md: it needs ${MIN_RECIPES} recipes, and has ${count}`] : [];
}
