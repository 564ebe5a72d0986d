/** A type without parts; `dyn` is one that only a request shows. */
export type Simple =
  "bool" | "bytes" | "double" | "duration" | "dyn" | "int" | "null" | "string" | "timestamp" | "type" | "uint";

/** What is known of a value before there is a request. */
export type CelType =
  | { readonly kind: Simple }
  | { readonly kind: "list"; readonly item: CelType }
  | { readonly kind: "map"; readonly key: CelType; readonly value: CelType }
  /** Attributes of Envoy's with a name before them, such as `request`: a map in CEL, whose keys are known. */
  | { readonly kind: "group"; readonly name: string; readonly fields: Fields }
  /** A protobuf message; without `fields`, one whose fields are not known here. */
  | { readonly kind: "message"; readonly name: string; readonly fields: Fields | undefined };

export type Fields = Readonly<Record<string, CelType>>;

const simple = <Kind extends Simple>(kind: Kind): { readonly kind: Kind } => ({ kind });
export const BOOL = simple("bool");
export const BYTES = simple("bytes");
export const DOUBLE = simple("double");
export const DURATION = simple("duration");
export const DYN = simple("dyn");
export const INT = simple("int");
export const NULL = simple("null");
export const STRING = simple("string");
export const TIMESTAMP = simple("timestamp");
export const TYPE = simple("type");
export const UINT = simple("uint");

export function listOf(item: CelType): CelType {
  return { kind: "list", item };
}

export function mapOf(key: CelType, value: CelType): CelType {
  return { kind: "map", key, value };
}

/** The type of several values: theirs where it is one, else `dyn`. */
export function common(types: readonly CelType[]): CelType {
  const [first, ...others] = types;
  return first !== undefined && others.every((other) => same(first, other)) ? first : DYN;
}

function same(a: CelType, b: CelType): boolean {
  if (a.kind === "list" && b.kind === "list") return same(a.item, b.item);
  if (a.kind === "map" && b.kind === "map") return same(a.key, b.key) && same(a.value, b.value);
  if (a.kind === "message" && b.kind === "message") return a.name === b.name;
  return a.kind === b.kind && a.kind !== "group";
}

const NUMBERS: readonly string[] = ["int", "uint", "double"];

/** Whether no value of the one type equals one of the other: CEL then says false, whatever the request. */
export function neverEqual(a: CelType, b: CelType): boolean {
  const [one, other] = [family(a), family(b)];
  return one !== "dyn" && other !== "dyn" && one !== other;
}

/** Numbers of all types can be equal to each other, and a message to what it stands for. */
function family({ kind }: CelType): string {
  if (kind === "message") return "dyn";
  if (kind === "group") return "map";
  return NUMBERS.includes(kind) ? "number" : kind;
}

/** A type with its article, as messages have it: `a string`, `an int`. */
export function named({ kind, ...type }: CelType): string {
  if (kind === "null" || kind === "bytes") return kind;
  if (kind === "dyn") return "a value";
  if (kind === "group") return "a map";
  if (kind === "message") return `the message ${(type as { name: string }).name}`;
  return `${/^[aeio]/.test(kind) ? "an" : "a"} ${kind}`;
}
