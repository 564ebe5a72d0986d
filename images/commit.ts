import { spawnSync } from "node:child_process";
import { PROJECT, moduleFilters } from "../tools/project.ts";
import { TEST_FILES } from "../tools/test-files.js";

/** Where the sources of an image come from. */
export interface Commit {
  /** The commit's id, with `-dirty` behind it where the work tree has other contents. */
  revision: string;
  /** The committer's date, RFC 3339 in UTC, in whole seconds. */
  date: string;
}

/** What every image is made of, as git's pathspecs. `images/` counts without its tests and the registry's client. */
const SHARED = [
  ":(glob)assembly/**/*.ts",
  ":(glob)emulator/**/*.ts",
  ":(glob)images/*.ts",
  "LICENSE",
  "asconfig.json",
  "package-lock.json",
  "package.json",
  "tools/asc.ts",
  "tools/as-it-is.mjs",
  "tools/binaryen.ts",
  "tools/build.ts",
  ":(glob)tools/profile/*.ts",
  "tools/pack-data.ts",
  "tools/pack.ts",
  "tools/project.ts",
  "tools/test-files.js",
  "tools/utf8-transform.mjs",
  "tools/wasm-text.ts",
];

/**
 * The last commit that changed what the image of `filter` is made of: the commit that pins the image's digest in a
 * manifest leaves that digest as it is.
 *
 * @returns the commit, or in one line why it is not known: no git, no repository, or a clone too shallow to tell
 */
export function lastCommitOf(filter: string, folder = PROJECT, filters = moduleFilters(filter)): Commit | string {
  const folders = [`modules/${filter}`, ...filters];
  return lastCommitTo([`modules/${filter}.ts`, ...folders.map((one) => `:(glob)${one}/**/*.ts`)], folder);
}

/** The same for what is made of other files besides what every image is made of. */
export function lastCommitTo(own: readonly string[], folder = PROJECT): Commit | string {
  const paths = [...own, ...SHARED, ...TEST_FILES.map((glob) => `:(exclude,glob)${glob}`)];
  const git = (...words: string[]) => spawnSync("git", ["-C", folder, ...words], { encoding: "utf8" });
  const log = git("log", "-1", "--format=%H %ct", "--", ...paths);
  if (log.error !== undefined) return "there is no git";
  const [id, seconds] = log.stdout.trim().split(" ");
  if (log.status !== 0 || !id || seconds === undefined) return "this is no git repository";
  // In a shallow clone the oldest commit seems to have changed everything.
  const parents = git("log", "-1", "--format=%P", id).stdout.trim();
  const shallow = git("rev-parse", "--is-shallow-repository").stdout.trim() === "true";
  if (shallow && parents === "") return "this clone is too shallow";
  const changed = git("status", "--porcelain", "--", ...paths).stdout !== "";
  const date = new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z");
  return { revision: changed ? `${id}-dirty` : id, date };
}
