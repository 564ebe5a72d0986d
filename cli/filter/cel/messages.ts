import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  STRING,
  TIMESTAMP,
  UINT,
  listOf,
  mapOf,
  type CelType,
} from "./types.ts";

/** A protobuf message that an expression makes: its fields as they are given, and what it is then. */
export interface MessageType {
  readonly fields: readonly string[] | undefined;
  readonly type: CelType;
}

const wrapper = (type: CelType): MessageType => ({ fields: ["value"], type });
const time = (type: CelType): MessageType => ({ fields: ["seconds", "nanos"], type });

/** Those that CEL has a type of its own for (google/protobuf: wrappers.proto, struct.proto, duration.proto, timestamp.proto). */
const WELL_KNOWN: Readonly<Record<string, MessageType>> = {
  "google.protobuf.BoolValue": wrapper(BOOL),
  "google.protobuf.BytesValue": wrapper(BYTES),
  "google.protobuf.DoubleValue": wrapper(DOUBLE),
  "google.protobuf.FloatValue": wrapper(DOUBLE),
  "google.protobuf.Int32Value": wrapper(INT),
  "google.protobuf.Int64Value": wrapper(INT),
  "google.protobuf.StringValue": wrapper(STRING),
  "google.protobuf.UInt32Value": wrapper(UINT),
  "google.protobuf.UInt64Value": wrapper(UINT),
  "google.protobuf.Duration": time(DURATION),
  "google.protobuf.Timestamp": time(TIMESTAMP),
  "google.protobuf.Struct": { fields: ["fields"], type: mapOf(STRING, DYN) },
  "google.protobuf.ListValue": { fields: ["values"], type: listOf(DYN) },
  "google.protobuf.Value": {
    fields: ["null_value", "number_value", "string_value", "bool_value", "struct_value", "list_value"],
    type: DYN,
  },
  "google.protobuf.Any": { fields: ["type_url", "value"], type: DYN },
};

const PACKAGE = "google.protobuf.";
/** The other messages of the files google/protobuf/*.proto. */
const OTHERS = new Set(
  (
    "Api DescriptorProto EditionDefault Empty Enum EnumDescriptorProto EnumOptions EnumValue EnumValueDescriptorProto " +
    "EnumValueOptions ExtensionRangeOptions FeatureSet FeatureSetDefaults Field FieldDescriptorProto FieldMask FieldOptions " +
    "FileDescriptorProto FileDescriptorSet FileOptions GeneratedCodeInfo MessageOptions Method MethodDescriptorProto " +
    "MethodOptions Mixin OneofDescriptorProto OneofOptions Option ServiceDescriptorProto ServiceOptions SourceCodeInfo " +
    "SourceContext Type UninterpretedOption"
  ).split(" "),
);

/**
 * A message by its full name; undefined where there is none. Which messages of other packages Envoy has, only Envoy knows: they
 * are taken to be there, their fields unknown.
 */
export function messageType(name: string): MessageType | undefined {
  const known = WELL_KNOWN[name];
  if (known !== undefined) return known;
  const exists = name.startsWith(PACKAGE) ? OTHERS.has(name.slice(PACKAGE.length)) : name.includes(".");
  return exists ? { fields: undefined, type: { kind: "message", name, fields: undefined } } : undefined;
}

export const WELL_KNOWN_NAMES = Object.keys(WELL_KNOWN);
