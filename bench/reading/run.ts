import { existsSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join, resolve } from "node:path";
import { setFlagsFromString } from "node:v8";
import { format } from "prettier";
import { PROJECT } from "../../tools/project.ts";
import { machine } from "../measure/machine.ts";
import { positive } from "../measure/settings.ts";
import { summarize } from "../measure/statistics.ts";
import { READINGS, type Reading } from "./documents.ts";
import { ReadingHost } from "./host.ts";

const KIBIBYTE = 1024;
const MEBIBYTE = 2 ** 20;

/** A folder with modules. */
interface Build {
  title: string;
  folder: string;
}

/**
 * `SUITES=reading make bench`: what CPU time a module takes to read a large pluginConfig in Node, and what memory it holds of it then. With
 * `AGAINST`, a folder with other builds of the modules, both are measured in turn. Each is read `RUNS` times (30 if not given) in a VM
 * that has read it twice before, as on a push: the new root is made, then the old one goes. Prints the medians.
 */
export async function benchReading(): Promise<void> {
  // As Envoy's V8: no code but TurboFan's, which is there before the first call.
  setFlagsFromString("--no-liftoff");
  const { AGAINST, READING = "" } = process.env;
  const builds: Build[] = [{ title: "build", folder: join(PROJECT, "build") }];
  if (AGAINST !== undefined) builds.push({ title: AGAINST, folder: resolve(AGAINST) });
  const runs = positive("RUNS", 30);
  const rows = READINGS.filter(({ title }) => title.includes(READING)).flatMap((reading) =>
    rowsOf(reading, builds, runs),
  );
  const load = loadavg()[0]!.toFixed(1);
  console.log(`Node ${process.version}, ${machine()}, ${runs} runs of each, load of the machine ${load}\n`);
  const head = `| document | modules | median, ms | quartiles | least and most | resident after one, MiB | plan, bytes a part |
| --- | --- | --- | --- | --- | --- | --- |`;
  console.log(await format(`${head}\n${rows.join("\n")}\n`, { parser: "markdown", printWidth: 120 }));
}

function rowsOf(reading: Reading, builds: readonly Build[], runs: number): string[] {
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
    return `| ${[document, title, ms(median), ...spread, ...memory].join(" | ")} |`;
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
