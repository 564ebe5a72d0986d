/**
 * Go programs of the oracles, which link a good part of Istio. Each is built once for each state of its sources into the
 * ignored folder `.cache/`: a first build takes minutes, and one that is there is taken without asking for Go.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../tools/project.ts";
import { GO_ENVIRONMENT, QUICK_TO_BUILD } from "../support/go.ts";

/** What is built, and how. */
export interface Source {
  /** The folder with its go.mod. */
  folder: string;
  /** Its folder in `.cache/`. */
  name: string;
  /** Build tags of Go. */
  tags: string;
  /** What it is, to be said before a build. */
  about: string;
}

/** The program, or the reason why there is none. */
export type Program = { binary: string } | { missing: string };

/** What a process wrote; all was well if `code` is 0. */
export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program with `input` as its standard input; rejects if it cannot be started. */
export function runProgram(command: string, args: string[], input = "", cwd = PROJECT): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: GO_ENVIRONMENT });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
    // A process that ends without having read everything says so by its exit status.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

/** With the same flags as Jaeger is built (`test/istio/programs/build.ts`), so that Go compiles what they share once. */
function flags({ tags }: Source): string[] {
  return ["build", "-trimpath", `-tags=${tags}`, QUICK_TO_BUILD, "-ldflags=-s -w", "-buildvcs=false"];
}

function cacheOf({ name }: Source): string {
  return join(PROJECT, ".cache", name);
}

/** Where the program of the present sources lies once it is built. */
function cached(source: Source): string {
  const { folder } = source;
  const digest = createHash("sha256").update(flags(source).join(" "));
  const inputs = readdirSync(folder).filter((name) => /\.go$|^go\.(mod|sum)$/.test(name));
  for (const name of inputs.sort()) digest.update(`\0${name}\0`).update(readFileSync(join(folder, name)));
  return join(cacheOf(source), digest.digest("hex").slice(0, 16));
}

/**
 * The program, built first if need be. `ORACLE_TRANSLATIONS=recorded` in the environment says that there is none, and
 * `ORACLE_TRANSLATIONS=cached` that none is to be built.
 */
export async function goProgram(source: Source): Promise<Program> {
  const wanted = process.env["ORACLE_TRANSLATIONS"];
  if (wanted === "recorded") return { missing: "ORACLE_TRANSLATIONS says so" };
  const binary = cached(source);
  if (existsSync(binary)) return { binary };
  if (wanted === "cached") return { missing: `${source.about} is not built, and ORACLE_TRANSLATIONS forbids it` };
  return await build(source, binary);
}

async function build(source: Source, binary: string): Promise<Program> {
  const cache = cacheOf(source);
  mkdirSync(cache, { recursive: true });
  const unfinished = `${binary}.${process.pid}`;
  try {
    await runProgram("go", ["version"]);
    console.error(`Building ${source.about}, once: minutes if nothing of it is cached`);
    const { code, stderr } = await runProgram("go", [...flags(source), "-o", unfinished, "."], "", source.folder);
    if (code !== 0) return { missing: `go build fails: ${stderr.trim().split("\n").pop() ?? ""}` };
    for (const old of readdirSync(cache).filter((name) => !name.includes("."))) rmSync(join(cache, old));
    renameSync(unfinished, binary);
    return { binary };
  } catch {
    return { missing: "there is no Go (https://go.dev/doc/install; the version is in go.mod)" };
  } finally {
    rmSync(unfinished, { force: true });
  }
}
