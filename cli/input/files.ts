import { readFileSync } from "node:fs";
import { Failure } from "../failure.ts";
import { streams } from "../output/streams.ts";

/** The name of standard input, which the user writes as `-`. */
export const STANDARD_INPUT = "<stdin>";

/** A file as it was given, and its text. */
export interface TextFile {
  /** As the user named it, or `STANDARD_INPUT`. */
  readonly name: string;
  readonly text: string;
}

/**
 * Reads a file, or standard input for `STANDARD_INPUT`, as UTF-8.
 *
 * @throws Failure if it cannot be read, or is no UTF-8
 */
export function readText(name: string): TextFile {
  return { name, text: decoded(name, bytesOf(name)) };
}

function bytesOf(name: string): string | Uint8Array {
  try {
    return name === STANDARD_INPUT ? streams.input() : readFileSync(name);
  } catch (error) {
    throw unreadable(name, error);
  }
}

/** A file or folder that cannot be read, and why in words. */
export function unreadable(name: string, error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  return new Failure(`${name} cannot be read: ${REASONS[code ?? ""] ?? message}`);
}

/** What the codes of the operating system mean (errno(3)). */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of its path is a file, not a folder",
  EISDIR: "it is a folder; name a file in it",
  EACCES: "you have no permission to read it",
  EPERM: "you have no permission to read it",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many files are open",
};

/** Byte order marks of UTF-16, which PowerShell writes. */
const UTF_16 = ["\xff\xfe", "\xfe\xff"];

function decoded(name: string, bytes: string | Uint8Array): string {
  if (typeof bytes === "string") return bytes;
  if (UTF_16.includes(Buffer.from(bytes.subarray(0, 2)).toString("latin1"))) {
    throw new Failure(`${name} cannot be read: it is UTF-16; save it as UTF-8`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Failure(`${name} cannot be read: it is not UTF-8 text`);
  }
}
