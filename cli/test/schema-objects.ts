import type { Schema } from "../schema/problem.ts";

/** Each object with fields of its own in a document, with the schema of it. */
export function* objectsIn(value: unknown, schema: Schema): Generator<[Record<string, unknown>, Schema]> {
  const branches = schema.anyOf as Schema[] | undefined;
  const { properties, items, additionalProperties } = schema as Record<string, Record<string, Schema> | undefined>;
  if (Array.isArray(value)) for (const item of value) yield* objectsIn(item, (items ?? {}) as Schema);
  else if (typeof value === "object" && value !== null) {
    const object = value as Record<string, unknown>;
    const own = properties ?? branches?.find(({ type }) => type === "object")?.properties;
    if (own !== undefined) {
      yield [object, properties === undefined ? (branches?.find(({ type }) => type === "object") as Schema) : schema];
      for (const [name, inner] of Object.entries(own as Record<string, Schema>)) yield* objectsIn(object[name], inner);
    } else for (const inner of Object.values(object)) yield* objectsIn(inner, (additionalProperties ?? {}) as Schema);
  }
}

/** Each schema of an object with fields of its own. */
export function objectSchemas(schema: Schema): Schema[] {
  const { properties, items, additionalProperties, anyOf } = schema as Record<
    string,
    Record<string, Schema> | undefined
  >;
  const inner = [
    ...Object.values(properties ?? {}),
    items,
    additionalProperties,
    ...((anyOf ?? []) as unknown as Schema[]),
  ];
  const below = inner.flatMap((one) => (typeof one === "object" ? objectSchemas(one as Schema) : []));
  return [...(properties === undefined ? [] : [schema]), ...below];
}

/** Each field in a schema, with its description. */
export function fieldsOf(schema: Schema): [name: string, description: string][] {
  return objectSchemas(schema).flatMap(({ properties }) =>
    Object.entries(properties as Record<string, Schema>).map(([name, field]): [string, string] => [
      name,
      String(field.description),
    ]),
  );
}
