import { isMap, isPair, isScalar, isSeq, parseDocument, visit, type Node } from "yaml";

/** A JSON schema, as far as it is looked at. */
export type Schema = Readonly<Record<string, unknown>>;

/** Something that could be written at a place. */
export interface Offer {
  readonly text: string;
  readonly description: string;
  /** Whether it is the name of a field, and not a value. */
  readonly isField: boolean;
}

/** What could be written, in place of the text from an offset up to the cursor. */
export interface Offers {
  readonly from: number;
  readonly offers: readonly Offer[];
}

/** Stands for what the cursor is at while the text is read: no name of a field. */
const CURSOR = "cursor\u00b7";

/**
 * What a schema has for the place of the cursor in a text of YAML: names of fields that are not there yet, or values of an enum.
 *
 * @param schemaOf the schema of a document, by its text
 */
export function offersAt(text: string, cursor: number, schemaOf: (document: string) => Schema | undefined): Offers {
  const from = cursor - (/[\w.[\]-]*$/.exec(text.slice(0, cursor))?.[0].length ?? 0);
  const [begin, end] = documentAround(text, cursor);
  const before = text.slice(begin, from);
  const rest = text.slice(cursor, end).replace(/^[^\n,}\]]*/, "");
  const schema = schemaOf(text.slice(begin, end));
  if (schema === undefined || inComment(before)) return { from, offers: [] };
  const asField = placeIn(`${before}"${CURSOR}": ${rest}`);
  if (asField !== undefined) {
    const fields = asField.path.reduce<Schema[]>((at, step) => at.flatMap((one) => child(schema, one, step)), [schema]);
    return { from, offers: fieldsOf(schema, fields).filter(({ text: name }) => !asField.siblings.includes(name)) };
  }
  const asValue = placeIn(`${before}"${CURSOR}"${rest}`);
  const values = asValue?.path.reduce<Schema[]>((at, step) => at.flatMap((one) => child(schema, one, step)), [schema]);
  return { from, offers: valuesOf(schema, values ?? []) };
}

function documentAround(text: string, cursor: number): [begin: number, end: number] {
  const marks = [...text.matchAll(/^---.*\n/gm)];
  const before = marks.filter(({ index, 0: mark }) => index + mark.length <= cursor).at(-1);
  const after = marks.find(({ index }) => index >= cursor);
  return [before === undefined ? 0 : before.index + before[0].length, after?.index ?? text.length];
}

function inComment(before: string): boolean {
  return /(?:^|\s)#[^\n]*$/.test(before);
}

/** Where the cursor is: the way to it, and the fields beside it if it stands for the name of one. */
interface Place {
  readonly path: readonly (string | number)[];
  readonly siblings: readonly string[];
}

/** Where the mark of the cursor is; undefined if the text is no YAML with it, as a name must not stand where a value has to. */
function placeIn(text: string): Place | undefined {
  const document = parseDocument(text, { schema: "failsafe", strict: false, uniqueKeys: false });
  if (document.errors.length > 0) return undefined;
  let found: Place | undefined;
  visit(document, {
    Scalar(key, { value }, ancestors) {
      if (value !== CURSOR) return undefined;
      const isName = key === "key";
      const map = ancestors.at(-2);
      const siblings = isName && isMap(map) ? map.items.map((item) => String(item.key)) : [];
      found = { path: pathOf(isName ? ancestors.slice(0, -1) : ancestors, isName ? undefined : key), siblings };
      return visit.BREAK;
    },
  });
  return found;
}

/** The way through the nodes above, and the last step if the cursor is at an item of a list. */
function pathOf(ancestors: readonly unknown[], last: unknown): (string | number)[] {
  const steps: (string | number)[] = [];
  for (const [at, node] of ancestors.entries()) {
    if (isPair(node)) steps.push(isScalar(node.key) ? String(node.key.value) : "");
    else if (isSeq(node)) {
      const next = ancestors[at + 1] as Node | undefined;
      steps.push(next === undefined ? Number(last) : node.items.indexOf(next));
    }
  }
  return steps;
}

/** A schema with all that it refers to and combines, each alone. */
function parts(root: Schema, schema: unknown): Schema[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { $ref, then, allOf, anyOf, oneOf } = schema as Record<string, unknown>;
  const lists = [allOf, anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  const referred = typeof $ref === "string" ? [$ref.split("/").slice(1).reduce<unknown>(member, root)] : [];
  return [schema as Schema, ...[...referred, then, ...lists].flatMap((part) => parts(root, part))];
}

function member(of: unknown, name: string): unknown {
  return (of as Record<string, unknown> | undefined)?.[name];
}

/** The schemas of a field or an item. */
function child(root: Schema, schema: Schema, step: string | number): Schema[] {
  return parts(root, schema).flatMap((part) => {
    if (typeof step === "number") return part.items === undefined ? [] : [part.items as Schema];
    const field = member(part.properties, step) ?? part.additionalProperties;
    return typeof field === "object" && field !== null ? [field as Schema] : [];
  });
}

function fieldsOf(root: Schema, schemas: readonly Schema[]): Offer[] {
  const fields = new Map<string, Offer>();
  for (const { properties } of schemas.flatMap((schema) => parts(root, schema))) {
    for (const [text, schema] of Object.entries((properties ?? {}) as Record<string, Schema>)) {
      const known = fields.get(text)?.description ?? "";
      fields.set(text, { text, description: known || String(schema.description ?? ""), isField: true });
    }
  }
  return [...fields.values()];
}

function valuesOf(root: Schema, schemas: readonly Schema[]): Offer[] {
  const values = new Set<string>();
  for (const { enum: names, type } of schemas.flatMap((schema) => parts(root, schema))) {
    for (const name of Array.isArray(names) ? (names as unknown[]) : []) values.add(String(name));
    if (type === "boolean") values.add("true").add("false");
  }
  return [...values].map((text) => ({ text, description: "", isField: false }));
}
