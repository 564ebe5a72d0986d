import assert from "node:assert/strict";
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

/**
 * Runs the command here, with `input` for standard input: one after the other, as there is one of each stream. The lines of findings come
 * without their codes, which each must have: tests of messages are not about them.
 */
export async function signalbox(args: readonly string[], input = ""): Promise<Outcome> {
  const { status, out, err } = await withCodes(args, input);
  return { status, out: withoutCodes(out), err: withoutCodes(err) };
}

/** The same with everything as it is printed. */
export async function withCodes(args: readonly string[], input = ""): Promise<Outcome> {
  const outcome = before.then(() => run(args, input));
  before = outcome.catch(() => undefined);
  return outcome;
}

/** A line about a finding, or about a file that cannot be read. */
const FINDING =
  /^\S.*?:\d+:\d+: (?:error|warning): .*|^signalbox: .* cannot be read: .*|^signalbox: .* has no file that ends in .*/gm;
const CODE = / \[SBX\d{3}\]$/;

function withoutCodes(text: string): string {
  return text.replace(FINDING, (line) => {
    assert.match(line, CODE);
    return line.replace(CODE, "");
  });
}

async function run(args: readonly string[], input: string): Promise<Outcome> {
  const own = { ...streams };
  const outcome = { status: null, out: "", err: "" } as Outcome;
  const { exitCode } = process;
  streams.input = () => input;
  streams.out = (text) => void (outcome.out += text);
  streams.err = (text) => void (outcome.err += text);
  try {
    outcome.status = await main(args);
  } finally {
    Object.assign(streams, own);
    // The test's own process has not failed by that.
    process.exitCode = exitCode;
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
