/** The examples of the README: each command does what is shown behind it, and each file is shown as it is. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../tools/project.ts";
import { signalbox } from "./testing/run.ts";

const README = readFileSync(join(PROJECT, "cli/README.md"), "utf8");

/** The words of a command line; blanks within '…' are no ends. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? "");
}

const blocks = [...README.matchAll(/^```console\n\$ npx signalbox (.*)\n([^]*?)^```$/gm)];

for (const [, command = "", expected] of blocks) {
  test(`signalbox ${command}`, async () => {
    const { out, err } = await signalbox(words(command));
    assert.equal(out + err, expected);
  });
}

test("there are examples of every command", () => {
  const commands = new Set(blocks.map(([, command = ""]) => words(command)[0]));
  assert.deepEqual([...commands].sort(), ["convert", "explain", "test", "validate"]);
});

test("the README shows the table as it is", () => {
  const table = readFileSync(join(PROJECT, "cli/examples/httpbin.test.yaml"), "utf8");
  assert.ok(README.includes(`\`\`\`yaml\n${table}\`\`\`\n`));
});
