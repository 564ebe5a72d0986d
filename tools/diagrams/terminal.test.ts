import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../project.ts";
import { TERMINALS, terminal } from "./terminal.ts";

for (const { lines, picture, title } of TERMINALS) {
  test(`${picture} is what make diagrams draws of ${lines}`, () => {
    const drawn = terminal(readFileSync(join(PROJECT, lines), "utf8"), title);
    assert.equal(readFileSync(join(PROJECT, picture), "utf8"), drawn);
  });
}

test("a line is as wide as its characters: 0.6 of the font's size each, and a margin at both sides", () => {
  // 10 characters of 7.2 units, and twice 14.
  assert.match(terminal("0123456789\n$ a", "t"), /viewBox="0 0 100 64"/);
});

test("what was typed is bold, and markup is text", () => {
  const drawn = terminal("$ a\n<b>", "t");
  assert.match(drawn, /class="typed"[^>]*>\$ a</);
  assert.match(drawn, />&lt;b&gt;</);
});
