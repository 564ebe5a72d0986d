/** The page: it says what the report says, asks for nothing, and takes no name for markup. In Chromium where that is there. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { noBrowser, startBrowser } from "../../../test/support/browser/browser.ts";
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
  assert.match(htmlReport([]), /Nothing in the input matches/);
});

test("Chromium shows it, and runs nothing in it", { skip: noBrowser }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-page-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "page.html");
  writeFileSync(file, PAGE);
  const browser = await startBrowser();
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(pathToFileURL(file).href);
  const shown = await page.content();
  assert.match(shown, /<figure><svg/);
  assert.match(shown, /<title>&lt;\/title&gt;/);
  assert.doesNotMatch(shown, /<title>ran<\/title>|<script|<img/);
});
