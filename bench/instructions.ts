import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Agent } from "node:http";
import { resolve } from "node:path";
import { envoyBinary } from "../tools/envoy-binary.ts";
import { get } from "./measure/check.ts";
import { OUT } from "./measure/compile.ts";
import { startEnvoy } from "./measure/envoy.ts";
import { HEADERS } from "./measure/requests.ts";
import { positive } from "./measure/settings.ts";
import { module } from "./suites/module.ts";
import { isSkipped, type Variant } from "./variants/variant.ts";

/** The variants that are measured if `VARIANTS` names none, and the one that the others are divided by. */
const USUAL = ["bare-host-calls", "by-hand", "signalbox"];
const BASIS = "bare-host-calls";
/** What starting and compiling takes is in both counts of a variant, and so in no difference. */
const FEW = 1000;
const START_LIMIT_MS = 300_000;

/**
 * `SUITES=instructions make bench`: the instructions that a request takes in an Envoy under valgrind's callgrind, kernel excluded, less those
 * with no filter: variants of the suite `module`, two at a time. What Envoy does by the clock is in them, which is more on a busy machine.
 * `REQUESTS` is how many a variant answers more in its second run than in its first (8,000). Prints a table.
 *
 * @throws Error if there is no valgrind
 */
export async function benchInstructions(): Promise<void> {
  if (spawnSync("valgrind", ["--version"]).status !== 0) throw new Error("SUITES=instructions needs valgrind");
  const more = positive("REQUESTS", 8000);
  const suite = await module();
  const { base, others } = suite;
  const headers = { ...HEADERS, ...suite.headers };
  const wanted = process.env.VARIANTS?.split(",") ?? USUAL;
  const variants = others.filter((variant): variant is Variant => !isSkipped(variant) && wanted.includes(variant.name));
  const counts = new Map<string, number>();
  for (const variant of [base, ...variants]) {
    const [few, many] = await Promise.all([FEW, FEW + more].map((requests) => count(variant, requests, headers)));
    counts.set(variant.name, (many! - few!) / more);
  }
  const without = counts.get(base.name)!;
  const added = (name: string): number => counts.get(name)! - without;
  const ratio = (name: string): string => (counts.has(BASIS) ? (added(name) / added(BASIS)).toFixed(2) : "");
  console.log(`With no filter a request takes ${Math.round(without)} instructions.\n`);
  console.log(`| filter | adds, instructions a request | of ${BASIS} |\n| --- | --- | --- |`);
  for (const { name, title } of variants) console.log(`| ${title} | ${Math.round(added(name))} | ${ratio(name)} |`);
}

/** The instructions of an Envoy that starts, answers so many requests, and ends. */
async function count(variant: Variant, requests: number, headers: Readonly<Record<string, string>>): Promise<number> {
  const folder = resolve(OUT, "instructions", `${variant.name}-${requests}`);
  const command = ["valgrind", "--tool=callgrind", "--smc-check=all-non-file", "--callgrind-out-file=/dev/null"];
  const under = { command, startLimit: START_LIMIT_MS };
  const envoy = await startEnvoy(envoyBinary(), [variant], folder, undefined, 1, { under });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const port = envoy.ports.get(variant.name)!;
    for (let i = 0; i < requests; i++) {
      const body = await get(port, headers, agent);
      if (body !== variant.answer) throw new Error(`${variant.name} answers "${body}", not "${variant.answer}"`);
    }
  } finally {
    agent.destroy();
    await envoy.stop();
  }
  const log = resolve(folder, "envoy.log");
  const collected = /Collected : (\d+)/.exec(readFileSync(log, "utf8"));
  if (collected === null) throw new Error(`callgrind has counted nothing: ${log}`);
  return Number(collected[1]);
}
