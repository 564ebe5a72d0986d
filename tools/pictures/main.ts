/** `make pictures`: makes the pictures anew that show a running program. It takes two minutes, and needs Chromium, Prometheus and an Envoy. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasPrometheus } from "../../demo/metrics.ts";
import { noBrowser } from "../../test/support/browser/browser.ts";
import { terminal, TERMINALS } from "../diagrams/terminal.ts";
import { PROJECT } from "../project.ts";
import { chart } from "./chart.ts";
import { shownOnDashboard } from "./dashboard.ts";
import { doctorLines } from "./doctor.ts";
import { reportScreenshot } from "./report.ts";

function write(file: string, content: string | Buffer): void {
  writeFileSync(join(PROJECT, file), content);
  console.log(file);
}

const doctor = TERMINALS.find(({ lines }) => lines.endsWith("doctor.txt"));
if (doctor !== undefined) {
  const lines = doctorLines();
  write(doctor.lines, lines);
  write(doctor.picture, terminal(lines, doctor.title));
}

if (noBrowser === false) write("docs/pictures/report.png", await reportScreenshot());
else console.log(`docs/pictures/report.png stays as it is: ${noBrowser}`);

if (hasPrometheus()) {
  const { title, query, lines } = await shownOnDashboard();
  write("docs/pictures/dashboard.svg", chart(`authz: ${title}`, query, lines));
} else console.log("docs/pictures/dashboard.svg stays as it is: there is no prometheus: apt-get install prometheus");
