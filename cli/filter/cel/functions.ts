import { DYN, type CelType, type Simple } from "./types.ts";

type Parameter = Simple | "list" | "map";

/** One way to call a function. */
export interface Overload {
  readonly name: string;
  /** Whether it is called on its first parameter: `a.f(b)`. */
  readonly onValue: boolean;
  readonly parameters: readonly Parameter[];
  readonly result: CelType;
}

const TIME_PARTS = "getFullYear getMonth getDayOfYear getDayOfMonth getDate getDayOfWeek".split(" ");
const CLOCK_PARTS = "getHours getMinutes getSeconds getMilliseconds".split(" ");
const NUMBERS = ["int", "uint", "double"];
const ORDERED = ["bool", "string", "bytes", "duration", "timestamp"];

/** Each by its parameters and its result; one with a dot is called on the first of them. */
const DECLARED: readonly string[] = [
  ...["contains", "startsWith", "endsWith", "matches"].flatMap((name) => both(`${name}(string, string): bool`)),
  ...["string", "bytes", "list", "map"].flatMap((type) => both(`size(${type}): int`)),
  ...[...TIME_PARTS, ...CLOCK_PARTS].flatMap((name) => [
    `.${name}(timestamp): int`,
    `.${name}(timestamp, string): int`,
  ]),
  ...CLOCK_PARTS.map((name) => `.${name}(duration): int`),
  ...overloads("bool", "bool string"),
  ...overloads("bytes", "bytes string"),
  ...overloads("double", "double int uint string"),
  ...overloads("int", "int uint double bool string timestamp"),
  ...overloads("uint", "uint int double string"),
  ...overloads("string", "string bytes bool int uint double duration timestamp"),
  ...overloads("timestamp", "timestamp int string"),
  ...overloads("duration", "duration string"),
  "dyn(dyn): dyn",
  "type(dyn): type",
  "!_(bool): bool",
  "-_(int): int",
  "-_(double): double",
  ...["_+_", "_-_", "_*_", "_/_"].flatMap((name) => NUMBERS.map((type) => `${name}(${type}, ${type}): ${type}`)),
  "_%_(int, int): int",
  "_%_(uint, uint): uint",
  ...["string", "bytes", "list", "duration"].map((type) => `_+_(${type}, ${type}): ${type}`),
  "_+_(timestamp, duration): timestamp",
  "_+_(duration, timestamp): timestamp",
  "_-_(timestamp, timestamp): duration",
  "_-_(timestamp, duration): timestamp",
  "_-_(duration, duration): duration",
  ...["_<_", "_<=_", "_>_", "_>=_"].flatMap((name) => [
    ...NUMBERS.flatMap((one) => NUMBERS.map((other) => `${name}(${one}, ${other}): bool`)),
    ...ORDERED.map((type) => `${name}(${type}, ${type}): bool`),
  ]),
  "_==_(dyn, dyn): bool",
  "_!=_(dyn, dyn): bool",
  // The second is the older name of the operator, which still works.
  ...["@in", "_in_"].flatMap((name) => [
    `${name}(dyn, list): bool`,
    ...["string", "bool", ...NUMBERS].map((type) => `${name}(${type}, map): bool`),
  ]),
  "__not_strictly_false__(dyn): bool",
];

/** Called on nothing, and on its first parameter. */
function both(declared: string): string[] {
  return [declared, `.${declared}`];
}

function overloads(result: string, parameters: string): string[] {
  return parameters.split(" ").map((parameter) => `${result}(${parameter}): ${result}`);
}

/**
 * The functions and operators that Envoy registers for expressions in Wasm: cel-cpp's standard ones with every option at its
 * default (`source/extensions/common/wasm/foreign.cc`, cel-cpp's `runtime/standard/`), and no extension.
 */
export const OVERLOADS: readonly Overload[] = DECLARED.map((declared) => {
  const [, dot, name = "", parameters = "", result = ""] = /^(\.?)([^(]+)\((.*)\): (\w+)$/.exec(declared) ?? [];
  return {
    name,
    onValue: dot === ".",
    parameters: parameters.split(", ") as Parameter[],
    result: result === "list" ? { kind: "list", item: DYN } : ({ kind: result } as CelType),
  };
});

/** The functions that have a name, which is what may be misspelt. */
export const FUNCTION_NAMES: readonly string[] = [
  ...new Set(OVERLOADS.map(({ name }) => name).filter((name) => /^[a-z]/i.test(name))),
];

/** Whether a value of the type can be that parameter, for all that is known of it. */
export function takes(parameter: Parameter, { kind }: CelType): boolean {
  return parameter === "dyn" || kind === "dyn" || parameter === (kind === "group" ? "map" : kind);
}
