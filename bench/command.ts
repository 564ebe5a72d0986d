import { spawnSync } from "node:child_process";
import { loadavg } from "node:os";
import { format } from "prettier";
import { PROJECT } from "../tools/project.ts";
import { machine } from "./measure/machine.ts";
import { positive } from "./measure/settings.ts";
import { summarize } from "./measure/statistics.ts";

/** What is run, and the most that its median is to be on a quiet machine, in milliseconds. */
const RUNS: readonly (readonly [title: string, args: readonly string[], most?: number])[] = [
  ["node -e 0", ["-e", "0"]],
  ["signalbox --help", ["cli/signalbox.js", "--help"], 150],
  ["signalbox --version", ["cli/signalbox.js", "--version"]],
  [
    "signalbox validate filters/authz/wasmplugin.yaml",
    ["cli/signalbox.js", "validate", "filters/authz/wasmplugin.yaml"],
    300,
  ],
];

/**
 * `SUITES=command make bench`: how long the command takes from its start to its end, beside a Node that does nothing. Each is
 * run `RUNS` times (20 if not given), all of them in turn, after one run that does not count. Prints the medians.
 */
export async function benchCommand(): Promise<void> {
  const rounds = positive("RUNS", 20);
  const times = RUNS.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [at, [title, args]] of RUNS.entries()) {
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, args, { cwd: PROJECT, encoding: "utf8" });
      if (status !== 0) throw new Error(`${title} ended with ${status}: ${stderr}`);
      if (round > 0) times[at]!.push(performance.now() - start);
    }
  }
  const rows = RUNS.map(([title, , most], at) => {
    const { median, lower, upper, least, most: longest } = summarize(times[at]!);
    const figures = [`${ms(lower)} to ${ms(upper)}`, `${ms(least)} to ${ms(longest)}`, most ?? ""];
    return `| \`${title}\` | ${[ms(median), ...figures].join(" | ")} |`;
  });
  const load = loadavg()[0]!.toFixed(1);
  console.log(`Node ${process.version}, ${machine()}, ${rounds} runs of each, load of the machine ${load}\n`);
  const head = "| run | median, ms | quartiles | least and most | at most |\n| --- | --- | --- | --- | --- |";
  console.log(await format(`${head}\n${rows.join("\n")}\n`, { parser: "markdown", printWidth: 120 }));
}

function ms(time: number): string {
  return time.toFixed(0);
}
