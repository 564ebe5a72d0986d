/** The page in a real browser, opened as a file: nothing is asked of any server. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { buildPlayground } from "../../tools/playground/build.ts";
import { noBrowser, startBrowser } from "../../test/support/browser/browser.ts";

/** Two million bytes, as megabytes are counted. */
const MAX_SIZE = 2_000_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A loaded machine takes long to start a browser's processes; a page that does not answer would wait without end. */
const PATIENCE = 60_000;

const folder = mkdtempSync(join(tmpdir(), "playground-"));
const address = pathToFileURL(join(folder, "index.html")).href;
const size = await buildPlayground(folder);
after(() => rmSync(folder, { recursive: true, force: true }));

test("the page is smaller than 2 MB", () => {
  assert.ok(size < MAX_SIZE, String(size));
});

describe("in Chromium", { skip: noBrowser }, () => {
  let browser: Browser;
  before(async () => void (browser = await startBrowser()));
  after(() => browser.close());

  async function open(t: TestContext, fragment = "", options: BrowserContextOptions = {}): Promise<Page> {
    const page = await browser.newPage(options);
    t.after(() => page.close());
    page.setDefaultTimeout(PATIENCE);
    const faults: string[] = [];
    page.on("pageerror", ({ message }) => faults.push(message));
    page.on("console", (line) => void (line.type() === "error" && faults.push(line.text())));
    page.on("request", (request) => {
      if (!/^(?:blob|data):/.test(request.url()) && request.url().split("#")[0] !== address) faults.push(request.url());
    });
    t.after(() => assert.deepEqual(faults, []));
    await page.goto(address + fragment);
    await settled(page);
    return page;
  }

  /** The page is busy from the first change to the answer. */
  function settled(page: Page): Promise<unknown> {
    return page.waitForSelector('#result[aria-busy="false"]');
  }

  async function write(page: Page, editor: "config" | "request", text: string): Promise<void> {
    await page.locator(`#${editor} .cm-content`).fill(text);
    await settled(page);
  }

  const outcome = (page: Page): Promise<string> => page.locator("#result [data-outcome]").innerText();

  test("it begins with an example of signalbox, and shows headers, counters and host calls", async (t) => {
    const page = await open(t);
    assert.equal(await page.locator("#filter").inputValue(), "signalbox");
    assert.equal(await outcome(page), "forwarded");
    const text = await page.locator("#result").innerText();
    assert.match(text, /authz\.policy\.default\.productpage\.rule\.0\.allowed/);
    assert.match(text, /get_header_map_pairs request/);
    assert.match(
      text,
      /traceparent\s+00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\s+00-4bf92f3577b34da6a3ce929d0e0e4736-/,
    );
  });

  test("another request gets another decision", async (t) => {
    const page = await open(t);
    await page.selectOption("#filter", "authz");
    await settled(page);
    assert.equal(await outcome(page), "forwarded");
    await write(page, "request", "{ method: POST, host: httpbin, principal: cluster.local/ns/default/sa/sleep }");
    assert.match(await outcome(page), /^answered 403/);
  });

  test("a mistake is marked at its line, and said with its path", async (t) => {
    const page = await open(t);
    await page.selectOption("#filter", "authz");
    await settled(page);
    await page.selectOption("#example", "refused");
    await settled(page);
    assert.match(
      await page.locator("#findings").innerText(),
      /error in line \d+, column \d+: pluginConfig: unknown field "requireMTLS"/,
    );
    assert.ok((await page.locator("#config .cm-lint-marker-error").count()) > 0);
    await page.selectOption("#example", "httpbin");
    await settled(page);
    await page.waitForSelector("#config .cm-lint-marker-error", { state: "detached" });
  });

  test("fields are completed by the schema, with what they mean", async (t) => {
    const page = await open(t);
    await page.selectOption("#filter", "authz");
    await settled(page);
    // The list opens as the text comes in. A request for it by Control+Space would be a second query, and the editor
    // ignores a click while a query is pending.
    await write(page, "config", "policies:\n  - name: a\n    act");
    const option = page.locator(".cm-tooltip-autocomplete [aria-selected=true]");
    assert.equal(await option.innerText(), "action");
    // Not by Enter, which the editor takes for a new line in the first 75 ms after the list appeared.
    await option.click();
    await page.locator("#config .cm-line", { hasText: "action: " }).waitFor();
    await page.keyboard.press("Control+Space");
    await page.locator(".cm-tooltip-autocomplete li", { hasText: "ALLOW" }).waitFor();
    const values = await page.locator(".cm-tooltip-autocomplete li").allInnerTexts();
    assert.deepEqual(values.sort(), ["ALLOW", "AUDIT", "DENY"]);
  });

  test("a link carries what is written", async (t) => {
    const first = await open(t);
    await first.selectOption("#filter", "authz");
    await settled(first);
    await write(first, "request", "{ path: /carried, host: httpbin }");
    const fragment = (await first.locator("#link").getAttribute("href")) ?? "";
    assert.equal(new URL(first.url()).hash, fragment);
    const second = await open(t, fragment);
    assert.equal(await second.locator("#filter").inputValue(), "authz");
    assert.equal(await second.locator("#request .cm-content").innerText(), "{ path: /carried, host: httpbin }");
    assert.match(await second.locator("#result").innerText(), /\/carried/);
  });

  test("a link that cannot be read says so, and an example is shown", async (t) => {
    const page = await open(t, "#nonsense");
    assert.match(await page.locator("#notice").innerText(), /cannot be read/);
    assert.equal(await outcome(page), "forwarded");
  });

  test("what a user writes is text and never markup", async (t) => {
    const page = await open(t);
    const markup = "<img src=x onerror=alert(1)>";
    await write(page, "request", JSON.stringify({ headers: { "x-a": markup }, host: "productpage" }));
    assert.match(await page.locator("#result").innerText(), /<img src=x/);
    assert.equal(await page.locator("#result img").count(), 0);
    await write(page, "config", `${markup}: 1`);
    assert.equal(await page.locator("img").count(), 0);
  });

  test("Tab goes through all that can be used, and leaves the editors", async (t) => {
    const page = await open(t);
    const seen: string[] = [];
    for (let press = 0; press < 8 && !seen.includes("result"); press++) {
      await page.keyboard.press("Tab");
      seen.push(
        await page.evaluate(() => {
          const at = (globalThis as unknown as { document: { activeElement: Focused } }).document.activeElement;
          return at.id || at.getAttribute("aria-label") || at.tagName;
        }),
      );
    }
    assert.deepEqual(seen, ["filter", "example", "link", "Plugin, in YAML", "Request, in YAML", "result"]);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds nothing against WCAG 2.2 AA in ${colorScheme}`, async (t) => {
      const page = await open(t, "", { colorScheme });
      await page.selectOption("#filter", "authz");
      await settled(page);
      for (const name of ["httpbin", "refused"]) {
        await page.selectOption("#example", name);
        await settled(page);
        await page.evaluate(AXE);
        const found = (await page.evaluate(
          "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(({ violations }) => " +
            "violations.map(({ id, nodes }) => id + ': ' + nodes.map((node) => node.html.slice(0, 120)).join(' | ')))",
        )) as string[];
        assert.deepEqual(found, []);
      }
    });
  }
});

/** What is asked of the element that has the focus. */
interface Focused {
  readonly id: string;
  readonly tagName: string;
  getAttribute(name: string): string | null;
}
