import { RegExpParser, type AST } from "@eslint-community/regexpp";

/** How many texts of one expression are made. */
const MOST = 6;
/** How long a text grows before repetitions are taken at their least. */
const LONGEST = 200;

/**
 * Some texts that an RE2 expression matches as a whole, the shortest of each alternative and such with one repetition more; none
 * if it has something that this cannot write, as a look-ahead has. The filter is asked about each, so a wrong one does no harm.
 */
export function textsOf(regex: string): string[] {
  const pattern = asEcmaScript(regex);
  try {
    const ast = new RegExpParser({ ecmaVersion: 2022 }).parsePattern(pattern, 0, pattern.length, true);
    return [...new Set(alternatives(ast.alternatives))].slice(0, MOST);
  } catch {
    return [];
  }
}

/** RE2's syntax in ECMAScript's (https://github.com/google/re2/wiki/Syntax), as far as texts can be made of it. */
function asEcmaScript(regex: string): string {
  return regex
    .replace(/\\Q(.*?)(?:\\E|$)/g, (_, text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"))
    .replace(/\(\?P</g, "(?<")
    .replace(/\(\?[imsU-]+\)/g, "")
    .replace(/\(\?[imsU-]+:/g, "(?:")
    .replace(/\\[Az]/g, "")
    .replace(/([*+?}])\+/g, "$1")
    .replace(/\[:(\w+):\]/g, (_, name: string) => POSIX[name] ?? "a-z")
    .replace(/\\([-_ "'#%&,:;<=>@`~!])/g, (_, one: string) => (one === "-" ? "\\-" : one));
}

const POSIX: Readonly<Record<string, string>> = {
  alpha: "a-zA-Z",
  digit: "0-9",
  alnum: "a-z0-9",
  lower: "a-z",
  upper: "A-Z",
  xdigit: "0-9a-f",
  word: "\\w",
};

function alternatives(all: readonly AST.Alternative[]): string[] {
  const each = all.map(({ elements }) => sequence(elements));
  // The first of each before the second of any.
  return Array.from({ length: Math.max(...each.map(({ length }) => length)) }, (_, at) =>
    each.flatMap((texts) => texts[at] ?? []),
  ).flat();
}

/** Each element's first text, then each other text of one element among the first ones of the others. */
function sequence(elements: readonly AST.Element[]): string[] {
  const each = elements.map(textsFor);
  const firsts = each.map(([first = ""]) => first);
  const others = each.flatMap((texts, at) =>
    texts.slice(1).map((text) => firsts.map((first, place) => (place === at ? text : first)).join("")),
  );
  return [firsts.join(""), ...others].slice(0, 4 * MOST);
}

function textsFor(element: AST.Element): string[] {
  switch (element.type) {
    case "Character":
      return [String.fromCodePoint(element.value)];
    case "CharacterSet":
      return element.kind === "any" || element.kind === "property" ? ["a"] : setTexts(element.kind, element.negate);
    case "CharacterClass":
      return [classText(element)];
    case "Group":
    case "CapturingGroup":
      return alternatives(element.alternatives);
    case "Quantifier":
      return repetitions(element);
    default:
      return [""];
  }
}

function setTexts(kind: string, negate: boolean): string[] {
  if (kind === "digit") return negate ? ["a"] : ["1"];
  if (kind === "space") return negate ? ["a"] : [" "];
  return negate ? ["-"] : ["a"];
}

function classText({ negate, elements }: AST.CharacterClass): string {
  const candidates = negate ? ["x", "1", "A", "-", "/", "z"] : elements.flatMap(memberTexts);
  return candidates.find((one) => !negate || !elements.some((element) => has(element, one))) ?? candidates[0] ?? "a";
}

function memberTexts(element: AST.CharacterClassElement): string[] {
  if (element.type === "Character") return [String.fromCodePoint(element.value)];
  if (element.type === "CharacterClassRange") return [String.fromCodePoint(element.min.value)];
  if (element.type === "CharacterSet")
    return element.kind === "property" ? ["a"] : setTexts(element.kind, element.negate);
  return [];
}

function has(element: AST.CharacterClassElement, one: string): boolean {
  const code = one.codePointAt(0) ?? 0;
  if (element.type === "Character") return element.value === code;
  if (element.type === "CharacterClassRange") return element.min.value <= code && code <= element.max.value;
  return element.type === "CharacterSet" && memberTexts(element).includes(one);
}

function repetitions({ min, max, element }: AST.Quantifier): string[] {
  const texts = textsFor(element as AST.Element);
  const [first = ""] = texts;
  const least = first.length * min > LONGEST ? [] : [first.repeat(min)];
  const more =
    max > min
      ? texts.map((text) => first.repeat(Math.max(0, min)) + text)
      : texts.slice(1).map((text) => text.repeat(min));
  return [...least, ...more.filter((text) => text.length <= LONGEST)];
}
