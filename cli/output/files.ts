import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";

/**
 * Writes files into a folder, which is made if it is not there. Nobody else on this machine may read them.
 *
 * @throws Failure if one cannot be written
 */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  } catch (error) {
    throw new Failure(`${folder} cannot be written to: ${(error as Error).message}`);
  }
}
