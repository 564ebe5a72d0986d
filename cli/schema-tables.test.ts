/** The tables of fields in the filters' READMEs, held to the schemas of their configurations. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT, moduleFolder, moduleNames } from "../tools/project.ts";
import { PLUGIN_CONFIGS } from "./schema/config/plugin-config.ts";
import type { Schema } from "./schema/problem.ts";
import { fieldsOf } from "./test/schema-objects.ts";

/** A row of a table of fields in a README: the paths in its first cell, and its last cell without links. */
interface Row {
  readonly paths: readonly (readonly string[])[];
  readonly meaning: string;
}

/** The rows of the tables of fields below the heading "Fields". */
function rowsOf(filter: string): Row[] {
  const page = readFileSync(join(PROJECT, moduleFolder(filter), "README.md"), "utf8");
  const [, , section = ""] = /^(##+) Fields$(.*?)^\1 /ms.exec(page) ?? [];
  const tables = section.matchAll(/^\| (?:field|`source`|`operation`) .*\n\|[-| ]+\n((?:\|.*\n)+)/gm);
  const lines = [...tables].flatMap(([, rows = ""]) => rows.trim().split("\n"));
  return lines.map((line) => {
    const cells = line.split("|").slice(1, -1);
    const names = [...(cells[0] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
    const paths = names.map((name) =>
      name
        .replace(/\[\]/g, "")
        .split(/[.…]+/)
        .filter((step) => step !== ""),
    );
    return { paths, meaning: withoutLinks((cells.at(-1) ?? "").trim()) };
  });
}

/** A cell without what leads to other places: `see [x](#y)` goes, and any other link is its text. */
function withoutLinks(cell: string): string {
  const own = cell.replace(/(^|; )(see \[[^\]]*\]\([^)]*\)|\[below\]\([^)]*\)|(see )?(below|right))/g, "");
  return own.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
}

test("the tables of the READMEs name the fields of the schemas, and say nothing of one that its description does not", () => {
  const differences: string[] = [];
  for (const filter of moduleNames().filter((name) => name !== "signalbox")) {
    const fields = fieldsOf(PLUGIN_CONFIGS[filter] as Schema);
    const rows = rowsOf(filter);
    assert.ok(rows.length > 5, filter);
    for (const { paths, meaning } of rows) {
      for (const step of paths.flat()) {
        if (!fields.some(([known]) => known === step))
          differences.push(`${filter}: README.md has ${step}, the schema does not`);
      }
      // A cell that is about several fields at once need not be what any of them says.
      if (paths.length !== 1) continue;
      const descriptions = fields
        .filter(([known]) => paths.flat().includes(known))
        .map(([, description]) => description);
      if (descriptions.some((one) => one.includes(meaning))) continue;
      differences.push(
        `${filter}: ${paths.join()}: README.md: ${meaning}\n  schema: ${[...new Set(descriptions)].join("\n  ")}`,
      );
    }
    // What header-routing's README says for all filters need not be said again; the rest has to be on the filter's page.
    const pages = [moduleFolder(filter), "filters/header-routing"].map((folder) =>
      readFileSync(join(PROJECT, folder, "README.md"), "utf8"),
    );
    for (const [name] of fields) {
      if (!pages.some((page) => new RegExp(`\\b${name}\\b`).test(page)))
        differences.push(`${filter}: no README has ${name}`);
    }
  }
  assert.deepEqual(differences, []);
});
