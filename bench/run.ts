/**
 * `make bench`: what each way to make one decision adds to a request, on Envoys with one worker, all variants of a suite
 * alternating in each. Writes bench/results/<suite>.md and .svg, and prints the ratios that the project holds itself to.
 *
 * `SUITES` names the suites (if not given all but `code`, `command`, `instructions`, `push`, `reading` and `tried`, which are in files of their names, and `versions`, which needs `AGAINST`). `SECONDS` is how long to
 * measure each (150 if not given), `PROCESSES` how many Envoys share that time (6), `ROUNDS` a number of rounds after which to end sooner. `VARIANTS` names some to compare,
 * such as `lua,header-routing-1`: each then has more turns; the result is printed only. `REQUESTS` is the length of a turn,
 * and `WARM_UP` how many requests each variant answers before the first (README.md).
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { format } from "prettier";
import { PROJECT } from "../tools/project.ts";
import { benchCode } from "./code/run.ts";
import { benchCommand } from "./command.ts";
import { benchInstructions } from "./instructions.ts";
import { benchReading } from "./reading/run.ts";
import { bindCores } from "./measure/cores.ts";
import { machine } from "./measure/machine.ts";
import { measureProcess, type Process } from "./measure/process.ts";
import { HEADERS } from "./measure/requests.ts";
import type { Plan } from "./measure/rounds.ts";
import { positive } from "./measure/settings.ts";
import { chart } from "./report/chart.ts";
import type { Results } from "./report/results.ts";
import { markdown } from "./report/table.ts";
import { benchPush } from "./push/main.ts";
import { authz } from "./suites/authz.ts";
import { circuits } from "./suites/circuits.ts";
import { faults } from "./suites/faults.ts";
import { hostCalls } from "./suites/host-calls.ts";
import { module } from "./suites/module.ts";
import { routing } from "./suites/routing.ts";
import { spans } from "./suites/spans.ts";
import type { Suite } from "./suites/suite.ts";
import { traces } from "./suites/traces.ts";
import { versions } from "./suites/versions.ts";
import { benchTried } from "./tried.ts";
import { isSkipped, type Skipped, type Variant } from "./variants/variant.ts";

const SUITES: Readonly<Record<string, () => Promise<Suite>>> = {
  routing,
  authz,
  faults,
  traces,
  spans,
  module,
  circuits,
  versions,
  "host-calls": hostCalls,
};

/** Suites that measure something else than what a filter adds to a request, by themselves. */
const OTHERS: Readonly<Record<string, () => Promise<void>>> = {
  code: benchCode,
  command: benchCommand,
  instructions: benchInstructions,
  push: benchPush,
  reading: benchReading,
  tried: benchTried,
};
/** Those that run only if they are named. */
const ON_DEMAND = ["versions", "host-calls"];

const plan: Omit<Plan, "headers"> = {
  seconds: positive("SECONDS", 150),
  rounds: positive("ROUNDS", Infinity),
  warmUp: positive("WARM_UP", 60_000),
  leadIn: 100,
  requests: positive("REQUESTS", 400),
  connections: 8,
};

/** How many processes of Envoy share that time. */
const processCount = Math.ceil(positive("PROCESSES", 6));
/**
 * From so many on, the true median lies between the least and the most in at least 95 of 100 runs: all of n are on one side of it in
 * 2 of 2^n (the interval of the sign test: Conover, Practical Nonparametric Statistics, 3.2).
 */
const ENOUGH = 6;
const SURE = " The true median lies between them in at least 95 of 100 such runs.";

/** Pseudo-headers, and what Envoy adds before the filters. */
const OWN_HEADERS = 6;

const wanted = process.env.VARIANTS?.split(",");
const asked = process.env.SUITES?.split(",") ?? Object.keys(SUITES).filter((name) => !ON_DEMAND.includes(name));
const suites = await Promise.all(asked.filter((name) => !(name in OTHERS)).map(suiteOf));
const names = suites.flatMap(({ others }) => others.map(({ name }) => name));
for (const name of suites.length > 0 ? (wanted ?? []) : []) {
  if (!names.includes(name)) throw new RangeError(`no variant ${name}: there are ${names.join(", ")}`);
}
for (const [name, bench] of Object.entries(OTHERS)) if (asked.includes(name)) await bench();
for (const suite of suites) if (chosen(suite).length > 1) await run(suite);

function suiteOf(name: string): Promise<Suite> {
  const suite = SUITES[name];
  if (suite === undefined)
    throw new RangeError(`no suite ${name}: there are ${[...Object.keys(SUITES), ...Object.keys(OTHERS)].join(", ")}`);
  return suite();
}

/** The suite's variants that are to be measured, the base first. */
function chosen({ base, others }: Suite): (Variant | Skipped)[] {
  return [base, ...others.filter(({ name }) => wanted?.includes(name) ?? true)];
}

async function run(suite: Suite): Promise<void> {
  const all = chosen(suite);
  const headers = { ...HEADERS, ...suite.headers };
  const variants = all.filter((variant): variant is Variant => !isSkipped(variant));
  for (const variant of all) if (isSkipped(variant)) console.log(`left out: ${variant.title}: ${variant.reason}`);
  const cores = bindCores();
  const share = {
    ...plan,
    headers,
    seconds: plan.seconds / processCount,
    rounds: Math.ceil(plan.rounds / processCount),
  };
  const processes: Process[] = [];
  for (let number = 1; number <= processCount; number++) {
    console.log(`suite ${suite.name}, ${variants.length} variants: process ${number} of ${processCount}`);
    processes.push(await measureProcess(suite, variants, share, cores?.envoy));
  }
  const bound = cores === undefined ? "not bound to a core" : "Envoy bound to one core, the load to another";
  const answers = suite.upstream ? "an upstream in the process that sends the load" : "direct responses";
  const mean = (of: keyof Process["disturbance"]): number =>
    processes.reduce((sum, { disturbance }) => sum + disturbance[of], 0) / processes.length;
  const results: Results = {
    suite,
    machine: machine(),
    envoy: processes[0]!.version,
    date: new Date().toISOString().slice(0, 10),
    method: `CPU time of Envoy's only worker (user and system) per request, less what it is with no filter just before and after. Each
variant has a listener of its own in one process and a turn of ${plan.requests} requests in every round, after ${plan.leadIn} that do not
count and ${plan.warmUp} before the first; ${plan.connections} kept-alive connections, ${Object.keys(headers).length + OWN_HEADERS} request headers, ${answers}; ${bound}.

Measured in ${processes.length} processes of Envoy, one after the other, each with the variants in another order and with ${processes.map(({ turns }) => turns).join(", ")} turns
of each. A figure is the median of the processes' medians, a ratio the median of the ratios inside of the processes; "least and most" are of
the processes.${processes.length < ENOUGH ? "" : SURE}`,
    disturbance: { others: mean("others"), stolen: mean("stolen") },
    processes,
    variants: all,
  };
  const table = await format(markdown(results), { parser: "markdown", printWidth: 120 });
  console.log(table);
  if (wanted !== undefined || suite.printedOnly === true) return;
  const file = `bench/results/${suite.name}`;
  writeFileSync(resolve(PROJECT, `${file}.md`), table);
  writeFileSync(resolve(PROJECT, `${file}.svg`), chart(results));
  console.log(`Written to ${file}.md and ${file}.svg.`);
}
