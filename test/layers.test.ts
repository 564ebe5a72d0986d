/** The table of layers in docs/architecture.md, the list that ESLint enforces, and what the sources import: all three say the same. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { MAY_IMPORT } from "../eslint.config.js";
import { PROJECT, filesBelow, isModuleSource } from "../tools/project.ts";

const enforced = Object.entries<string[]>(MAY_IMPORT).map(
  ([folder, others]) => `${folder}: ${[...others].sort().join(", ")}`,
);

test("docs/architecture.md draws what ESLint enforces", () => {
  const page = readFileSync(join(PROJECT, "docs/architecture.md"), "utf8");
  const rows = [...page.matchAll(/^\| `assembly\/(\w+)` +\| ([a-z, ]+?) +\|/gm)];
  const drawn = rows.map(([, folder, others]) => `${folder}: ${others === "nothing" ? "" : others}`);
  assert.deepEqual(drawn.sort(), [...enforced].sort());
});

test("each folder imports all that it may, so the table draws no line that is not there", () => {
  const real = Object.keys(MAY_IMPORT).map((folder) => {
    const sources = filesBelow(`assembly/${folder}`).filter(isModuleSource);
    const imports = sources.flatMap((file) => [
      ...readFileSync(join(PROJECT, file), "utf8").matchAll(/from "(?:\.\.\/)+(\w+)\//g),
    ]);
    const others = new Set(
      imports.map((match) => match[1]!).filter((other) => other in MAY_IMPORT && other !== folder),
    );
    return `${folder}: ${[...others].sort().join(", ")}`;
  });
  assert.deepEqual(real, enforced);
});
