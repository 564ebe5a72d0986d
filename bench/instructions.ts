import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { envoyBinary } from "../tools/envoy-binary.ts";
import { bootstrap } from "./measure/bootstrap.ts";
import { OUT } from "./measure/compile.ts";
import { HEADERS } from "./measure/requests.ts";
import { positive } from "./measure/settings.ts";
import { module } from "./suites/module.ts";
import type { Skipped, Variant } from "./variants/variant.ts";

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
  const { base, others, headers = {} } = await module();
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

function isSkipped(variant: Variant | Skipped): variant is Skipped {
  return "reason" in variant;
}

/** The instructions of an Envoy that starts, answers so many requests, and ends. */
async function count(variant: Variant, requests: number, headers: Readonly<Record<string, string>>): Promise<number> {
  const folder = resolve(OUT, "instructions", `${variant.name}-${requests}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const file = (name: string): string => resolve(folder, name);
  writeFileSync(file("bootstrap.json"), JSON.stringify(bootstrap([variant])));
  const log = openSync(file("log"), "w");
  const callgrind = ["--tool=callgrind", "--smc-check=all-non-file", `--callgrind-out-file=${file("callgrind")}`];
  const envoy = ["-c", file("bootstrap.json"), "--concurrency", "1", "-l", "warning", "--disable-hot-restart"];
  const command = [...callgrind, envoyBinary(), ...envoy, "--admin-address-path", file("admin")];
  const child = spawn("valgrind", command, { stdio: ["ignore", log, log] });
  const ended = new Promise((done) => child.once("exit", done));
  try {
    const port = await listening(file("admin"), () => child.exitCode === null);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < requests; i++) {
      const body = await answer(port, agent, { host: "reviews", ...HEADERS, ...headers });
      if (body !== variant.answer) throw new Error(`${variant.name} answers "${body}", not "${variant.answer}"`);
    }
    agent.destroy();
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
  const collected = /Collected : (\d+)/.exec(readFileSync(file("log"), "utf8"));
  if (collected === null) throw new Error(`callgrind has counted nothing: ${file("log")}`);
  return Number(collected[1]);
}

/** Waits until an Envoy listens; gives the port. */
async function listening(adminFile: string, lives: () => boolean): Promise<number> {
  const limit = Date.now() + START_LIMIT_MS;
  while (lives() && Date.now() < limit) {
    await delay(200);
    try {
      const found = await fetch(`http://${readFileSync(adminFile, "utf8").trim()}/listeners`);
      const port = /:(\d+)$/.exec((await found.text()).trim());
      if (port !== null) return Number(port[1]);
    } catch {
      // It does not answer yet.
    }
  }
  throw new Error("Envoy does not listen");
}

function answer(port: number, agent: Agent, headers: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((done, failed) => {
    const sent = httpRequest({ agent, port, host: "127.0.0.1", path: "/reviews/7", headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => done(Buffer.concat(chunks).toString()));
    });
    sent.once("error", failed);
    sent.end();
  });
}
