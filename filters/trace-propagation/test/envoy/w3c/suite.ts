/**
 * The test suite of the W3C's Distributed Tracing working group (github w3c/trace-context, `test/`), which judges the requests
 * that a service sends by those that it received.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../../../../tools/project.ts";

/** What it is at. */
const COMMIT = "acab820be9db7b3433668baa5cdd43f57f4c4be0";
const REPOSITORY = "https://github.com/w3c/trace-context.git";
const AIOHTTP = "3.13.2";

/** The suite's folder, and a Python that can run it. */
export interface Suite {
  folder: string;
  python: string;
}

/** What a run of the suite came to. */
export interface Outcome {
  /** How many of its tests ran, and which of them failed. */
  ran: number;
  failed: string[];
  output: string;
}

/** The suite, fetched if need be; else why there is none. */
export function findSuite(): Suite | { missing: string } {
  const folder = process.env["W3C_TRACE_CONTEXT"] ? process.env["W3C_TRACE_CONTEXT"] : cloned();
  if (folder === undefined)
    return { missing: "W3C_TRACE_CONTEXT names no folder, and git cannot clone w3c/trace-context" };
  if (!existsSync(join(folder, "test/test.py"))) return { missing: `${folder} has no test/test.py` };
  const python = pythonWithAiohttp();
  return python === undefined ? { missing: "Python's aiohttp cannot be installed here" } : { folder, python };
}

function cloned(): string | undefined {
  const folder = join(PROJECT, ".cache/w3c-trace-context");
  if (existsSync(join(folder, "test/test.py"))) return folder;
  mkdirSync(folder, { recursive: true });
  const git = (...args: string[]): boolean =>
    spawnSync("git", ["-C", folder, ...args], { env: { ...process.env, GIT_TERMINAL_PROMPT: "0" }, timeout: 60_000 })
      .status === 0;
  const fetched =
    git("init", "--quiet") &&
    git("fetch", "--quiet", "--depth=1", REPOSITORY, COMMIT) &&
    git("checkout", "--quiet", "FETCH_HEAD");
  return fetched ? folder : undefined;
}

function pythonWithAiohttp(): string | undefined {
  const folder = join(PROJECT, ".venv", `aiohttp-${AIOHTTP}`);
  const python = join(folder, "bin/python");
  const works = (): boolean => spawnSync(python, ["-c", "import aiohttp"]).status === 0;
  if (works()) return python;
  if (spawnSync("python3", ["-m", "venv", folder]).status !== 0) return undefined;
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `aiohttp==${AIOHTTP}`];
  spawnSync(python, pip);
  return works() ? python : undefined;
}

/** Runs all of the suite at its strictest, for Level 2, on a service; it listens for that service's requests on `port`. */
export async function runSuite({ folder, python }: Suite, service: string, port: number): Promise<Outcome> {
  const env = { ...process.env, SPEC_LEVEL: "2", STRICT_LEVEL: "2", HARNESS_PORT: `${port}`, HARNESS_TIMEOUT: "10" };
  const child = spawn(python, ["test.py", service], { cwd: join(folder, "test"), env });
  let output = "";
  child.stdout.on("data", (text) => (output += text));
  child.stderr.on("data", (text) => (output += text));
  await new Promise((resolve) => child.once("close", resolve));
  const ran = Number(/^Ran (\d+) tests? in/m.exec(output)?.[1] ?? 0);
  const failed = [...output.matchAll(/^(?:FAIL|ERROR): (\S+)/gm)].map(([, name]) => name ?? "");
  return { ran, failed, output };
}
