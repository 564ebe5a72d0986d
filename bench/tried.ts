import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { format } from "prettier";
import { Emulator, type Root, type StreamOptions } from "../emulator/index.ts";
import { LINEAR_SHAPES } from "../test/module/price/linear.ts";
import type { Shape } from "../test/module/price/shape.ts";
import { PROJECT } from "../tools/project.ts";
import { ranInEnvoysV8 } from "./measure/envoys-v8.ts";
import { machine } from "./measure/machine.ts";
import { positive } from "./measure/settings.ts";
import { summarize } from "./measure/statistics.ts";

/** So many rules or values are tried one by one. */
const TRIED = 2000;
/** Requests before those that count: what is kept of earlier ones, such as an expression's states, is there then. */
const WARMING = 20;
const REQUESTS = 20;

/**
 * `SUITES=tried make bench`: the CPU time in a Node with Envoy's V8, for each of many rules or values that a request tries one by one, by what
 * they ask for. `RUNS` is how often each is measured (9 if not given). Prints the medians, by which `cli/validate/tried.ts` tells a time.
 *
 * @throws Error if npm does not have that Node
 */
export async function benchTried(): Promise<void> {
  if (ranInEnvoysV8("bench/run.ts", { SUITES: "tried" })) return;
  const runs = positive("RUNS", 9);
  const rows = LINEAR_SHAPES.map((shape) => {
    const few = rootOf(shape, 1);
    const many = rootOf(shape, TRIED);
    const each = Array.from({ length: runs }, () => {
      const without = microseconds(few, shape.request);
      return ((microseconds(many, shape.request) - without) * 1000) / TRIED;
    });
    const { median, lower, upper } = summarize(each);
    return `| ${[shape.filter, shape.what, ns(median), `${ns(lower)} to ${ns(upper)}`].join(" | ")} |`;
  });
  console.log(
    `Node ${process.version}, ${machine()}, ${runs} runs of each, load of the machine ${loadavg()[0]!.toFixed(1)}\n`,
  );
  const head = "| filter | rules or values | median, ns each | quartiles |\n| --- | --- | --- | --- |";
  console.log(await format(`${head}\n${rows.join("\n")}\n`, { parser: "markdown", printWidth: 120 }));
}

function rootOf({ filter, document, request }: Shape, count: number): Root {
  const emulator = new Emulator({ record: false, logLevel: "critical" });
  const vm = emulator.loadSync(readFileSync(join(PROJECT, `build/${filter}.wasm`)));
  const root = vm.createRoot({ configuration: document(count) });
  if (!root.accepted) throw new Error(emulator.logs.map(({ message }) => message).join("\n"));
  for (let i = 0; i < WARMING; i++) send(root, request);
  return root;
}

/** The CPU time of one request. */
function microseconds(root: Root, request: StreamOptions): number {
  const before = process.cpuUsage();
  for (let i = 0; i < REQUESTS; i++) send(root, request);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / REQUESTS;
}

function send(root: Root, request: StreamOptions): void {
  const stream = root.stream(request);
  stream.requestHeaders();
  stream.end();
}

function ns(time: number): string {
  return time.toFixed(0);
}
