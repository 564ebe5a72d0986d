/**
 * Expressions made at random of every function, operator, macro and attribute that Envoy has by its sources (cel-cpp's
 * `runtime/standard`, Envoy's `context.cc`), each of a type that is asked for.
 */
import type { Random } from "../random.ts";
import { ATTRIBUTES, CALENDAR, CLOCK, LITERALS, NUMBERS, ORDERED, ORDERS, TYPES, type Type } from "./vocabulary.ts";

/** A way to make an expression of a type from others. */
type Form = (make: (type: Type) => string, random: Random) => string;

export const either = (random: Random, name: string, on: string, ...args: string[]): string =>
  random.percent(50) ? `${on}.${name}(${args.join(", ")})` : `${name}(${[on, ...args].join(", ")})`;
const arithmetic = (type: Type, operators: readonly string[]): Form => {
  return (make, random) => `(${make(type)} ${random.pick(operators)} ${make(type)})`;
};
const conversion = (name: string, from: readonly Type[]): Form => {
  return (make, random) => `${name}(${make(random.pick(from))})`;
};
const loop = (name: string): Form => {
  return (make, random) => `${make(random.pick(["list", "map"]))}.${name}(v, ${make("bool")} || v == v)`;
};

const FORMS: Readonly<Record<Type, readonly Form[]>> = {
  bool: [
    (make, random) => `(${make("bool")} ${random.pick(["&&", "||"])} ${make("bool")})`,
    (make) => `!(${make("bool")})`,
    (make) => `(${make("bool")} ? ${make("bool")} : ${make("bool")})`,
    (make, random) => {
      const type = random.pick(ORDERED);
      return `(${make(type)} ${random.pick(ORDERS)} ${make(type)})`;
    },
    (make, random) => `(${make(random.pick(NUMBERS))} ${random.pick(ORDERS)} ${make(random.pick(NUMBERS))})`,
    (make, random) => `(${make(random.pick(TYPES))} ${random.pick(["==", "!="])} ${make(random.pick(TYPES))})`,
    (make, random) => `(${make(random.pick(TYPES))} in ${make("list")})`,
    (make, random) => `(${make(random.pick(["string", "bool", ...NUMBERS]))} in ${make("map")})`,
    (make, random) =>
      either(random, random.pick(["contains", "startsWith", "endsWith"]), make("string"), make("string")),
    (make, random) => either(random, "matches", make("string"), random.pick(["'^a.*'", "r'\\d+'", "'(?i)a|b'"])),
    (make) => `has(${make("map")}.a)`,
    (_make, random) =>
      `has(${random.pick(["request.path", "xds.node.id", "response.code", "metadata.filter_metadata.a"])})`,
    ...["all", "exists", "exists_one"].map(loop),
    conversion("bool", ["bool"]),
    (make, random) =>
      `(type(${make(random.pick(TYPES))}) == ${random.pick([...TYPES.slice(0, 6), "null_type", "type"])})`,
    () => "google.protobuf.BoolValue{value: true}",
    (make) => `(${make("string")} == null)`,
    () => `(google.protobuf.NullValue.NULL_VALUE == 0)`,
  ],
  int: [
    arithmetic("int", ["+", "-", "*", "/", "%"]),
    (make) => `-(${make("int")})`,
    (make, random) => either(random, "size", make(random.pick(["string", "bytes", "list", "map"]))),
    (make, random) =>
      `${make("timestamp")}.${random.pick([...CLOCK, ...CALENDAR])}(${random.pick(["", "'UTC'", "'+02:00'"])})`,
    (make, random) => `${make("duration")}.${random.pick(CLOCK)}()`,
    conversion("int", ["int", "uint", "double", "bool", "timestamp"]),
    () => "int(request.headers['x-items'])",
    () => "google.protobuf.Int64Value{value: 3}",
  ],
  uint: [arithmetic("uint", ["+", "-", "*", "/", "%"]), conversion("uint", ["uint", "int", "double"])],
  double: [
    arithmetic("double", ["+", "-", "*", "/"]),
    (make) => `-(${make("double")})`,
    conversion("double", ["double", "int", "uint"]),
  ],
  string: [
    arithmetic("string", ["+"]),
    conversion("string", ["string", "bytes", "bool", "int", "uint", "double", "duration", "timestamp"]),
    (make) => `(${make("bool")} ? ${make("string")} : ${make("string")})`,
  ],
  bytes: [arithmetic("bytes", ["+"]), conversion("bytes", ["bytes", "string"])],
  timestamp: [
    (make, random) => `(${make("timestamp")} ${random.pick(["+", "-"])} ${make("duration")})`,
    (make) => `(${make("duration")} + ${make("timestamp")})`,
    conversion("timestamp", ["timestamp", "int"]),
    () => "google.protobuf.Timestamp{seconds: 1}",
  ],
  duration: [
    arithmetic("duration", ["+", "-"]),
    (make) => `(${make("timestamp")} - ${make("timestamp")})`,
    conversion("duration", ["duration"]),
    () => ".google.protobuf.Duration{seconds: 1, nanos: 5}",
  ],
  list: [
    arithmetic("list", ["+"]),
    (make, random) => `[${make(random.pick(TYPES))}, ${make(random.pick(TYPES))}]`,
    (make, random) => `${make("list")}.map(v, ${make(random.pick(TYPES))})`,
    (make, random) => `${make(random.pick(["list", "map"]))}.map(v, ${make("bool")}, v)`,
    loop("filter"),
  ],
  map: [(make, random) => `{${make("string")}: ${make(random.pick(TYPES))}, 'z': 1}`],
};

/** A right expression of a type, nested up to `depth` deep. */
export function generate(random: Random, type: Type, depth: number): string {
  const leaves = [...LITERALS[type], ...(ATTRIBUTES[type] ?? [])];
  if (depth === 0 || random.percent(20)) return random.pick(leaves);
  return random.pick(FORMS[type])((inner) => generate(random, inner, depth - 1), random);
}

/** Every form and every leaf once, as a whole that is a boolean. */
export function everything(random: Random): string[] {
  return TYPES.flatMap((type) => {
    const leaves = [...LITERALS[type], ...(ATTRIBUTES[type] ?? [])];
    const forms = FORMS[type].map((form) => form((inner) => generate(random, inner, 0), random));
    return [...leaves, ...forms].map((one) => (type === "bool" ? one : `${one} == ${one}`));
  });
}

const CHARACTERS = [..."()[]{}.,:?!&|=<>+-*/%'\"\\`@#$ ;abu01_é\n"];

/**
 * A right expression with one or two characters taken away, put in or replaced: much of it is none any more. Without messages, of
 * whose names only Envoy knows which it has.
 */
export function spoiled(random: Random): string {
  let text = generate(random, "bool", 2);
  while (text.includes("google")) text = generate(random, "bool", 2);
  for (let times = 1 + random.int(2); times > 0; times--) {
    const at = random.int(text.length + 1);
    const kind = random.int(3);
    const put = kind === 0 ? "" : random.pick(CHARACTERS);
    text = text.slice(0, at) + put + text.slice(at + (kind === 1 ? 0 : 1));
  }
  return text;
}
