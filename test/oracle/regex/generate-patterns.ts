/**
 * Patterns made at random of every construct that RE2 knows, each with a way to make texts that it is likely to match;
 * and patterns spoiled by a small change, most of which RE2 refuses.
 */
import type { Random } from "../random.ts";

/** A piece of a pattern, and what makes a text for it. */
interface Piece {
  readonly pattern: string;
  readonly text: (random: Random) => string;
}

export interface GeneratedPattern {
  readonly pattern: string;
  /** Texts as Latin-1: each character is one byte. */
  readonly texts: readonly string[];
}

const LITERALS = [
  "a",
  "b",
  "c",
  "A",
  "B",
  "k",
  "K",
  "0",
  "1",
  "_",
  "-",
  "/",
  ";",
  "=",
  " ",
  "é",
  "ß",
  ",",
  "}",
  "]",
  ":",
  "<",
];
const ESCAPES: Readonly<Record<string, string>> = {
  "\\.": ".",
  "\\*": "*",
  "\\n": "\n",
  "\\t": "\t",
  "\\r": "\r",
  "\\a": "\x07",
  "\\f": "\f",
  "\\v": "\v",
  "\\x41": "A",
  "\\x{62}": "b",
  "\\x{0000063}": "c",
  "\\141": "a",
  "\\0": "\0",
  "\\012": "\n",
  "\\_": "_",
  "\\-": "-",
  "\\/": "/",
  "\\xe9": "\xe9",
  "\\x{FF}": "\xff",
  "\\303": "\xc3",
  "\\\\": "\\",
  "\\{": "{",
  "\\]": "]",
  "\\ ": " ",
  "\\é": "",
};
const ASSERTIONS = ["^", "$", "\\A", "\\z", "\\b", "\\B"];
const PERL = ["\\d", "\\D", "\\s", "\\S", "\\w", "\\W"];
const POSIX = [
  "alnum",
  "alpha",
  "ascii",
  "blank",
  "cntrl",
  "digit",
  "graph",
  "lower",
  "print",
  "punct",
  "space",
  "upper",
  "word",
  "xdigit",
];
const UNICODE = [
  "\\pL",
  "\\pN",
  "\\PL",
  "\\pZ",
  "\\pM",
  "\\PC",
  "\\pS",
  "\\pP",
  "\\p{Lu}",
  "\\p{Ll}",
  "\\P{Lu}",
  "\\p{^Ll}",
  "\\P{^Nd}",
  "\\p{Lo}",
  "\\p{Latin}",
  "\\P{Latin}",
  "\\p{Common}",
  "\\p{Any}",
  "\\P{Any}",
  "\\p{Cc}",
  "\\p{Cf}",
  "\\p{Co}",
  "\\p{Sc}",
  "\\p{Sk}",
  "\\p{Sm}",
  "\\p{So}",
  "\\p{No}",
  "\\p{Nl}",
  "\\p{Pc}",
  "\\p{Pd}",
  "\\p{Ps}",
  "\\p{Pe}",
  "\\p{Pi}",
  "\\p{Pf}",
  "\\p{Po}",
  "\\p{Zs}",
  "\\p{L}",
];
const QUANTIFIERS = [
  "*",
  "+",
  "?",
  "*?",
  "+?",
  "??",
  "{0}",
  "{1}",
  "{2}",
  "{3}?",
  "{0,1}",
  "{1,3}",
  "{0,}",
  "{2,}",
  "{1,}?",
  "{2,5}",
  "{0,2}?",
];
const FLAGS = ["i", "s", "m", "U", "im", "is", "ims", "-i", "-s", "i-s", "s-im", "mU-i", ""];
const GROUPS = ["(", "(?:", "(?P<n>", "(?<name_1>", "(?P<é1>"];
/** What turns valid patterns into others, and often into invalid ones. */
const SPOILERS = [
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  "*",
  "+",
  "?",
  "|",
  "\\",
  "^",
  "-",
  "(?",
  "(?i",
  "(?P<",
  "(?P=n)",
  "(?=a)",
  "(?!a)",
  "(?<=a)",
  "(?<!a)",
  "(?>a)",
  "(?#c)",
  "(?'n'a)",
  "(?|a)",
  "(?R)",
  "\\1",
  "\\8",
  "\\Z",
  "\\G",
  "\\h",
  "\\K",
  "\\R",
  "\\X",
  "\\cA",
  "\\e",
  "\\u0041",
  "\\N",
  "\\E",
  "\\Q",
  "\\x",
  "\\xg",
  "\\x{",
  "\\x{}",
  "\\x{100}",
  "\\400",
  "\\777",
  "\\p",
  "\\p{",
  "\\p{Foo}",
  "\\pX",
  "\\p{lu}",
  "\\p{}",
  "\\p{^}",
  "[[:foo:]]",
  "[[:alpha:",
  "[:alpha:]",
  "[z-a]",
  "[a-\\d]",
  "[\\d-z]",
  "[]",
  "[^]",
  "[]a]",
  "[^]a]",
  "[a-]",
  "[--a]",
  "[[:^word:]-]",
  "{1001}",
  "{1000}",
  "{2,1}",
  "{,3}",
  "{01}",
  "{1",
  "{1,",
  "{999999999}",
  "{1000000000}",
  "**",
  "++",
  "*+",
  "??",
  "(?-)",
  "(?i-)",
  "(?-:a)",
  "(?i)*",
  "(*ACCEPT)",
  "(?a)",
  "(?P>n)",
  "(?&n)",
  "(?<n",
  "(?<>a)",
  "(?P<a b>c)",
  "(?P<n>a)(?P<n>b)",
  "\\Q*\\E*",
  "(){1000}",
  "a{0}*",
];

