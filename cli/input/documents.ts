import { Composer, Lexer, LineCounter, Parser, type CST, type Document, type ParsedNode, type Tags } from "yaml";
import type { Finding } from "../finding.ts";
import { readText, type TextFile } from "./files.ts";
import { MAX_LEVELS } from "./levels.ts";
import { templateAt, unprintable, type Fault } from "./text.ts";
import { brokenReferences } from "./references.ts";
import { inPlainWords } from "./yaml-error.ts";

/** A document of a file, with what is needed to say where something stands in it; or an object that an API server has sent. */
export interface Source {
  /** Empty for an object. */
  readonly file: string;
  /** The text of the document; undefined for an object, which has no lines. */
  readonly text: SourceText | undefined;
  /** What the document says, as JSON's values. */
  readonly value: unknown;
  /** The folder that the file was found in; undefined if the user named the file itself. */
  readonly folder?: string | undefined;
}

/** What a document looks like in its file. */
export interface SourceText {
  readonly lines: LineCounter;
  readonly document: Document.Parsed<ParsedNode>;
}

/** What is reported of a file that is a template. */
export const TEMPLATE = "a Helm template, which has to be rendered first: helm template . | signalbox validate -";

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
 * The documents of a file (`-` is standard input), without empty ones. What is wrong with the YAML goes to `findings`, and
 * the file then has no documents. No text makes it throw.
 *
 * @throws Failure if the file cannot be read
 */
export function readDocuments(name: string, findings: Finding[]): Source[] {
  return documentsIn(readText(name), findings);
}

/** An object that an API server has sent, as a document. */
export function objectSource(value: unknown): Source {
  return { file: "", text: undefined, value };
}

/** The documents of a text, as `readDocuments` gives them. */
export function documentsIn({ name: file, text }: TextFile, findings: Finding[]): Source[] {
  const lines = new LineCounter();
  const { faults, sources } = documentsOf(text, lines);
  const template = faults.length > 0 ? templateAt(text) : undefined;
  const told = template === undefined ? faults : [{ offset: template, message: TEMPLATE }];
  for (const { offset, message } of told) {
    const { line, col } = lines.linePos(offset);
    findings.push({ severity: "error", file, line: Math.max(line, 1), column: Math.max(col, 1), path: "", message });
  }
  return faults.length > 0 ? [] : sources.map(({ document, value }) => ({ file, text: { lines, document }, value }));
}

interface Read {
  readonly faults: Fault[];
  readonly sources: (Pick<SourceText, "document"> & Pick<Source, "value">)[];
}

function documentsOf(text: string, lines: LineCounter): Read {
  const { tokens, fault } = tokensOf(text, lines);
  if (fault !== undefined) return { faults: [fault], sources: [] };
  const composer = new Composer<ParsedNode>({ ...AS_KUBECTL, logLevel: "error" });
  const documents = [...composer.compose(tokens)];
  const faults = documents.flatMap((document) => faultsOf(document, text));
  if (faults.length > 0) return { faults, sources: [] };
  const sources: Read["sources"] = [];
  for (const document of documents) {
    try {
      const value: unknown = document.toJS({ maxAliasCount: -1 });
      if (value !== null && value !== undefined) sources.push({ document, value });
    } catch (error) {
      faults.push({ offset: document.range[0], message: `not YAML: ${(error as Error).message}` });
    }
  }
  return { faults, sources };
}

/** The parser keeps a stack of its own, all that comes after it recurses. So levels are counted here. */
function tokensOf(text: string, lines: LineCounter): { tokens: CST.Token[]; fault: Fault | undefined } {
  const tokens: CST.Token[] = [];
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const control = unprintable(text);
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (control !== undefined && parser.offset > control.offset) return { tokens, fault: control };
    if (parser.stack.length > MAX_LEVELS) {
      return { tokens, fault: { offset: parser.offset, message: `not YAML: more than ${MAX_LEVELS} levels` } };
    }
  }
  tokens.push(...parser.end());
  return { tokens, fault: control };
}

/** The first error of a document's syntax, which mostly causes those after it; else what its aliases and keys lack. */
function faultsOf(document: Document.Parsed<ParsedNode>, text: string): Fault[] {
  const first = document.errors.find(({ code }) => code !== "DUPLICATE_KEY");
  const errors = first === undefined ? document.errors : [first];
  const faults = errors.map((error) => ({ offset: error.pos[0], message: `not YAML: ${inPlainWords(error, text)}` }));
  return faults.length > 0 ? faults : brokenReferences(document);
}
