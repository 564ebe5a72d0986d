/** Istio's patterns on strings, and strings that they take or narrowly miss. What they really take is Envoy's verdict. */
import type { Random } from "../random.ts";
import { upperCase } from "../upper-case.ts";

/** How a value of a policy is written: a star alone, at its end, at its beginning, at both, inside, or none. */
export const STRING_OPERATORS = ["*", "x*", "*x", "*a*", "a*b", "exact"] as const;
/** One of them. */
export type StringOperator = (typeof STRING_OPERATORS)[number];

function hasStar(word: string): boolean {
  return word.includes("*");
}

/** A value of that form, made from words; from those with stars of their own where only such can be met. */
export function pattern(random: Random, operator: StringOperator, words: readonly string[]): string {
  const plain = words.filter((word) => !hasStar(word) && word.length > 1);
  const word = random.pick(plain);
  // Two letters at least where there are three: a slash alone would take every path.
  const cut = word.length < 3 ? 1 : 2 + random.int(word.length - 2);
  switch (operator) {
    case "*":
      return "*";
    case "x*":
      return `${word.slice(0, cut)}*`;
    case "*x":
      return `*${word.slice(cut)}`;
    case "*a*": {
      // It takes what ends with the literal `a*`.
      const ends = words.filter((one) => one.length > 1 && one.endsWith("*")).map((one) => one.slice(-2));
      return `*${ends.length > 0 ? random.pick(ends) : `${word.slice(cut)}*`}`;
    }
    case "a*b": {
      // It takes itself alone.
      const inside = words.filter((one) => /[^*]\*[^*]/.test(one));
      return inside.length > 0 ? random.pick(inside) : `${word.slice(0, cut)}*${word.slice(cut)}`;
    }
    case "exact":
      return random.pick(words.filter((one) => one !== "" && !hasStar(one)));
  }
}

/** A string that a value takes, as far as its form tells. */
export function instance(random: Random, value: string, words: readonly string[], more: readonly string[]): string {
  if (value === "*") return random.pick(words);
  if (value.startsWith("*")) {
    const fits = words.filter((word) => word.endsWith(value.slice(1)));
    return fits.length > 0 && random.percent(50) ? random.pick(fits) : random.pick(more) + value.slice(1);
  }
  if (value.endsWith("*")) {
    const fits = words.filter((word) => word.startsWith(value.slice(0, -1)));
    return fits.length > 0 && random.percent(50) ? random.pick(fits) : value.slice(0, -1) + random.pick(more);
  }
  return value;
}

/** Whether a value takes a string, by its form. */
function takes(value: string, text: string): boolean {
  if (value === "*") return text !== "";
  if (value.startsWith("*")) return text.endsWith(value.slice(1));
  return value.endsWith("*") ? text.startsWith(value.slice(0, -1)) : text === value;
}

/**
 * A string that is close to what one of the values takes, and that none takes, as far as their forms tell; empty where there
 * is no such. `fold` is what comes of a string before it is compared.
 */
export function miss(
  random: Random,
  values: readonly string[],
  words: readonly string[],
  more: readonly string[],
  fold: (text: string) => string = (text) => text,
): string {
  const tries = random.times(8, 8, () => nearby(random, instance(random, random.pick(values), words, more)));
  return tries.find((text) => !values.some((value) => takes(fold(value), fold(text)))) ?? "";
}

/** A string with one small change. */
export function nearby(random: Random, text: string): string {
  switch (random.int(7)) {
    case 0:
      return upperCase(text);
    case 1:
      return text.toLowerCase();
    case 2:
      return text.slice(0, -1);
    case 3:
      return text.slice(1);
    case 4:
      return `${text}x`;
    case 5:
      return `x${text}`;
    default:
      return text.replaceAll(/[.*]/g, "y");
  }
}
