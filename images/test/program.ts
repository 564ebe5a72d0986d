import { spawnSync } from "node:child_process";

/** Why a test leaves out what it checks by `name`, in one line, or undefined where that program runs. */
export function programMissing(name: string, ...words: string[]): string | undefined {
  const { error, status } = spawnSync(name, words, { stdio: "ignore" });
  if (error !== undefined) return `there is no ${name}`;
  return status === 0 ? undefined : `${name} ${words.join(" ")} fails`;
}

/** What a program prints. Throws with what it says on the error stream where it fails. */
export function output(name: string, words: readonly string[], env?: NodeJS.ProcessEnv): Buffer {
  const { error, status, stdout, stderr } = spawnSync(name, words, {
    env: { ...process.env, ...env },
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${name} ${words.join(" ")}: ${stderr.toString()}`);
  return stdout;
}
