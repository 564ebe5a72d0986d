/** Expressions with exactly one fault. */
import type { Random } from "../random.ts";
import { either } from "./generate.ts";
import { ATTRIBUTES, CALENDAR, CLOCK, LITERALS, NUMBERS, ORDERED, ORDERS, TYPES, type Type } from "./vocabulary.ts";

const NAMES = [
  ...["contains", "startsWith", "endsWith", "matches", "size", "type", "dyn", "timestamp", "duration"],
  ...["int", "uint", "double", "bool", "string", "bytes", ...CLOCK, ...CALENDAR],
];

const misspelt = (random: Random, name: string): string => {
  const at = 1 + random.int(name.length - 1);
  const kind = random.int(3);
  if (kind === 0) return name.slice(0, at) + name.slice(at + 1);
  if (kind === 1) return `${name.slice(0, at)}0${name.slice(at)}`;
  return `${name.slice(0, at)}0${name.slice(at + 1)}`;
};

/** An expression with exactly one fault, and what Envoy has to say to it. */
export interface Faulty {
  readonly expression: string;
  readonly fault: string;
  readonly expected: readonly ("refused" | "fails" | "no boolean")[];
}

const other = (random: Random, ...types: readonly Type[]): Type =>
  random.pick(TYPES.filter((type) => !types.includes(type)));

type Fault = (random: Random, leaf: (type: Type) => string) => string;

