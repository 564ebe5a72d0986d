import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Compiled } from "../../../../test/support/module/compiled.ts";
import { PROJECT } from "../../../../tools/project.ts";
import {
  ANNOTATION_BYTES,
  ETCD_BYTES,
  WRITINGS,
  manifestBytes,
  pluginConfig,
  table,
  thatFit,
} from "./rules-that-fit.ts";

/** The cells of the rows of Markdown tables. */
function cells(text: string): string[] {
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  return rows.map((row) =>
    row
      .split("|")
      .map((cell) => cell.trim())
      .join("|"),
  );
}

test("the README shows how much fits", () => {
  const shown = new Set(cells(readFileSync(join(PROJECT, "filters/authz/README.md"), "utf8")));
  for (const row of cells(table())) assert.ok(shown.has(row), `not in the README: ${row}`);
});

for (const writing of WRITINGS) {
  test(`${writing.name}: so many fit and no more, and the filter takes them`, () => {
    for (const bytes of [ANNOTATION_BYTES, ETCD_BYTES]) {
      const most = thatFit(writing, bytes);
      assert.ok(manifestBytes(writing, most) <= bytes);
      assert.ok(manifestBytes(writing, most + 1) > bytes);
      const compiled = new Compiled("authz");
      compiled.configured(compiled.load({ record: false }).vm, pluginConfig(writing, most), {
        node: { metadata: { NAMESPACE: "default" } },
      });
    }
  });
}
