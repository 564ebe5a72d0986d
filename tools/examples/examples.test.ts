/** The index of the examples: it names each, says of each what the file says, and names no other. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT, filesBelow } from "../project.ts";
import { INDEX, deadRows, examples, indexText } from "./examples.ts";

const text = readFileSync(join(PROJECT, INDEX), "utf8");

test("the index is as the examples are: npx tsx tools/examples/main.ts writes it anew", async () => {
  assert.equal(text, await indexText());
});

test("no example is missing, and none is dead", () => {
  const linked = [...text.matchAll(/^\| \[[^\]]*\]\(\.\.\/(\S+)\)/gm)].map(([, file = ""]) => file);
  for (const file of linked) assert.ok(existsSync(join(PROJECT, file)), file);
  assert.deepEqual(deadRows(), []);
  const folders = ["filters", "modules", "cli"].flatMap(filesBelow).filter((file) => /\/examples\//.test(file));
  const missing = folders.filter((file) => !linked.includes(file));
  assert.deepEqual(missing, []);
  assert.ok([...examples().values()].every((files) => files.length > 0));
  assert.equal(new Set(linked).size, linked.length);
});
