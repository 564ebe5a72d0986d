import { CelSyntaxError } from "./finding.ts";
import { unescaped } from "./strings.ts";

/** The kinds of CEL's tokens. `symbol` is an operator or a bracket, and `word` also `in`, `true`, `false` and `null`. */
export type TokenKind = "word" | "quoted" | "int" | "uint" | "double" | "string" | "bytes" | "symbol" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** As it is written; of a string and a quoted name, what it says. */
  readonly text: string;
  /** In UTF-16 code units from 0. */
  readonly at: number;
  readonly end: number;
}

const ESCAPE = String.raw`\\(?:[abfnrtv"'\\?${"`"}]|[0-3][0-7]{2}|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})`;
const STRING = [
  String.raw`[rR]"""[^]*?"""|[rR]'''[^]*?'''`,
  String.raw`[rR]"[^"\n\r]*"|[rR]'[^'\n\r]*'`,
  String.raw`"""(?:${ESCAPE}|[^\\])*?"""|'''(?:${ESCAPE}|[^\\])*?'''`,
  String.raw`"(?:${ESCAPE}|[^\\"\n\r])*"|'(?:${ESCAPE}|[^\\'\n\r])*'`,
].join("|");

/** In the order in which they are tried, so that the longest token is found as CEL's grammar wants it. */
const RULES: readonly (readonly [TokenKind | "space", RegExp])[] = [
  ["space", /(?:[ \t\r\n\f]|\/\/[^\n]*)+/y],
  ["string", new RegExp(STRING, "y")],
  ["bytes", new RegExp(`[bB](?:${STRING})`, "y")],
  ["word", /[A-Za-z_][A-Za-z0-9_]*/y],
  ["quoted", /`[A-Za-z0-9_.\-/ ]+`/y],
  ["double", /\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?/y],
  ["uint", /(?:0x[0-9a-fA-F]+|\d+)[uU]/y],
  ["int", /0x[0-9a-fA-F]+|\d+/y],
  ["symbol", /[=!<>]=|&&|\|\||[<>[\]{}().,\-!?:+*/%]/y],
];

/**
 * The tokens of an expression, the last of which is `end` (the lexer rules of cel-cpp's `parser/internal/Cel.g4`).
 *
 * @throws CelSyntaxError where there is none
 */
export function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < expression.length) {
    const found = nextToken(expression, at);
    if (found === undefined) throw new CelSyntaxError(whyNone(expression, at), at);
    const { kind, end } = found;
    if (kind !== "space") tokens.push({ kind, text: textOf(kind, expression.slice(at, end), at), at, end });
    at = end;
  }
  tokens.push({ kind: "end", text: "", at, end: at });
  return tokens;
}

function nextToken(expression: string, at: number): { kind: TokenKind | "space"; end: number } | undefined {
  for (const [kind, rule] of RULES) {
    rule.lastIndex = at;
    if (rule.test(expression)) return { kind, end: rule.lastIndex };
  }
  return undefined;
}

function textOf(kind: TokenKind, written: string, at: number): string {
  if (kind === "quoted") return written.slice(1, -1);
  if (kind !== "string" && kind !== "bytes") return written;
  return unescaped(kind === "bytes" ? written.slice(1) : written, kind, at);
}

const MISTAKEN: Readonly<Record<string, string>> = { "=": "==", "&": "&&", "|": "||" };

function whyNone(expression: string, at: number): string {
  const character = String.fromCodePoint(expression.codePointAt(at) as number);
  const meant = MISTAKEN[character];
  if (meant !== undefined) return `no operator "${character}" (did you mean "${meant}"?)`;
  if (character === "`") return "expected a name between back quotes";
  if (character !== '"' && character !== "'") return `no such character in CEL: "${character}"`;
  const escape = new RegExp(`${character}(?:${ESCAPE}|[^\\\\${character}\\n\\r])*(\\\\[^]?)`, "y");
  escape.lastIndex = at;
  const wrong = escape.exec(expression)?.[1];
  return wrong === undefined
    ? "a string that does not end"
    : `no such escape in a string: ${wrong} (a backslash itself is written \\\\, or the string r${character}…${character})`;
}
