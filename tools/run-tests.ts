/**
 * Runs with Node's test runner every `*.test.ts` in the folders (or each file) named as arguments; `--except <folder>`
 * leaves a folder (or a file) out. Node 18 does not expand patterns itself, so that is done here.
 *
 * `--on-all-cores` runs as many files at a time as there are cores, where Node's runner leaves one idle; for tests that wait
 * for nothing but themselves. `--beyond-cores` runs one file more than that, for tests that wait for others. `--alone <folder>` has the
 * files of a folder (or one file) run one at a time after all others. `--grouped` has a process for some files each (test-group.ts), for
 * tests that hold nothing open: most of a short file's time is what a process takes to load tsx. Other options go to Node's runner.
 *
 * What failed is said once more at the end, in a few lines (failed-tests.js).
 *
 * Exit status: that of Node's test runner, and if it ran twice of the first run that failed; 2 where an argument names no test, as a
 * misspelt path must not look like success.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { PROJECT, filesBelow } from "./project.ts";

/** How many files a process runs if they are grouped. */
const GROUP = 6;

const places: string[] = [];
const except: string[] = [];
const alone: string[] = [];
const options: string[] = [];
let atATime: number | undefined;
let grouped = false;
for (let words = process.argv.slice(2); words.length > 0; words = words.slice(1)) {
  const [word = "", next = ""] = words;
  if (word === "--except" || word === "--alone") {
    (word === "--alone" ? alone : except).push(next);
    words = words.slice(1);
  } else if (word === "--on-all-cores") atATime = availableParallelism();
  else if (word === "--beyond-cores") atATime = availableParallelism() + 1;
  else if (word === "--grouped") grouped = true;
  else if (word.startsWith("--")) options.push(word);
  else places.push(word);
}

const isBelow = (file: string, folder: string): boolean => `${file}/`.startsWith(folder.replace(/\/*$/, "/"));
const isIn = (file: string, folders: string[]): boolean => folders.some((folder) => isBelow(file, folder));
const isTest = (file: string): boolean => file.endsWith(".test.ts") && !file.includes("node_modules/");

function testsIn(place: string): string[] {
  const path = relative(PROJECT, resolve(PROJECT, place));
  const isFile = statSync(join(PROJECT, path), { throwIfNoEntry: false })?.isFile() === true;
  return (isFile ? [path] : filesBelow(path)).filter(isTest);
}

const testsOf = new Map(places.map((place) => [place, testsIn(place)]));
const files = [...testsOf.values()].flat().filter((file) => !isIn(file, except));
const without = [
  ...places.filter((place) => testsOf.get(place)?.length === 0),
  ...alone.filter((folder) => !files.some((file) => isIn(file, [folder]))),
];

if (without.length > 0 || files.length === 0) {
  for (const place of without) console.error(`${place}: no test there${hintFor(place)}`);
  if (without.length === 0) console.error("no test is left: name a folder or a file that ends in .test.ts");
  process.exitCode = 2;
} else {
  const together = files.filter((file) => !isIn(file, alone));
  const one = files.filter((file) => isIn(file, alone));
  const runs = [run(together, atATime), run(one, 1)];
  const failed = runs.map((each) => each.failed).join("");
  if (failed !== "") console.error(`\nFailed:\n${failed}`);
  process.exitCode = runs.find(({ status }) => status !== 0)?.status ?? 0;
}

/** Runs the files, so many at a time if that is given, and gives the exit status of Node's test runner and the text about what failed. */
function run(files: readonly string[], concurrency?: number): { status: number; failed: string } {
  if (files.length === 0) return { status: 0, failed: "" };
  const folder = mkdtempSync(join(tmpdir(), "signalbox-tests-"));
  try {
    const failed = join(folder, "failed");
    const limit = concurrency === undefined ? [] : [`--test-concurrency=${concurrency}`];
    const programs = grouped ? groups(files, folder) : files;
    const command = ["--import", "tsx", "--test", ...reporters(failed), ...limit, ...options, ...programs];
    const { status } = spawnSync(process.execPath, command, { cwd: PROJECT, stdio: "inherit" });
    return { status: status ?? 1, failed: readFileSync(failed, "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function urlOf(file: string): string {
  return pathToFileURL(join(PROJECT, file)).href;
}

/** Programs in `folder` that run some of the files each. */
function groups(files: readonly string[], folder: string): string[] {
  const count = Math.ceil(files.length / GROUP);
  return Array.from({ length: count }, (_, group) => {
    // In turn, as long ones are neighbours.
    const own = files.filter((_, place) => place % count === group);
    const program = join(folder, `${group}.test.mjs`);
    writeFileSync(
      program,
      `import { loadTests } from ${JSON.stringify(urlOf("tools/test-group.ts"))};\nawait loadTests(${JSON.stringify(own.map(urlOf))});\n`,
    );
    return program;
  });
}

/** The options for the reporter that Node 20 takes by itself, and for the failed tests, written to the file. */
function reporters(failed: string): string[] {
  const reporterTo = (reporter: string, destination: string): string[] => [
    `--test-reporter=${reporter}`,
    `--test-reporter-destination=${destination}`,
  ];
  return [
    ...reporterTo(process.stdout.isTTY ? "spec" : "tap", "stdout"),
    ...reporterTo("./tools/failed-tests.js", failed),
  ];
}

function hintFor(place: string): string {
  return place.endsWith(".spec.ts") ? `; a specification runs with SPEC=${place} make spec` : "";
}