function literal(random: Random): Piece {
  const character = random.pick(LITERALS);
  const bytes = Buffer.from(character, "utf8").toString("latin1");
  return { pattern: character, text: () => bytes };
}

function escape(random: Random): Piece {
  const pattern = random.pick(Object.keys(ESCAPES));
  return { pattern, text: () => ESCAPES[pattern] ?? "" };
}

const SAMPLE = [
  "a",
  "B",
  "k",
  "0",
  "_",
  " ",
  "\n",
  "-",
  "\xe9",
  "\xc3",
  "\t",
  "\0",
  "\x7f",
  "\xaa",
  "\xd7",
  "z",
  "Z",
  "/",
  "$",
  "+",
  "\xb7",
];
const anyByte = (random: Random): string =>
  random.percent(80) ? random.pick(SAMPLE) : String.fromCharCode(random.int(256));

function bracketMember(random: Random): Piece {
  switch (random.int(7)) {
    case 0:
      return {
        pattern: random.pick(["a-c", "A-z", "0-9", "\\x80-\\xff", "\\0-\\x1f", " -/", "é-é", "+--"]),
        text: anyByte,
      };
    case 1:
      return { pattern: `[:${random.percent(20) ? "^" : ""}${random.pick(POSIX)}:]`, text: anyByte };
    case 2:
      return { pattern: random.pick(PERL), text: anyByte };
    case 3:
      return { pattern: random.pick(UNICODE), text: anyByte };
    case 4:
      return escape(random);
    default:
      return literal(random);
  }
}

function bracket(random: Random): Piece {
  const members = random.times(1, 3, () => bracketMember(random));
  const negated = random.percent(30);
  const last = random.percent(10) ? "-" : "";
  const pattern = `[${negated ? "^" : ""}${random.percent(8) ? "]" : ""}${members.map((m) => m.pattern).join("")}${last}]`;
  return { pattern, text: (r) => (negated || r.percent(20) ? anyByte(r) : r.pick(members).text(r)) };
}

function quoted(random: Random): Piece {
  const inside = random.times(0, 3, () => random.pick(["a", "*", "(", "[", ".", "\\", "é"])).join("");
  const bytes = Buffer.from(inside, "utf8").toString("latin1");
  return { pattern: `\\Q${inside}\\E`, text: () => bytes };
}

function flip(text: string, random: Random): string {
  return [...text]
    .map((c) => (!random.percent(50) ? c : c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()))
    .filter((c) => c.charCodeAt(0) < 256)
    .join("");
}

function group(random: Random, depth: number): Piece {
  const inner = alternation(random, depth - 1);
  if (random.percent(35)) {
    const flags = random.pick(FLAGS);
    const folded = flags.split("-")[0]?.includes("i") ?? false;
    return { pattern: `(?${flags}:${inner.pattern})`, text: (r) => (folded ? flip(inner.text(r), r) : inner.text(r)) };
  }
  return { pattern: `${random.pick(GROUPS)}${inner.pattern})`, text: inner.text };
}

function atom(random: Random, depth: number): Piece {
  const choice = random.int(100);
  if (choice < 38) return literal(random);
  if (choice < 46) return escape(random);
  if (choice < 56) return { pattern: ".", text: anyByte };
  if (choice < 66) return bracket(random);
  if (choice < 71) return { pattern: random.pick(PERL), text: anyByte };
  if (choice < 74) return { pattern: random.pick(UNICODE), text: anyByte };
  if (choice < 80) return { pattern: random.pick(ASSERTIONS), text: () => "" };
  if (choice < 82) return { pattern: "\\C", text: anyByte };
  if (choice < 84) return quoted(random);
  if (choice < 86) return { pattern: `(?${random.pick(FLAGS)})`.replace("(?)", "(?s)"), text: () => "" };
  return depth > 0 ? group(random, depth) : literal(random);
}

