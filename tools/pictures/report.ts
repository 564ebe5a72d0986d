import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { mesh, service } from "../../cli/trace/test/mesh/mesh.ts";
import { otlpOf } from "../../cli/trace/test/mesh/otlp.ts";
import { simulate } from "../../cli/trace/test/mesh/simulate.ts";
import { startBrowser } from "../../test/support/browser/browser.ts";
import { PROJECT } from "../project.ts";

const BOOKINFO = mesh([
  service("istio-ingressgateway", ["productpage"], { kind: "gateway", namespace: "istio-system" }),
  service("productpage", ["details", "reviews"]),
  service("details"),
  service("reviews", ["ratings"]),
  service("ratings"),
]);

/** A screenshot of what `trace report --output html` writes of a request to Bookinfo: its first screen, as a PNG. */
export async function reportScreenshot(): Promise<Buffer> {
  const command = ["cli/signalbox.js", "trace", "report", "-", "--output", "html"];
  const input = otlpOf(simulate(BOOKINFO, 1));
  const { stdout, stderr } = spawnSync(process.execPath, command, { cwd: PROJECT, encoding: "utf8", input });
  if (stdout === "") throw new Error(stderr);
  const folder = mkdtempSync(join(tmpdir(), "signalbox-report-"));
  const browser = await startBrowser();
  try {
    const file = join(folder, "report.html");
    writeFileSync(file, stdout);
    const page = await browser.newPage({ viewport: { width: 1000, height: 580 } });
    await page.goto(pathToFileURL(file).href);
    return await page.screenshot();
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
