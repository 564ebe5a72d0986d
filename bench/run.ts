/**
 * `make bench`: what each way to make one decision adds to a request, on one Envoy with one worker, all variants of a suite
 * alternating. Writes bench/results/<suite>.md and .svg, and prints the ratios that the project holds itself to.
 *
 * `SUITES` names the suites (if not given all but `command`, `push` and `reading`, which are in files of their names, and `versions`, which needs `AGAINST`). `SECONDS` is how long to
 * measure each (150 if not given), `ROUNDS` a number of rounds after which to end sooner. `VARIANTS` names some to compare,
 * such as `lua,header-routing-1`: each then has more turns; the result is printed only. `REQUESTS` is the length of a turn,
 * and `WARM_UP` how many requests each variant answers before the first (README.md).
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { format } from "prettier";
import { envoyBinary } from "../tools/envoy-binary.ts";
import { PROJECT } from "../tools/project.ts";
import { benchCommand } from "./command.ts";
import { benchReading } from "./reading/run.ts";
import { checkDecision } from "./measure/check.ts";
import { OUT } from "./measure/compile.ts";
import { bindCores } from "./measure/cores.ts";
import { startEnvoy } from "./measure/envoy.ts";
import { cpuUse, disturbance, machine } from "./measure/machine.ts";
import { HEADERS } from "./measure/requests.ts";
import { measureRounds, type Plan } from "./measure/rounds.ts";
import { positive } from "./measure/settings.ts";
import { summarize } from "./measure/statistics.ts";
import { chart } from "./report/chart.ts";
import type { Results } from "./report/results.ts";
import { markdown } from "./report/table.ts";
import { benchPush } from "./push/main.ts";
import { authz } from "./suites/authz.ts";
import { circuits } from "./suites/circuits.ts";
import { faults } from "./suites/faults.ts";
import { module } from "./suites/module.ts";
import { routing } from "./suites/routing.ts";
import { spans } from "./suites/spans.ts";
import type { Suite } from "./suites/suite.ts";
import { traces } from "./suites/traces.ts";
import { versions } from "./suites/versions.ts";
import type { Skipped, Variant } from "./variants/variant.ts";

const SUITES: Readonly<Record<string, () => Promise<Suite>>> = {
  routing,
  authz,
  faults,
  traces,
  spans,
  module,
  circuits,
  versions,
};

/** Suites that measure something else than what a filter adds to a request, by themselves. */
const OTHERS: Readonly<Record<string, () => Promise<void>>> = {
  command: benchCommand,
  push: benchPush,
  reading: benchReading,
};
/** Those that run only if they are named. */
const ON_DEMAND = ["versions"];

const plan: Omit<Plan, "headers"> = {
  seconds: positive("SECONDS", 150),
  rounds: positive("ROUNDS", Infinity),
  warmUp: positive("WARM_UP", 60_000),
  leadIn: 100,
  requests: positive("REQUESTS", 400),
  connections: 8,
};

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
  const exchange = { rotates: suite.rotates, lengthVaries: suite.upstream };
  const variants = all.filter((variant): variant is Variant => !("reason" in variant));
  for (const variant of all) if ("reason" in variant) console.log(`left out: ${variant.title}: ${variant.reason}`);
  const cores = bindCores();
  const envoy = await startEnvoy(envoyBinary(), variants, resolve(OUT, "envoy"), cores?.envoy);
  try {
    console.log(`Envoy ${envoy.version}, suite ${suite.name}: ${variants.length} variants, ${plan.seconds} s`);
    for (const { name, answer, reads, otherwise = "v1", sometimes, prepare } of variants) {
      const port = envoy.ports.get(name)!;
      await checkDecision(name, port, headers, answer, reads, otherwise, sometimes);
      await prepare?.(port, headers);
    }
    const subjects = variants.map(({ name, answer, sometimes, requests }) => ({
      name,
      body: answer,
      sometimes,
      requests,
    }));
    const before = cpuUse([envoy.pid, process.pid]);
    const measured = await measureRounds(envoy, subjects[0]!, subjects.slice(1), { ...plan, headers, exchange });
    const after = cpuUse([envoy.pid, process.pid]);
    const bound = cores === undefined ? "not bound to a core" : "Envoy bound to one core, the load to another";
    const answers = suite.upstream ? "an upstream in the process that sends the load" : "direct responses";
    const results: Results = {
      suite,
      machine: machine(),
      envoy: envoy.version,
      date: new Date().toISOString().slice(0, 10),
      method: `CPU time of Envoy's only worker (user and system) per request, less what it is with no filter just before and after. Each
variant has a listener of its own in one process and a turn of ${plan.requests} requests in every round, after ${plan.leadIn} that do not
count and ${plan.warmUp} before the first; ${plan.connections} kept-alive connections, ${Object.keys(headers).length + OWN_HEADERS} request headers, ${answers}; ${bound}.`,
      disturbance: disturbance(before, after),
      base: summarize(measured.base),
      variants: all,
      added: new Map([...measured.added].map(([name, series]) => [name, summarize(series)])),
    };
    const table = await format(markdown(results), { parser: "markdown", printWidth: 120 });
    console.log(table);
    if (wanted !== undefined || suite.printedOnly === true) return;
    const file = `bench/results/${suite.name}`;
    writeFileSync(resolve(PROJECT, `${file}.md`), table);
    writeFileSync(resolve(PROJECT, `${file}.svg`), chart(results));
    console.log(`Written to ${file}.md and ${file}.svg.`);
  } finally {
    await envoy.stop();
  }
}
