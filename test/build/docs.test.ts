/** The site that `make docs` writes, in a browser and below any path of a server that serves files and nothing else. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { PROJECT } from "../../tools/project.ts";
import { noBrowser, startBrowser } from "../support/browser/browser.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const noGenerator = existsSync(join(PROJECT, "site/node_modules/typedoc"))
  ? false
  : "TypeDoc is not installed: make docs";
const skip = noGenerator || noBrowser;

const FOLDER = mkdtempSync(join(tmpdir(), "signalbox-docs-"));
/** A path that nothing in the site knows. */
const BELOW = "/some/where/";
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

let server: Server;
let browser: Browser;
let start: string;

before(async () => {
  if (skip !== false) return;
  const command = ["--import", "tsx", "tools/docs/main.ts", FOLDER];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: PROJECT, encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
  server = createServer(({ url = "" }, response) => {
    const path = decodeURI(url.split("?")[0] ?? "");
    const file = join(FOLDER, path.slice(BELOW.length));
    if (!path.startsWith(BELOW) || !existsSync(file)) return void response.writeHead(404).end();
    response
      .writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" })
      .end(readFileSync(file));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  start = `http://127.0.0.1:${(server.address() as AddressInfo).port}${BELOW}index.html`;
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  server?.close();
  rmSync(FOLDER, { recursive: true });
});

/** A page, and what it asked for that it did not get, or from elsewhere. */
async function opened(): Promise<{ page: Page; odd: string[] }> {
  const page = await browser.newPage();
  const odd: string[] = [];
  page.on("response", (response) => {
    if (response.status() >= 400 && !response.url().endsWith("/favicon.ico")) odd.push(response.url());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(start).origin) && !request.url().startsWith("data:")) odd.push(request.url());
  });
  await page.goto(start);
  return { page, odd };
}

test(
  "links between documents work below any path, pictures are there, and nothing comes from elsewhere",
  { skip },
  async () => {
    const { page, odd } = await opened();
    const widths = await page
      .locator(".tsd-typography img")
      .evaluateAll((all) => all.map((one) => (one as unknown as { naturalWidth: number }).naturalWidth));
    assert.ok(widths.length > 0 && widths.every((width) => width > 0), widths.join());
    await page.locator('.tsd-typography a:text-is("docs/istio.md")').first().click();
    await page.locator("h1, h2").getByText(/Istio/).first().waitFor();
    assert.match(page.url(), /documents\/docs_istio\.html/);
    await page.locator('.tsd-typography a[href*="filters_authz_README.html#"]').first().click();
    await page.waitForURL(/filters_authz_README\.html#/);
    const anchor = decodeURI(new URL(page.url()).hash);
    assert.ok((await page.locator(`[id="${anchor.slice(1)}"]`).count()) > 0, anchor);
    assert.deepEqual(odd, []);
  },
);

test("the search finds a field by its name", { skip }, async () => {
  const { page, odd } = await opened();
  await page.keyboard.press("/");
  await page.locator("#tsd-search-input").fill("requireMtls");
  await page.locator("#tsd-search-results a", { hasText: /authz/ }).first().click();
  await page.waitForURL(/filters_authz_README\.html/);
  assert.ok((await page.locator("main, .col-content").first().innerText()).includes("requireMtls"));
  assert.deepEqual(odd, []);
});

test("axe finds nothing serious on the first page", { skip }, async () => {
  const { page } = await opened();
  await page.evaluate(AXE);
  const found = (await page.evaluate(
    "axe.run({ runOnly: ['wcag2a', 'wcag2aa'] }).then(({ violations }) => violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).slice(0, 3).join(' ')))",
  )) as string[];
  assert.deepEqual(found, []);
});

test("a link that leads nowhere is found, and one to a folder becomes its text", async () => {
  const { mendPages } = await import("../../tools/docs/pages.ts");
  const { mkdirSync, writeFileSync } = await import("node:fs");
  const folder = join(FOLDER, "mended");
  mkdirSync(folder);
  const links =
    '<a href="b.html#with-code_x">1</a><a href="b.html#none">2</a><a href="c.html">3</a><a href="examples">4</a>';
  writeFileSync(join(folder, "a.html"), links);
  writeFileSync(join(folder, "b.html"), "<h2>With <code>code_x</code></h2>");
  assert.deepEqual(mendPages(folder), ["a.html: b.html#none", "a.html: c.html"]);
  assert.equal(readFileSync(join(folder, "a.html"), "utf8"), links.replace('<a href="examples">4</a>', "4"));
});
