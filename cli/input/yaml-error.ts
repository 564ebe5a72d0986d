import type { YAMLError } from "yaml";

/** What the parser says in words of its own, as a user would say it. */
const WORDS: Readonly<Partial<Record<YAMLError["code"], (message: string) => string>>> = {
  BAD_ALIAS: () => 'a star without quotes is an alias; quote it: "*"',
  BAD_SCALAR_START: (message) => `${message}; quote the value`,
  DUPLICATE_KEY: () => "the same key twice in one object",
  BLOCK_AS_IMPLICIT_KEY: () => 'a second ": " on this line; quote the value, or begin a new line',
  MULTILINE_IMPLICIT_KEY: () => 'a line without ": " or "- "; is a colon missing, or the indentation wrong?',
  TAB_AS_INDENT: () => "a tab indents this line; use blanks",
};

/** A value that begins with a star and is not quoted. */
const STAR = /(?:^|[\s,[{])\*[^\s,\]}]/;

/** An error of the parser in plain words. */
export function inPlainWords({ code, message, pos }: YAMLError, text: string): string {
  const words = WORDS[code];
  if (words !== undefined) return words(message);
  const line = text.slice(text.lastIndexOf("\n", pos[0] - 1) + 1, pos[1]);
  return STAR.test(line) ? `${message}; a value that begins with a star has to be quoted` : message;
}
