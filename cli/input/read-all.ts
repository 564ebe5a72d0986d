import { Failure } from "../failure.ts";
import type { Finding } from "../finding.ts";
import { TEMPLATE, documentsIn, type Source } from "./documents.ts";
import { readText } from "./files.ts";
import { inputsOf, type Input } from "./folders.ts";

/** What files and folders hold. */
export interface Contents {
  /** The files, in the order in which they were read. */
  readonly files: readonly string[];
  readonly sources: Source[];
  /** What is no YAML. */
  readonly findings: Finding[];
  /** What could not be read, a line each. */
  readonly unread: Failure[];
  /** How many files of folders hold no resource, such as `values.yaml`. */
  readonly otherFiles: number;
}

/** What a file of resources has in some line. */
const KIND = /\bkind["']?\s*:/;

/**
 * Reads all files, and all files of folders, also if one of them is missing. In a folder, files without a `kind` are passed
 * over, and templates are warned of only: nobody named them.
 */
export function readAll(names: readonly string[]): Contents {
  const unread: Failure[] = [];
  const findings: Finding[] = [];
  let otherFiles = 0;
  const sourcesOf = ({ name, folder }: Input): Source[] => {
    const file = readText(name);
    if (folder !== undefined && !KIND.test(file.text)) {
      otherFiles++;
      return [];
    }
    const own: Finding[] = [];
    const sources = documentsIn(file, own);
    findings.push(...own.map((one) => (folder !== undefined && one.message === TEMPLATE ? warned(one) : one)));
    return sources.map((source) => ({ ...source, folder }));
  };
  const inputs = inputsOf(names, unread);
  const sources = inputs.flatMap((input) => {
    try {
      return sourcesOf(input);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      unread.push(error);
      return [];
    }
  });
  return { files: inputs.map(({ name }) => name), sources, findings, unread, otherFiles };
}

function warned(finding: Finding): Finding {
  return { ...finding, severity: "warning" };
}
