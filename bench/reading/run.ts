import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join, resolve } from "node:path";
import { format } from "prettier";
import { PROJECT } from "../../tools/project.ts";
import { ranInEnvoysV8 } from "../measure/envoys-v8.ts";
import { machine } from "../measure/machine.ts";
import { positive } from "../measure/settings.ts";
import { summarize } from "../measure/statistics.ts";
import { MOST_MS, PUSHED, READINGS, type Reading } from "./documents.ts";
import { ReadingHost } from "./host.ts";

const FILE = "bench/results/reading.md";
const KIBIBYTE = 1024;
const MEBIBYTE = 2 ** 20;

/** A folder with modules. */
interface Build {
  title: string;
  folder: string;
}

/**
 * `SUITES=reading make bench`: what CPU time a module takes to read a large pluginConfig in a Node with Envoy's V8, and what memory it holds
 * of it then. With `AGAINST`, a folder with other builds of the modules, both are measured in turn. Each is read `RUNS` times (30 if not
 * given) in a VM that has read it twice before, as on a push: the new root is made, then the old one goes. Writes the medians to
 * bench/results/reading.md unless `AGAINST` or `READING` is given, and prints them.
 *
 * @throws Error if npm does not have that Node
 */
export async function benchReading(): Promise<void> {
  if (ranInEnvoysV8("bench/run.ts", { SUITES: "reading" })) return;
  const { AGAINST, READING = "" } = process.env;
  const builds: Build[] = [{ title: "build", folder: join(PROJECT, "build") }];
  if (AGAINST !== undefined) builds.push({ title: AGAINST, folder: resolve(AGAINST) });
  const runs = positive("RUNS", 30);
  const rows = READINGS.filter(({ title }) => title.includes(READING)).flatMap((reading) =>
    rowsOf(reading, builds, runs),
  );
  const load = loadavg()[0]!.toFixed(1);
  const head = `| document | modules | median, ms | quartiles | least and most | resident after one, MiB | plan, bytes a part |
| --- | --- | --- | --- | --- | --- | --- |`;
  const table = `${head}\n${rows.map(({ row }) => row).join("\n")}\n`;
  const about = `${new Date().toISOString().slice(0, 10)}: ${machine()}, Node ${process.version}, ${runs} runs of each, load of the machine ${load}.`;
  const pushed = rows.find(({ title }) => title === PUSHED);
  const target =
    pushed === undefined ? "" : `\n${pushed.title} are to take at most ${MOST_MS} ms: ${ms(pushed.median)}.\n`;
  const text = await format(
    `# What reading a configuration takes\n\nWritten by \`SUITES=reading make bench\` on ${about}\n\n${table}${target}`,
    {
      parser: "markdown",
      printWidth: 120,
    },
  );
  console.log(text);
  if (AGAINST !== undefined || READING !== "") return;
  writeFileSync(join(PROJECT, FILE), text);
  console.log(`Written to ${FILE}.`);
}

/** A row of the table, and what it says. */
interface Row {
  title: string;
  median: number;
  row: string;
}

function rowsOf(reading: Reading, builds: readonly Build[], runs: number): Row[] {
  const subjects = builds
    .map(({ title, folder }) => ({ title, file: join(folder, `${reading.filter}.wasm`) }))
    .filter(({ file }) => existsSync(file))
    .map(({ title, file }) => ({ title, times: [] as number[], ...open(file, reading) }));
  for (let run = 0; run < runs; run++) {
    for (const subject of subjects) {
      const { root, milliseconds } = subject.host.configure(reading.document);
      subject.host.drop(subject.root);
      subject.root = root;
      subject.times.push(milliseconds);
    }
  }
  return subjects.map(({ title, times, resident, planBytes }) => {
    const { median, lower, upper, least, most } = summarize(times);
    const document = `${reading.title}, ${(reading.document.length / KIBIBYTE).toFixed(0)} KiB`;
    const spread = [`${ms(lower)} to ${ms(upper)}`, `${ms(least)} to ${ms(most)}`];
    const memory = [(resident / MEBIBYTE).toFixed(1), (planBytes / reading.parts).toFixed(0)];
    const row = `| ${[document, title, ms(median), ...spread, ...memory].join(" | ")} |`;
    return { title: reading.title, median, row };
  });
}

/** A VM that has read the document twice; what it holds after the first time, and what the second plan takes beside the first. */
function open(
  file: string,
  { document }: Reading,
): { host: ReadingHost; root: number; resident: number; planBytes: number } {
  const host = new ReadingHost(new WebAssembly.Module(readFileSync(file)));
  const first = host.configure(document);
  const resident = host.residentBytes;
  const { root } = host.configure(document);
  const planBytes = host.residentBytes - resident;
  host.drop(first.root);
  return { host, root, resident, planBytes };
}

function ms(time: number): string {
  return time.toFixed(1);
}
