import { LONGEST, dimensionsOf, many, nth, type Dimension } from "./dimension.ts";

/** What holds for any document, whatever its fields. */
export const JSON_GROWTH: readonly Dimension[] = dimensionsOf(
  "signalbox",
  {},
  {
    "members of an object": (count) => `{"x":{${many(count, (n) => `"${nth(n)}":0`)}}}`,
    "members of the document": (count) => `{${many(count, (n) => `"${nth(n)}":0`)}}`,
    "long members of an object": (count) => `{"x":{${many(count, (n) => `"${"a".repeat(500)}${nth(n)}":0`)}}}`,
    "objects of 100 members": (count) => `{"x":[${many(count, () => `{${many(100, (n) => `"${nth(n)}":0`)}}`)}]}`,
    "objects of 8 members": (count) => `{"x":[${many(count, () => `{${many(8, (n) => `"${nth(n)}":0`)}}`)}]}`,
    "items of a list": (count) => `{"x":[${many(count, () => "0")}]}`,
    "empty objects": (count) => `{"x":[${many(count, () => "{}")}]}`,
    "nested lists": (count) => `{"x":[${many(count, () => "[".repeat(60) + "]".repeat(60))}]}`,
    "characters of a string": [LONGEST, (count) => `{"x":"${"a".repeat(count)}"}`],
    "characters of a name": [LONGEST, (count) => `{"${"a".repeat(count)}":0}`],
    escapes: [Math.floor(LONGEST / "\\u0061".length), (count) => `{"x":"${"\\u0061".repeat(count)}"}`],
    "strings that are too long": (count) => `{"x":"${"a".repeat(LONGEST + count)}"}`,
    "escapes that are too many": (count) => `{"x":"${"\\u0061".repeat(LONGEST / 4 + count)}"}`,
    "long strings of escapes": (count) => `{"x":[${many(count, () => `"${"\\u0061".repeat(LONGEST / 8)}"`)}]}`,
    "digits of a number": (count) => `{"x":0.${"1".repeat(count)}}`,
    "large exponents": (count) => `{"x":[${many(count, () => "1e-99999")}]}`,
    blanks: (count) => `{"x":0${" ".repeat(count)}}`,
    "strings that are not closed": (count) => `{"x":[${many(count, () => '"a"')},"`,
  },
);
