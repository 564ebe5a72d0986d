import { LineCounter, parseAllDocuments, type Document, type ParsedNode, type Tags } from "yaml";
import type { Finding } from "../finding.ts";
import { readText } from "./files.ts";

/** A document of a file, with what is needed to say where something stands in it. */
export interface Source {
  readonly file: string;
  readonly lines: LineCounter;
  readonly document: Document.Parsed<ParsedNode>;
}

/**
 * YAML as kubectl reads it (sigs.k8s.io/yaml, which is YAML 1.1): `on`, `yes` and `n` are booleans, and `<<` merges. Times
 * stay strings, and there are no sexagesimal numbers, as go-yaml has it.
 */
const AS_KUBECTL = { schema: "yaml-1.1", merge: true, customTags: withoutTimes } as const;

function withoutTimes(tags: Tags): Tags {
  return tags.filter((tag) => typeof tag === "string" || (tag.tag !== TIMESTAMP && tag.format !== "TIME"));
}

const TIMESTAMP = "tag:yaml.org,2002:timestamp";

/**
 * The documents of a file (`-` is standard input), without empty ones. What is not YAML goes to `findings`, and its file's
 * documents are then none.
 *
 * @throws Failure where the file cannot be read
 */
export function readDocuments(name: string, findings: Finding[]): Source[] {
  const { name: file, text } = readText(name);
  const lines = new LineCounter();
  const parsed = parseAllDocuments<ParsedNode>(text, { ...AS_KUBECTL, lineCounter: lines, prettyErrors: false });
  const documents = "empty" in parsed ? [] : parsed;
  const errors = documents.flatMap((document) => document.errors);
  for (const error of errors) {
    const { line, col } = lines.linePos(error.pos[0]);
    findings.push({ severity: "error", file, line, column: col, path: "", message: `not YAML: ${error.message}` });
  }
  if (errors.length > 0) return [];
  return documents
    .filter(({ contents }) => contents !== null && contents.toJSON() !== null)
    .map((document) => ({ file, lines, document }));
}
