/** A file is read once it is whole: not when an editor has emptied it to write it anew. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { isWhole, stateOf, watchWhole } from "./watch.ts";

function temporaryFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-watch-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "edited.yaml");
}

test("a file is whole a moment after its last change; an empty or missing one, which an editor may be writing, later", (t) => {
  const file = temporaryFile(t);
  writeFileSync(file, "text");
  assert.equal(isWhole(stateOf(file), 90), false);
  assert.equal(isWhole(stateOf(file), 110), true);
  writeFileSync(file, "");
  for (const state of [stateOf(file), stateOf(`${file}.nowhere`)]) {
    assert.equal(isWhole(state, 900), false);
    assert.equal(isWhole(state, 1100), true);
  }
});

test("a file that is moved into place is seen", async (t) => {
  const file = temporaryFile(t);
  let seen = (): void => {};
  const next = (): Promise<void> => new Promise((resolve) => (seen = resolve));
  // Of a file that is not there Node tells once at the start: from then on a change is not missed.
  const begun = next();
  t.after(watchWhole(file, () => seen()));
  await begun;
  const moved = next();
  writeFileSync(`${file}.next`, "whole");
  renameSync(`${file}.next`, file);
  await moved;
  assert.equal(readFileSync(file, "utf8"), "whole");
});
