/**
 * Runs with Node's test runner every `*.test.ts` in the folders (or each file) named as arguments; `--except <folder>`
 * leaves a folder out. Node 18 does not expand patterns itself, so that is done here.
 */
import { spawnSync } from "node:child_process";
import { PROJECT, filesBelow } from "./project.ts";

const folders: string[] = [];
const except: string[] = [];
const options: string[] = [];
for (let words = process.argv.slice(2); words.length > 0; words = words.slice(1)) {
  const [word = "", next = ""] = words;
  if (word === "--except") {
    except.push(next);
    words = words.slice(1);
  } else if (word.startsWith("--")) options.push(word);
  else folders.push(word);
}

const isBelow = (file: string, folder: string): boolean => file.startsWith(folder.replace(/\/*$/, "/"));
const files = folders
  .flatMap((folder) => (folder.endsWith(".test.ts") ? [folder] : filesBelow(folder)))
  .filter((file) => file.endsWith(".test.ts") && !file.includes("node_modules/"))
  .filter((file) => !except.some((folder) => isBelow(file, folder)));

if (files.length === 0) {
  console.log(`no tests in ${folders.join(", ")}`);
} else {
  const command = ["--import", "tsx", "--test", ...options, ...files];
  const { status } = spawnSync(process.execPath, command, { cwd: PROJECT, stdio: "inherit" });
  process.exitCode = status ?? 1;
}
