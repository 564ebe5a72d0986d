import type { Kind } from "./kind.ts";

/** Where in an expression something is: the end of every message about one. */
const AT = String.raw` at (?:line \d+, )?character \d+$`;

function at(...starts: readonly string[]): RegExp {
  return new RegExp(`^(?:${starts.join("|")})[^]*${AT}`);
}

/** What is wrong with an expression in CEL. */
export const OF_EXPRESSIONS: readonly Kind[] = [
  {
    code: "SBX501",
    title: "a CEL expression cannot be parsed",
    messages: [
      /^Envoy cannot compile this CEL expression$/,
      at(
        'expected (?:an operator or the end|a value|a name|the name of a field|".*"), got ',
        "expected (?:a field, such as|the name of a variable, such as|a name between back quotes)",
        "more than \\d+ characters",
        "nested deeper than",
        "a whole number beyond 64 bits",
        "a raw string cannot end",
        "no such (?:escape in|character)",
        'no operator ".*" \\(did you mean',
        "a string that does not end",
        "a name between back quotes can only",
        '".*" is a reserved word of CEL',
        '".*": Envoy has no optional values',
        "Envoy before 1\\.40 compiles no name",
      ),
    ],
  },
  {
    code: "SBX502",
    title: "CEL or Envoy has no such name",
    messages: [at('no (?:attribute|function|field|message) "', '".*" is (?:written|called on (?:nothing|a value): )')],
  },
  {
    code: "SBX503",
    title: "the types in a CEL expression do not fit",
    messages: [
      at(
        'no operator ".*" for ',
        '".*" (?:takes|asks|goes through|does not take|is called on [^:]*, got) ?',
        "the result is .*, expected true or false",
        "a list is indexed by an int, ",
        "the keys of ",
        "\\S.* (?:is no key of a map|has fields, which are written|cannot be indexed|has no field )",
        "no (?:duration|time): ",
      ),
    ],
  },
  {
    code: "SBX504",
    title: "a CEL expression is hardly what was meant",
    messages: [at("always (?:true|false): ", "no request has .* yet ")],
  },
];
