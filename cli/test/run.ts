import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { PROJECT } from "../../tools/project.ts";
import { main } from "../main.ts";
import { streams } from "../output/streams.ts";

/** What the command did. */
export interface Outcome {
  status: number | null;
  out: string;
  err: string;
}

let before: Promise<unknown> = Promise.resolve();

/** Runs the command here, with `input` for standard input: one after the other, as there is one of each stream. */
export async function signalbox(args: readonly string[], input = ""): Promise<Outcome> {
  const outcome = before.then(() => run(args, input));
  before = outcome.catch(() => undefined);
  return outcome;
}

async function run(args: readonly string[], input: string): Promise<Outcome> {
  const own = { ...streams };
  const outcome = { status: null, out: "", err: "" } as Outcome;
  streams.input = () => input;
  streams.out = (text) => void (outcome.out += text);
  streams.err = (text) => void (outcome.err += text);
  try {
    outcome.status = await main(args);
  } finally {
    Object.assign(streams, own);
    // The test's own process has not failed.
    process.exitCode = 0;
  }
  return outcome;
}

/** Runs the command as a user does, in a process of its own and in the project's folder. */
export function spawned(args: readonly string[], input = "", env: Readonly<Record<string, string>> = {}): Outcome {
  const command = [join(PROJECT, "cli/signalbox.js"), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: PROJECT,
    input,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return { status, out: stdout, err: stderr };
}
