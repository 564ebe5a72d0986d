import { readFileSync } from "node:fs";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { compileRule, type Rule } from "./cel.ts";
import { problemOf, type Problem, type Schema } from "./problem.ts";

/** `istio.json`, which tools/istio-schema.ts writes: the schema of each kind, its `spec` that is, by `group/version/kind`. */
interface Published {
  readonly aliases: Readonly<Record<string, string>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

const PUBLISHED = JSON.parse(readFileSync(new URL("istio.json", import.meta.url), "utf8")) as Published;

const CEL = "x-kubernetes-validations";

/** The schemas are Kubernetes' own and each is used a few times: to check them, and to optimise what they become, takes longer. */
const COMPILED_SOON = { meta: false, validateSchema: false, code: { optimize: false } } as const;

const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false, verbose: true, ...COMPILED_SOON });
ajv.addKeyword({
  keyword: CEL,
  compile(rules: Rule[]) {
    const compiled = rules.map((rule) => ({ rule, holds: compileRule(rule) }));
    const validate = (data: unknown): boolean => {
      const broken = compiled.filter(({ holds }) => !holds(data));
      Object.assign(validate, {
        errors: broken.map(({ rule }) => ({ keyword: CEL, message: rule.message ?? rule.rule, params: {} })),
      });
      return broken.length === 0;
    };
    return validate;
  },
  errors: true,
});

/** Lists in which each item has a name of its own, which the API server holds them to. */
ajv.addKeyword({
  keyword: "x-kubernetes-list-map-keys",
  compile(keys: string[]) {
    const validate = (items: unknown, at?: { instancePath: string }): boolean => {
      if (!Array.isArray(items)) return true;
      const names = items.map((item) => JSON.stringify(keys.map((key) => (item as Schema | null)?.[key])));
      const again = names.findIndex((name, place) => names.indexOf(name) < place);
      const message = `another item before it has the same ${keys.join(" and ")}`;
      Object.assign(validate, {
        errors: [
          { keyword: "x-kubernetes-list-map-keys", instancePath: `${at?.instancePath}/${again}`, message, params: {} },
        ],
      });
      return again < 0;
    };
    return validate;
  },
  errors: "full",
});

const compiled = new Map<string, ValidateFunction>();

/** Whether the schema of that `apiVersion` and `kind` is known here. */
export function isPublished(apiVersion: string, kind: string): boolean {
  return schemaOf(apiVersion, kind) !== undefined;
}

/** Every kind that is known here, as `group/version/kind`. */
export function publishedKinds(): string[] {
  return [...Object.keys(PUBLISHED.schemas), ...Object.keys(PUBLISHED.aliases)].sort();
}

/**
 * What Istio's published schema, its CEL rules included, says against a resource's `spec`: what the API server would refuse,
 * unknown fields among it, as kubectl has it do.
 *
 * @param resource of which only `spec` is looked at
 */
export function problemsOf(apiVersion: string, kind: string, { spec }: { readonly spec?: unknown }): Problem[] {
  const id = `${apiVersion}/${kind}`;
  const schema = schemaOf(apiVersion, kind);
  if (schema === undefined) return [];
  const validate = compiled.get(id) ?? ajv.compile(closed(schema) as Schema);
  compiled.set(id, validate);
  if (validate(spec === undefined || spec === null ? {} : { spec })) return [];
  const problems = (validate.errors ?? []).map((error: ErrorObject) => problemOf(error));
  return problems.filter((problem) => problem !== undefined);
}

/** The schema of a kind's `spec`, with unknown fields refused; empty if the kind is not known here. */
export function specSchema(apiVersion: string, kind: string): Schema {
  const { properties } = closed(schemaOf(apiVersion, kind) ?? {}) as { properties?: { spec?: Schema } };
  return properties?.spec ?? {};
}

function schemaOf(apiVersion: string, kind: string): Schema | undefined {
  const id = `${apiVersion}/${kind}`;
  return PUBLISHED.schemas[PUBLISHED.aliases[id] ?? id];
}

/** The schema with unknown fields refused: an object with `properties` has those alone, unless it keeps all. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, key === CEL ? value : closed(value)] as const);
  const made = Object.fromEntries(entries) as Schema;
  const isObject = made.type === "object" && made.properties !== undefined && made.additionalProperties === undefined;
  return isObject ? { ...made, additionalProperties: false } : made;
}
