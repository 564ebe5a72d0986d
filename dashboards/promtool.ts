import { spawnSync } from "node:child_process";

/** Why what needs promtool cannot be tested; false if it can. */
export const noPromtool: string | false =
  spawnSync("promtool", ["--version"], { stdio: "ignore" }).error === undefined
    ? false
    : "there is no promtool: apt-get install prometheus";

/** Runs promtool in a folder. Throws with what it printed if it is not content. */
export function promtool(folder: string, ...words: string[]): void {
  const { status, stdout, stderr } = spawnSync("promtool", words, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`promtool ${words.join(" ")}: ${stdout}${stderr}`);
}
