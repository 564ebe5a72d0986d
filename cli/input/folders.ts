import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { STANDARD_INPUT, unreadable } from "./files.ts";

/** A file to read. */
export interface Input {
  /** The file's name, or `STANDARD_INPUT`. */
  readonly name: string;
  /** The folder that it was found in; undefined if the user named the file itself. */
  readonly folder?: string;
}

/** What kubectl reads of a folder. */
const ENDING = /\.(ya?ml|json)$/;

/** Folders that hold other people's files. */
const SKIPPED = /^(\..*|node_modules)$/;

/**
 * The files that names of files and folders stand for, each file once. A folder stands for its `*.yaml`, `*.yml` and
 * `*.json`, and those of its folders, by name; hidden folders, `node_modules` and linked folders are left out.
 *
 * @param unread takes each name that is no file, and each folder without such a file
 */
export function inputsOf(names: readonly string[], unread: Failure[]): Input[] {
  const inputs: Input[] = [];
  for (const name of names) {
    try {
      if (name === STANDARD_INPUT || !statSync(name).isDirectory()) {
        inputs.push({ name });
        continue;
      }
      const found = filesOf(name, unread);
      if (found.length === 0) unread.push(new Failure(`${name} has no file that ends in .yaml, .yml or .json`));
      inputs.push(...found);
    } catch (error) {
      unread.push(unreadable(name, error));
    }
  }
  return inputs.filter(({ name }, place) => inputs.findIndex((other) => other.name === name) === place);
}

function filesOf(folder: string, unread: Failure[]): Input[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const inOrder = entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return inOrder.flatMap((entry) => {
    const name = join(folder, entry.name);
    try {
      if (entry.isDirectory()) return SKIPPED.test(entry.name) ? [] : filesOf(name, unread);
      return ENDING.test(entry.name) && statSync(name).isFile() ? [{ name, folder }] : [];
    } catch (error) {
      unread.push(unreadable(name, error));
      return [];
    }
  });
}
