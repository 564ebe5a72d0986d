/** The page: it says what the report says, asks for nothing, and takes no name for markup. In Chromium where that is there. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { analysed } from "./analysis.ts";
import { htmlReport } from "./html.ts";
import { span } from "./test/span.ts";

const HOSTILE = `</title></svg><script>document.title="ran"</script><img src=x onerror="document.title='ran'">"'&`;

const PAGE = htmlReport(
  analysed([
    span({ id: "1", service: HOSTILE, name: HOSTILE, takes: 20 }),
    span({
      id: "2",
      parent: "1",
      service: HOSTILE,
      kind: "CLIENT",
      at: 1,
      takes: 15,
      error: true,
      tags: { "peer.service": HOSTILE + "2" },
    }),
  ]),
);

test("no name of a span is markup, and nothing is fetched", () => {
  assert.doesNotMatch(PAGE, /<script|<img|<link|<iframe|@import|url\((?!#)|javascript:/i);
  // The namespace is a name, and no address to fetch.
  assert.doesNotMatch(PAGE.replaceAll('xmlns="http://www.w3.org/2000/svg"', ""), /https?:\/\//);
  assert.match(PAGE, /default-src 'none'/);
});

test("each drawing has its text, and what failed is seen without colour", () => {
  const drawings = PAGE.match(/<svg xmlns[^]*?<\/svg>/g) ?? [];
  assert.equal(drawings.length, 2);
  for (const drawing of drawings) assert.match(drawing, /role="img">\n<title>.+<\/title>\n<desc>.+<\/desc>/s);
  assert.match(drawings[0] ?? "", /class="failed"/);
  assert.match(drawings[0] ?? "", />✗ /);
  assert.match(htmlReport([]), /Nothing in the input fits/);
});

test("Chromium shows it, and runs nothing in it", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-page-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "page.html"), PAGE);
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${folder}/profile`, "--dump-dom"];
  const { error, stdout } = spawnSync("chromium", [...flags, join(folder, "page.html")], { encoding: "utf8" });
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return t.skip("chromium is not installed");
  assert.match(stdout, /<figure><svg/);
  assert.match(stdout, /<title>&lt;\/title&gt;/);
  assert.doesNotMatch(stdout, /<title>ran<\/title>|<script|<img/);
});
