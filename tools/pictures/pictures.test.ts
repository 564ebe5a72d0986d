/** That the pictures are small, are shown, and show what the programs print today, where that is the same each time. */
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { PROJECT, filesBelow } from "../project.ts";
import { chart } from "./chart.ts";
import { doctorLines } from "./doctor.ts";

const PICTURES = filesBelow("docs/pictures").filter((file) => !file.endsWith(".txt"));

test("docs/pictures/doctor.txt is what the doctor says of the example", () => {
  assert.equal(doctorLines(), readFileSync(join(PROJECT, "docs/pictures/doctor.txt"), "utf8"), "run make pictures");
});

test("each picture is smaller than 100 kB, and a document shows it", () => {
  const documents = ["README.md", "dashboards/README.md", ...filesBelow("docs").filter((file) => file.endsWith(".md"))];
  const texts = documents.map((file) => readFileSync(join(PROJECT, file), "utf8"));
  assert.ok(PICTURES.length >= 4);
  for (const picture of PICTURES) {
    assert.ok(statSync(join(PROJECT, picture)).size < 100_000, picture);
    assert.ok(
      texts.some((text) => text.includes(`pictures/${basename(picture)})`)),
      `${picture} is shown nowhere`,
    );
  }
});

test("a chart has a level for each 5 of 18, and each line's name at its end", () => {
  // 760 wide less 44 and 90 is 626 for 60 seconds; 280 high less 54 and 44 is 182 for 20.
  const drawn = chart("t", "q", [
    {
      name: "a",
      points: [
        [0, 0],
        [30, 18],
        [60, 10],
      ],
    },
  ]);
  assert.match(drawn, /points="44,236 357,72\.2 670,145"/);
  assert.deepEqual(
    [...drawn.matchAll(/text-anchor="end">(\d+)</g)].map(([, level]) => Number(level)),
    [0, 5, 10, 15, 20],
  );
  assert.match(drawn, /<text x="678" y="149" [^>]*>a</);
});
