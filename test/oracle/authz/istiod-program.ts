/**
 * The Go program in `istiod/`, built once for each state of its sources into the ignored folder `.cache/`. It links a
 * good part of Istio, so a first build takes minutes; one that is there is taken without asking for Go.
 *
 * Run as a program it builds and prints the path, or says why that cannot be.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PROJECT } from "../../../tools/project.ts";

const SOURCES = fileURLToPath(new URL("istiod/", import.meta.url));
const CACHE = join(PROJECT, ".cache", "authz-istiod");
/** Istio's tag `agent` leaves out what the translator never calls: CEL of Telemetry, and Kubernetes' types. */
const BUILD = ["build", "-tags=agent,disable_pgv", "-ldflags=-s -w", "-buildvcs=false"];

/** The program, or the reason why there is none. */
export type Program = { binary: string } | { missing: string };

/** What a process wrote, in which all was well where `code` is 0. */
export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program with `input` as its standard input; rejects where it cannot be started. */
export function runProgram(command: string, args: string[], input = "", cwd = PROJECT): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, CGO_ENABLED: "0" } });
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

/** Where the program of the present sources lies once it is built. */
function cached(): string {
  const digest = createHash("sha256").update(BUILD.join(" "));
  const inputs = readdirSync(SOURCES).filter((name) => /\.go$|^go\.(mod|sum)$/.test(name));
  for (const name of inputs.sort()) digest.update(`\0${name}\0`).update(readFileSync(join(SOURCES, name)));
  return join(CACHE, digest.digest("hex").slice(0, 16));
}

/**
 * The program, built first where need be. `ORACLE_TRANSLATIONS=recorded` in the environment says that there is none,
 * and `ORACLE_TRANSLATIONS=cached` that none is to be built.
 */
export async function istiodProgram(): Promise<Program> {
  const wanted = process.env["ORACLE_TRANSLATIONS"];
  if (wanted === "recorded") return { missing: "ORACLE_TRANSLATIONS says so" };
  const binary = cached();
  if (existsSync(binary)) return { binary };
  if (wanted === "cached")
    return { missing: "the translator is not built (npx tsx test/oracle/authz/istiod-program.ts)" };
  return await build(binary);
}

async function build(binary: string): Promise<Program> {
  mkdirSync(CACHE, { recursive: true });
  const unfinished = `${binary}.${process.pid}`;
  try {
    await runProgram("go", ["version"]);
    console.error("Building istiod's translator of AuthorizationPolicies, once: minutes where nothing of it is cached");
    const { code, stderr } = await runProgram("go", [...BUILD, "-o", unfinished, "."], "", SOURCES);
    if (code !== 0) return { missing: `go build fails: ${stderr.trim().split("\n").pop() ?? ""}` };
    for (const old of readdirSync(CACHE).filter((name) => !name.includes("."))) rmSync(join(CACHE, old));
    renameSync(unfinished, binary);
    return { binary };
  } catch {
    return { missing: "there is no Go (https://go.dev/doc/install; the version is in istiod/go.mod)" };
  } finally {
    rmSync(unfinished, { force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const program = await istiodProgram();
  console.log("binary" in program ? program.binary : `No translator of istiod's: ${program.missing}`);
}
