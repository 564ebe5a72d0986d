import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PROJECT } from "../../tools/project.ts";
import { nodeWithEnvoysV8 } from "../measure/envoys-v8.ts";
import { positive } from "../measure/settings.ts";
import { DECISIONS } from "../variants/module.ts";
import { BY_HAND, allSections, moduleByHand } from "../variants/signalbox.ts";
import { countsOf, type Counts } from "./counts.ts";

/**
 * `SUITES=code make bench`: what one request of the suite `module` runs of each module's own code, in a Node with Envoy's V8 under valgrind's
 * callgrind: instructions, and the lines of the caches and pages of memory that they lie on. Other than a time it is the same on any machine,
 * busy or not. `REQUESTS` is how many count (500). Prints a table.
 *
 * @throws Error if there is no valgrind, or npm has no such Node
 */
export async function benchCode(): Promise<void> {
  if (spawnSync("valgrind", ["--version"]).status !== 0) throw new Error("SUITES=code needs valgrind");
  const requests = positive("REQUESTS", 500);
  const modules: [title: string, file: string, configuration: object][] = [
    ["signalbox with the four sections", built("signalbox"), allSections()],
    [BY_HAND, await moduleByHand(), {}],
    ...DECISIONS.map(({ filter, configuration }): [string, string, object] => [filter, built(filter), configuration]),
  ];
  console.log("| module | instructions | at different places | cache lines | pages |\n| --- | --- | --- | --- | --- |");
  for (const [title, file, configuration] of modules) {
    const { instructions, distinct, lines, pages } = measured(file, JSON.stringify(configuration), requests);
    console.log(`| ${title} | ${Math.round(instructions)} | ${distinct} | ${lines} | ${pages} |`);
  }
}

function built(module: string): string {
  return resolve(PROJECT, `build/${module}.wasm`);
}

function measured(file: string, configuration: string, requests: number): Counts {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-code-"));
  try {
    const counted = join(folder, "callgrind");
    const watching = ["--tool=callgrind", "--instr-atstart=no", "--dump-instr=yes", "--compress-pos=no"];
    const more = ["--compress-strings=no", "--smc-check=all-non-file", `--callgrind-out-file=${counted}`];
    const v8 = ["--perf-basic-prof", `--perf-basic-prof-path=${folder}`, `--logfile=${join(folder, "v8.log")}`];
    const script = [join(PROJECT, "bench/code/requests.ts"), file, configuration, String(requests)];
    const command = [...watching, ...more, ...nodeWithEnvoysV8(), ...v8, "--no-logfile-per-isolate", "--import", "tsx"];
    const { status, stderr } = spawnSync("valgrind", [...command, ...script], { cwd: PROJECT, encoding: "utf8" });
    if (status !== 0) throw new Error(`${file}: ${stderr}`);
    const map = readdirSync(folder).find((name) => name.startsWith("perf-"));
    return countsOf(readFileSync(counted, "utf8"), readFileSync(join(folder, map ?? ""), "utf8"), requests);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
