import type { YAMLError } from "yaml";

/** What the parser says in words of its own, as a user would say it. */
const WORDS: Readonly<Partial<Record<YAMLError["code"], (message: string) => string>>> = {
  BAD_ALIAS: () => 'a star without quotes is an alias; quote it: "*"',
  BAD_SCALAR_START: (message) => `${message}; quote the value`,
  DUPLICATE_KEY: () => "the same key twice in one object",
  BLOCK_AS_IMPLICIT_KEY: () =>
    'a second ": " on this line, or a wrong indentation; quote the value, or begin a new line',
  MULTILINE_IMPLICIT_KEY: () => 'a line without ": " or "- "; is a colon missing, or the indentation wrong?',
  MISSING_CHAR: missing,
  BAD_INDENT: misplaced,
  BLOCK_IN_FLOW: () => 'a second ": " within brackets; quote the value',
  BAD_DQ_ESCAPE: (message) => `${message}; in single quotes a backslash is a plain character`,
  TAB_AS_INDENT: () => "a tab indents this line; use blanks",
};

/** A value that begins with a star and is not quoted. */
const STAR = /(?:^|[\s,[{])\*[^\s,\]}]/;

/** What is in the wrong column. */
function misplaced(message: string): string {
  const [, some] = /^All (mapping|sequence) items must start at the same column/.exec(message) ?? [];
  if (some === undefined) return missing(message);
  return `the ${some === "mapping" ? "keys of one object" : "items of one list"} begin in the same column`;
}

/** What is missing, without the parser's words for brackets. */
function missing(message: string): string {
  const [, end] = /must.* end with a ([}\]])$/.exec(message) ?? [];
  if (end !== undefined) return `a ${end === "}" ? "{" : "["} without its ${end}`;
  const [, quote] = /Missing closing (['"])/.exec(message) ?? [];
  if (quote !== undefined) return `a string that begins with ${quote} and does not end`;
  return /Missing , /.test(message) ? "a comma is missing between two items" : message;
}

/** An error of the parser in plain words. */
export function inPlainWords({ code, message, pos }: YAMLError, text: string): string {
  const words = WORDS[code];
  const told = words?.(message) ?? message;
  if (words !== undefined && words !== missing && words !== misplaced) return told;
  const line = text.slice(text.lastIndexOf("\n", pos[0] - 1) + 1, pos[1]);
  return STAR.test(line) ? `${told}; a value that begins with a star has to be quoted` : told;
}
