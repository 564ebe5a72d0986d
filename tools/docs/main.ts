/**
 * Writes the documents as a site, into build/docs/ or the folder that is named: `make docs`. The pages work from any path of a web server,
 * and ask for nothing else. Fails if a link leads nowhere.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { filesBelow, PROJECT } from "../project.ts";
import { mendPages } from "./pages.ts";

const TYPEDOC = join(PROJECT, "site/node_modules/typedoc/bin/typedoc");
const out = resolve(process.argv[2] ?? join(PROJECT, "build/docs"));

/** The documents that the site lists first. */
const FIRST = ["istio", "run", "demo", "review", "admission", "alerts", "tracing", "troubleshooting", "architecture"];
const FOLDERS = ["filters", "modules", "cli", "docs", "dashboards", "bench", "test"];
const OTHERS = ["CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"];

const all = [...FOLDERS.flatMap(filesBelow).filter((name) => name.endsWith(".md")), ...OTHERS];
const first = FIRST.map((name) => `docs/${name}.md`).filter((name) => all.includes(name));

const OPTIONS = {
  name: "Signalbox",
  entryPoints: [],
  readme: join(PROJECT, "README.md"),
  basePath: PROJECT,
  projectDocuments: [...new Set([...first, ...all])].map((name) => join(PROJECT, name)),
  out,
  searchInDocuments: true,
  disableGit: true,
  sourceLinkTemplate: "{path}",
  customCss: join(PROJECT, "tools/docs/site.css"),
  hideGenerator: true,
  githubPages: false,
  sort: ["source-order"],
  highlightLanguages: ["bash", "console", "go", "html", "java", "javascript", "json", "python", "sh", "ts", "yaml"],
  // The links are checked in what comes out, where folders and anchors are right too.
  validation: false,
};

process.exitCode = build();

function build(): number {
  mkdirSync(join(PROJECT, "build"), { recursive: true });
  const options = join(PROJECT, "build/typedoc.json");
  writeFileSync(options, JSON.stringify(OPTIONS));
  rmSync(out, { recursive: true, force: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [TYPEDOC, "--options", options], {
    encoding: "utf8",
    cwd: PROJECT,
  });
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}`);
    return 1;
  }
  const dead = mendPages(out);
  for (const line of dead) console.error(`dead link in ${line}`);
  if (dead.length > 0) return 1;
  console.log(`${relative(PROJECT, join(out, "index.html"))} is the first page`);
  return 0;
}