const repeated = (piece: Piece, quantifier: string): Piece => ({
  pattern: piece.pattern + quantifier,
  text: (random) => {
    const counts = /^\{(\d+)(,?)(\d*)\}/.exec(quantifier);
    const [least, most] =
      counts !== null
        ? [Number(counts[1]), counts[3] ? Number(counts[3]) : Number(counts[1]) + (counts[2] ? 2 : 0)]
        : [quantifier[0] === "+" ? 1 : 0, quantifier[0] === "?" ? 1 : 3];
    return random.times(least, most, () => piece.text(random)).join("");
  },
});

function concatenation(random: Random, depth: number): Piece {
  const pieces = random.times(0, 4, () => {
    const piece = atom(random, depth);
    return random.percent(30) ? repeated(piece, random.pick(QUANTIFIERS)) : piece;
  });
  return { pattern: pieces.map((p) => p.pattern).join(""), text: (r) => pieces.map((p) => p.text(r)).join("") };
}

function alternation(random: Random, depth: number): Piece {
  const alternatives = random.times(1, random.percent(30) ? 3 : 1, () => concatenation(random, depth));
  return { pattern: alternatives.map((a) => a.pattern).join("|"), text: (r) => r.pick(alternatives).text(r) };
}

const constant = (pattern: string, text: string): Piece => ({ pattern, text: () => text });

/** What stands at the ends of lines and words, and the assertions about them. */
const EDGES: readonly Piece[] = [
  ...["^", "$", "\\b", "\\B", "^", "$", "\\b", "\\B", "\\A", "\\z"].map((assertion) => constant(assertion, "")),
  ...["a", "_", " ", "-"].map((literal) => constant(literal, literal)),
  constant("\\n", "\n"),
  constant("(?:^|a)", ""),
  constant("(?:$|\\n)", "\n"),
  constant("(?:\\b| )", " "),
  constant("(?:\\Ba)", "a"),
  constant("(?:^a$\\n)", "a\n"),
  constant(".", "a"),
  constant("[^a]", "\n"),
  constant("\\w", "a"),
  constant("\\W", "\n"),
];

/** A pattern of few bytes and many assertions, most of whose texts come near to matching. */
function edges(random: Random): Piece {
  const pieces = random.times(1, 6, () => {
    const piece = random.pick(EDGES);
    return random.percent(25) ? repeated(piece, random.pick(QUANTIFIERS)) : piece;
  });
  const flags = random.pick(["", "(?m)", "(?m)", "(?s)", "(?ms)"]);
  return { pattern: flags + pieces.map((p) => p.pattern).join(""), text: (r) => pieces.map((p) => p.text(r)).join("") };
}

function mutate(text: string, random: Random): string {
  const at = random.int(text.length + 1);
  const kept = random.percent(50) ? text.slice(at + 1) : text.slice(at);
  return text.slice(0, at) + (random.percent(70) ? anyByte(random) : "") + kept;
}

function spoil(pattern: string, random: Random): string {
  const at = random.int(pattern.length + 1);
  const removed = random.percent(30) ? random.int(3) : 0;
  return pattern.slice(0, at) + (random.percent(85) ? random.pick(SPOILERS) : "") + pattern.slice(at + removed);
}

/**
 * One pattern, never empty (Envoy takes none), with up to `count` texts of at most 60 bytes. No byte is NUL: the way that texts
 * take through Envoy ends at one.
 */
export function generatePattern(random: Random, count: number): GeneratedPattern {
  const aroundEdges = random.percent(30);
  const prefix = aroundEdges ? "" : random.pick(["", "", "", "", "(?i)", "(?s)", "(?m)", "(?is)", "^", "a", "/api/"]);
  const piece = aroundEdges ? edges(random) : alternation(random, 3);
  let pattern = prefix + piece.pattern;
  if (random.percent(aroundEdges ? 5 : 40)) pattern = spoil(pattern, random);
  if (pattern === "") pattern = "|";
  const texts = random.times(count, count, (i) => {
    let text = (prefix.startsWith("(") || prefix === "^" ? "" : prefix) + piece.text(random);
    if (pattern.includes("i") && random.percent(30)) text = flip(text, random);
    for (let mutations = i % 3; mutations > 0; mutations--) text = mutate(text, random);
    return text.replaceAll("\0", "").slice(0, 60);
  });
  return { pattern, texts: [...new Set(texts)] };
}

/** Every class by name, as it stands within brackets. */
export function namedClasses(): string[] {
  const categories =
    "C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs";
  const unicode = [...categories.split(" "), "Latin", "Common", "Any"].flatMap((name) => [
    `\\p{${name}}`,
    `\\P{${name}}`,
  ]);
  return [...PERL, ...POSIX.flatMap((name) => [`[:${name}:]`, `[:^${name}:]`]), ...unicode];
}