/** Each gives an expression that is evaluated whole, so that nothing hides the fault. */
const FAULTS: Readonly<Record<string, { expected: Faulty["expected"]; faults: readonly Fault[] }>> = {
  "a misspelt function": {
    expected: ["refused"],
    faults: [
      (random, leaf) => `${leaf("string")}.${misspelt(random, random.pick(NAMES))}(${leaf("string")}) == true`,
      (random, leaf) => `${misspelt(random, random.pick(NAMES))}(${leaf("string")}) == true`,
      (random, leaf) => `${leaf("list")}.${misspelt(random, random.pick(["exists", "all", "filter"]))}(v, true)`,
    ],
  },
  "a function called in the other way": {
    expected: ["refused"],
    faults: [
      (random, leaf) => `${random.pick([...CLOCK, ...CALENDAR])}(${leaf("timestamp")}) == 1`,
      (random, leaf) => `${leaf("int")}.${random.pick(["int", "string", "dyn", "type", "duration"])}() == 1`,
    ],
  },
  "a wrong number of arguments": {
    expected: ["refused"],
    faults: [
      (random, leaf) => `${leaf("string")}.${random.pick(["contains", "startsWith", "matches"])}()`,
      (random, leaf) =>
        `${random.pick(["endsWith", "matches"])}(${leaf("string")}, ${leaf("string")}, ${leaf("string")})`,
      (random, leaf) => `${random.pick(["int", "string", "size", "type", "dyn"])}(${leaf("int")}, ${leaf("int")}) == 1`,
      (random) => `${random.pick(["int", "timestamp", "bool"])}() == 1`,
      (random, leaf) => `${leaf("timestamp")}.${random.pick(CALENDAR)}('UTC', 'UTC') == 1`,
      (random, leaf) => `${leaf("list")}.${random.pick(["exists", "all"])}(true)`,
    ],
  },
  "a misspelt message or field": {
    expected: ["refused"],
    faults: [
      (random) => `google.protobuf.${misspelt(random, random.pick(["BoolValue", "Duration", "Struct"]))}{} == 1`,
      (random) => `google.protobuf.BoolValue{${misspelt(random, "value")}: true}`,
      (random) => `${misspelt(random, "Duration")}{} == duration('1s')`,
    ],
  },
  "a misspelt attribute": {
    expected: ["fails"],
    faults: [
      (random) => {
        const [group = "", ...rest] = random.pick(ATTRIBUTES.string?.slice(0, 10) ?? []).split(".");
        return `${misspelt(random, group)}.${rest.join(".")} == 'a'`;
      },
      (random) => {
        const groups = "path url_path host method headers time size protocol".split(" ");
        return `request.${misspelt(random, random.pick(groups))} == 'a'`;
      },
      (random) =>
        `connection.${misspelt(random, random.pick(["mtls", "uri_san_peer_certificate", "tls_version"]))} == 'a'`,
      (random) =>
        `${random.pick(["source", "destination"])}.${misspelt(random, random.pick(["address", "port"]))} == 1`,
      (random) => `request["${misspelt(random, random.pick(["path", "host"]))}"] == 'a'`,
      (random) => `xds.${misspelt(random, random.pick(["node", "listener_direction", "route_name"]))} == 1`,
      (random) => `xds.node.${misspelt(random, random.pick(["cluster", "metadata", "locality"]))} == 1`,
      (random) => `metadata.${misspelt(random, "filter_metadata")} == 1`,
      (random) => `${misspelt(random, random.pick(["plugin_name", "connection_id", "filter_state"]))} == 1`,
    ],
  },
  "an argument of a wrong type": {
    expected: ["fails"],
    faults: [
      (random, leaf) =>
        either(
          random,
          random.pick(["contains", "startsWith", "endsWith", "matches"]),
          leaf("string"),
          leaf(other(random, "string")),
        ),
      (random, leaf) =>
        either(
          random,
          random.pick(["contains", "startsWith", "endsWith"]),
          leaf(other(random, "string")),
          leaf("string"),
        ),
      (random, leaf) => `${either(random, "size", leaf(other(random, "string", "bytes", "list", "map")))} == 1`,
      (random, leaf) => `${leaf(other(random, "timestamp"))}.${random.pick(CALENDAR)}() == 1`,
      (random, leaf) => `${leaf(other(random, "timestamp", "duration"))}.${random.pick(CLOCK)}() == 1`,
      (random, leaf) => `${leaf("timestamp")}.${random.pick(CALENDAR)}(${leaf(other(random, "string"))}) == 1`,
      (random, leaf) => `int(${leaf(other(random, "int", "uint", "double", "bool", "timestamp", "string"))}) == 1`,
      (random, leaf) => `uint(${leaf(other(random, "int", "uint", "double", "string"))}) == 1u`,
      (random, leaf) => `double(${leaf(other(random, "int", "uint", "double", "string"))}) == 1.0`,
      (random, leaf) => `string(${leaf(random.pick(["list", "map"]))}) == ''`,
      (random, leaf) => `bytes(${leaf(other(random, "string", "bytes"))}) == b''`,
      (random, leaf) => `bool(${leaf(other(random, "string", "bool"))})`,
      (random, leaf) => `timestamp(${leaf(other(random, "timestamp", "string", "int"))}) == request.time`,
      (random, leaf) => `duration(${leaf(other(random, "duration", "string"))}) == duration('1s')`,
    ],
  },
  "an operand of a wrong type": {
    expected: ["fails"],
    faults: [
      (random, leaf) => {
        const type = random.pick(ORDERED);
        const numbers = NUMBERS.includes(type) ? NUMBERS : [type];
        return `${leaf(type)} ${random.pick(ORDERS)} ${leaf(other(random, ...numbers))}`;
      },
      (random, leaf) => {
        const type = random.pick(["list", "map"] as const);
        return `${leaf(type)} ${random.pick(ORDERS)} ${leaf(type)}`;
      },
      (random, leaf) => {
        const type = random.pick(["int", "uint", "double", "string", "bytes", "list"] as const);
        return `${leaf(type)} + ${leaf(other(random, type))} == ${leaf(type)}`;
      },
      (random, leaf) => `${leaf("string")} ${random.pick(["-", "*", "/", "%"])} ${leaf(random.pick(TYPES))} == 'a'`,
      (_random, leaf) => `${leaf("double")} % ${leaf("double")} == 1.0`,
      (_random, leaf) => `${leaf("timestamp")} + ${leaf("timestamp")} == request.time`,
      (random, leaf) => `-(${leaf(other(random, "int", "double"))}) == 1`,
      (random, leaf) => `!(${leaf(other(random, "bool"))})`,
      (random, leaf) => `true && ${leaf(other(random, "bool"))}`,
      (random, leaf) => `${leaf(other(random, "bool"))} || false`,
      (random, leaf) => `(${leaf(other(random, "bool"))} ? true : false)`,
      (random, leaf) => `${leaf(random.pick(TYPES))} in ${leaf(other(random, "list", "map"))}`,
      (random, leaf) => `${leaf(random.pick(["bytes", "list", "map", "timestamp", "duration"]))} in ${leaf("map")}`,
      (random, leaf) => `[1].exists(v, ${leaf(other(random, "bool"))})`,
      (random, leaf) => `[1].all(v, ${leaf(other(random, "bool"))})`,
      (random, leaf) => `[1].filter(v, ${leaf(other(random, "bool"))}) == []`,
      (random, leaf) => `${leaf(other(random, "list", "map"))}.exists(v, true)`,
      (random, leaf) => `(${leaf(other(random, "list", "map"))})[0] == 1`,
      (random, leaf) => `(${leaf(other(random, "map"))}).a == 1`,
      (random, leaf) => `[1][${leaf(other(random, "int", "uint", "double"))}] == 1`,
      (random, leaf) => `request.headers[${leaf(other(random, "string"))}] == 'a'`,
      (random, leaf) => `{${leaf(random.pick(["double", "bytes", "list", "map"]))}: 1} == {}`,
    ],
  },
  "a result that is no boolean": {
    expected: ["no boolean", "fails"],
    faults: [(random, leaf) => leaf(other(random, "bool")), () => "null", () => "int", () => "[true].map(v, v)"],
  },
  "a literal that says nothing": {
    expected: ["fails"],
    faults: [
      (random) => `duration(${random.pick(["'1'", "'1d'", "'1 s'", "''", "'s'", "'one'"])}) == duration('1s')`,
      (random) => `timestamp(${random.pick(["'2026-01-31'", "'08:00'", "''", "'now'"])}) == request.time`,
    ],
  },
};

/** One expression with one fault. */
export function generateFaulty(random: Random): Faulty {
  const fault = random.pick(Object.keys(FAULTS));
  const { expected, faults } = FAULTS[fault] as (typeof FAULTS)[string];
  const leaf = (type: Type): string => {
    // Numbers that are not at the end of what they can be, and texts that are not empty.
    const leaves = [...LITERALS[type].slice(0, 3), ...(ATTRIBUTES[type] ?? [])];
    const one = random.pick(leaves);
    return /^-?[\d.]/.test(one) ? `(${one})` : one;
  };
  return { expression: random.pick(faults)(random, leaf), fault, expected };
}

/** Every fault once. */
export function everyFault(random: Random): Faulty[] {
  return Object.entries(FAULTS).flatMap(([fault, { expected, faults }]) =>
    faults.map((one) => ({ expression: one(random, (type) => LITERALS[type][1] as string), fault, expected })),
  );
}
