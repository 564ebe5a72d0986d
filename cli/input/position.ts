import { isAlias, isMap, isScalar, isSeq, type Node } from "yaml";
import type { Source, SourceText } from "./documents.ts";
import type { Path } from "./path.ts";

/** A place in a file, counted from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** A place in an object that has no lines, as a JSON pointer (RFC 6901); the others are then empty and 0. */
  readonly pointer?: string;
}

/** A step of a path as it was found: the value, and the key before it where it is a field. */
interface Found {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
}

/**
 * Where a value of a document stands: a scalar itself, the key of a list or an object. Of a path that leads to nothing,
 * the last part that is there; so what is missing is reported where it is missed.
 *
 * @param atKey whether the key is meant even where the value is a scalar: the name is what is wrong
 */
export function positionOf(source: Source, path: Path, atKey = false): Position {
  const { file, text } = source;
  if (text === undefined) return { file, line: 0, column: 0, pointer: pointerOf(path) };
  const { key, value, missing } = find(text, path);
  const node = key !== undefined && (atKey || missing || !isScalar(value)) ? key : (value ?? key);
  const { line, col } = text.lines.linePos(node?.range?.[0] ?? 0);
  return { file, line, column: col };
}

/** The text of a scalar that stands there without quotes, as the user wrote it; undefined for anything else, and for an object. */
export function plainText(source: Source, path: Path): string | undefined {
  if (source.text === undefined) return undefined;
  const { value, missing } = find(source.text, path);
  return !missing && isScalar(value) && value.type === "PLAIN" ? value.source : undefined;
}

/** What a path leads to, or the last part of it that is there. */
function find({ document }: SourceText, path: Path): Found & { missing: boolean } {
  let at: Found = { key: undefined, value: document.contents ?? undefined };
  for (const step of path) {
    const next = child(document, at.value, step);
    if (next === undefined) return { ...at, missing: true };
    at = next;
  }
  return { ...at, missing: false };
}

function child(document: SourceText["document"], parent: Node | undefined, step: string | number): Found | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  if (typeof step === "number") {
    const item = isSeq(node) ? (node.items[step] as Node | undefined) : undefined;
    return item === undefined ? undefined : { key: undefined, value: item };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
  return pair && { key: pair.key as Node, value: (pair.value as Node | null) ?? undefined };
}

/** `/spec/pluginConfig/policies/0` of a path (RFC 6901, 3). */
function pointerOf(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
