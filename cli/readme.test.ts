/** The examples of the README: each command does what is shown behind it, and each file is shown as it is. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../tools/project.ts";
import { README, shownCommands } from "./test/readme.ts";
import { withCodes } from "./test/run.ts";

for (const { command, args, expected } of shownCommands()) {
  test(`signalbox ${command}`, async () => {
    const { out, err } = await withCodes(args);
    assert.equal(out + err, expected);
  });
}

test("there are examples of every command", () => {
  const commands = new Set(shownCommands().map(({ args }) => args[0]));
  assert.deepEqual([...commands].sort(), ["convert", "diff", "explain", "test", "trace", "validate"]);
});

test("the README shows the tables as they are", () => {
  for (const name of ["httpbin", "reviews"]) {
    const table = readFileSync(join(PROJECT, `cli/examples/${name}.test.yaml`), "utf8");
    assert.ok(README.includes(`\`\`\`yaml\n${table}\`\`\`\n`), name);
  }
});
