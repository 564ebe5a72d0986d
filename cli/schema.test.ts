/** The schemas of the filters' configurations: held to the compiled filters both ways, to the sources, to the READMEs and to the manifests. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { parse, parseAllDocuments } from "yaml";
import { Random, seedOfRun } from "../test/oracle/random.ts";
import { PROJECT, filesBelow, isModuleSource, moduleFolder, moduleNames } from "../tools/project.ts";
import { configure } from "./filter/configured.ts";
import { splitMessage } from "./input/path.ts";
import { PLUGIN_CONFIGS } from "./schema/config/plugin-config.ts";
import { pluginConfigSchema, wasmPluginSchema } from "./schema/config/printed.ts";
import type { Schema } from "./schema/problem.ts";
import { signalbox } from "./test/run.ts";
import { changedDocument, documentOf } from "./test/config-documents.ts";
import { objectSchemas, objectsIn } from "./test/schema-objects.ts";
import { STRICTER, UNSAID } from "./test/schema-rules.ts";

const MODULES = moduleNames();

/** Strict: a keyword that means nothing, or one that is misspelt, is an error. */
const ajv = new Ajv({
  allErrors: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  verbose: true,
  code: { optimize: false },
});
const validators = new Map(MODULES.map((filter) => [filter, ajv.compile(pluginConfigSchema(filter))]));

function validatorOf(filter: string): ValidateFunction {
  return validators.get(filter) as ValidateFunction;
}

function errorsOf(filter: string, document: unknown): string[] {
  return configure(filter, document, { namespace: "default", labels: {} }).errors;
}

/** How the schema and the filter differ about a document, beyond the listed rules; undefined if they do not. */
function difference(filter: string, document: unknown): string | undefined {
  const validate = validatorOf(filter);
  const valid = validate(document);
  const errors = errorsOf(filter, document);
  if (valid === (errors.length === 0)) return undefined;
  const shown = JSON.stringify(document);
  if (valid) {
    const unknown = errors.map((line) => splitMessage(line).message).filter((message) => !isUnsaid(message));
    return unknown.length === 0 ? undefined : `${filter} refuses what the schema takes: ${unknown[0]}\n${shown}`;
  }
  if (validate(withoutNulls(document))) return undefined;
  const other = (validate.errors ?? []).filter(
    (error) => !isBranch(error) && !STRICTER.some((one) => one.refuses(error)),
  );
  return other.length === 0 ? undefined : `the schema refuses what ${filter} takes: ${ajv.errorsText(other)}\n${shown}`;
}

/** The value without members that are null: a filter takes them as absent. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, withoutNulls(member)]),
  );
}

function isUnsaid(message: string): boolean {
  return UNSAID.some((rule) => rule.message.test(message));
}

/** Whether an error is one of a branch, which another error sums up; or sums up those of `then`, which are there too. */
function isBranch({ schemaPath }: ErrorObject): boolean {
  return /\/(anyOf|not)\/.|\/if(\/|$)/.test(schemaPath);
}

test("what a schema takes its filter accepts, and what one refuses the other does, but for the listed rules", () => {
  const seed = seedOfRun();
  let compared = 0;
  for (const filter of MODULES) {
    const random = new Random(seed);
    const schema = PLUGIN_CONFIGS[filter] as Schema;
    for (let made = 0, tried = 0; made < 100; tried++) {
      assert.ok(tried < 1500, `${filter}: the schema refuses nearly all that is generated from it; SEED=${seed}`);
      const document = documentOf(schema, random);
      if (validatorOf(filter)(document) !== true) continue;
      made++;
      for (const one of [document, ...random.times(3, 3, () => changedDocument(document, random))]) {
        compared++;
        assert.equal(difference(filter, one), undefined, `SEED=${seed}`);
      }
    }
  }
  assert.equal(compared, MODULES.length * 400);
});

test("each rule that a schema cannot say is one that its filter has, and that the schema does not", () => {
  for (const { message, filter, example } of UNSAID) {
    const document: unknown = parse(example);
    assert.equal(validatorOf(filter)(document), true, `${example}: ${ajv.errorsText(validatorOf(filter).errors)}`);
    const messages = errorsOf(filter, document).map((line) => splitMessage(line).message);
    assert.notEqual(messages.length, 0, example);
    for (const one of messages) assert.match(one, message);
  }
});

test("where a schema is stricter than its filter, it is so for the listed reason", () => {
  for (const { refuses, filter, example } of STRICTER) {
    const document: unknown = parse(example);
    assert.deepEqual(errorsOf(filter, document), [], example);
    assert.equal(validatorOf(filter)(document), false, example);
    const errors = (validatorOf(filter).errors ?? []).filter((error) => !isBranch(error));
    assert.ok(errors.length > 0 && errors.every(refuses), `${example}: ${ajv.errorsText(errors)}`);
  }
});

/** The names that the sources of a module ask for as fields: `place.field(utf8("name"))` and twins of lists. */
function namesInSources(): string[] {
  const sources = ["assembly", "filters", "modules"].flatMap(filesBelow).filter(isModuleSource);
  const names = sources.flatMap((file) => {
    const text = readFileSync(join(PROJECT, file), "utf8");
    const asked = [...text.matchAll(/\bfield\(\s*utf8\("(\w+)"\)/g)].map(([, name]) => name as string);
    const twins = [...text.matchAll(/readTwins\(\s*place,\s*utf8\("(\w+)"\),\s*utf8\("(\w+)"\)/g)];
    return [...asked, ...twins.flatMap(([, name, not]) => [name as string, not as string])];
  });
  return [...new Set(names)].sort();
}

/** The fields that a filter knows in an object of a document beyond those that the schema has, and does not refuse by name. */
function unknownToSchema(filter: string, document: unknown, object: Record<string, unknown>, schema: Schema): string[] {
  const names = namesInSources().filter((name) => !(name in (schema.properties as object)));
  const withFields = (given: readonly string[], value: unknown): string[] => {
    for (const name of given) object[name] = value;
    const errors = errorsOf(filter, document);
    for (const name of given) delete object[name];
    return errors.map((line) => splitMessage(line).message);
  };
  // A report has room for 100 messages. null counts as absent for a field that is known, and is an unknown field else.
  const chunks = Array.from({ length: Math.ceil(names.length / 80) }, (_, at) => names.slice(at * 80, at * 80 + 80));
  const known = chunks.flatMap((chunk) => {
    const messages = withFields(chunk, null);
    return chunk.filter((name) => !messages.some((message) => message.startsWith(`unknown field "${name}"`)));
  });
  return known.filter(
    (name) => !withFields([name], {}).some((message) => /^(not supported: |write it at the top)/.test(message)),
  );
}

test("in each object a filter knows the fields that the schema has, and no others but those that it refuses by name", () => {
  // signalbox last: what its sections have is then known from their filters.
  const seen = new Set<Schema>();
  for (const filter of [...MODULES].sort((a, b) => Number(a === "signalbox") - Number(b === "signalbox"))) {
    const schema = PLUGIN_CONFIGS[filter] as Schema;
    const missing = new Set(objectSchemas(schema).filter((one) => !seen.has(one)));
    const random = new Random(1);
    for (let tries = 0; missing.size > 0 && tries < 5000; tries++) {
      const document = documentOf(schema, random);
      for (const [object, own] of objectsIn(document, schema)) {
        if (!missing.has(own) || errorsOf(filter, document).length > 0) continue;
        missing.delete(own);
        seen.add(own);
        assert.deepEqual(unknownToSchema(filter, document, object, own), [], `${filter}: ${String(own.description)}`);
      }
    }
    assert.deepEqual(
      [...missing].map(({ description }) => description),
      [],
      `${filter}: no document reaches these`,
    );
  }
});

/** The examples of a module's folder, by file; those that are refused are the ones that say so by their name. */
function examplesOf(filter: string): [file: string, config: unknown][] {
  const files = filesBelow(`${moduleFolder(filter)}/examples`).filter((file) => file.endsWith(".yaml"));
  return files.map((file) => [file, parseAllDocuments(readFileSync(join(PROJECT, file), "utf8"))[0]?.toJS() ?? {}]);
}

test("the examples of the filters are valid by the schema, and refused.yaml is not", () => {
  for (const filter of MODULES) {
    const examples = examplesOf(filter);
    assert.ok(examples.length > 0, filter);
    for (const [file, config] of examples) {
      const valid = validatorOf(filter)(config);
      assert.equal(valid, !file.endsWith("refused.yaml"), `${file}: ${ajv.errorsText(validatorOf(filter).errors)}`);
    }
  }
});

interface WasmPlugin {
  readonly spec: Record<string, unknown> & { readonly pluginConfig: Record<string, unknown> };
}

/** The WasmPlugin of a manifest, and the documents beside it. */
function manifestOf(filter: string): [WasmPlugin, ...unknown[]] {
  const text = readFileSync(join(PROJECT, moduleFolder(filter), "wasmplugin.yaml"), "utf8");
  return parseAllDocuments(text).map((document) => document.toJS() as unknown) as [WasmPlugin];
}

test("the schema of a WasmPlugin takes the manifests, and applies the filter's own to pluginConfig", () => {
  const any = ajv.compile(wasmPluginSchema());
  for (const filter of MODULES) {
    const own = ajv.compile(wasmPluginSchema(filter));
    for (const validate of [any, own]) {
      for (const document of manifestOf(filter))
        assert.ok(validate(document), `${filter}: ${ajv.errorsText(validate.errors)}`);
      const [plugin] = manifestOf(filter);
      const changed = (spec: object, config: object = {}): boolean => {
        const pluginConfig = { ...plugin.spec.pluginConfig, ...config };
        return validate({ ...plugin, spec: { ...plugin.spec, pluginConfig, ...spec } });
      };
      assert.equal(changed({}, { unknown: 1 }), false);
      assert.equal(changed({ phase: "AUTH" }), false);
      assert.equal(changed({ pluginConfigs: {} }), false);
      assert.equal(changed({ url: `file:///plugins/${filter}.wasm` }), true);
    }
    const [plugin] = manifestOf(filter);
    const withImage = (image: string): boolean =>
      any({
        ...plugin,
        spec: { ...plugin.spec, pluginConfig: { unknown: 1 }, url: `oci://registry.example.com/${image}` },
      });
    assert.equal(withImage(`${filter}@sha256:${"0".repeat(64)}`), false, filter);
    // Somebody else's plugin is somebody else's business.
    assert.equal(withImage("my-own:1"), true, filter);
  }
});

test("signalbox schema prints the schema of a WasmPlugin, or of a pluginConfig alone", async () => {
  const printed = async (...args: string[]): Promise<unknown> => {
    const { status, out, err } = await signalbox(["schema", ...args]);
    assert.deepEqual({ status, err }, { status: 0, err: "" });
    return JSON.parse(out);
  };
  const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  assert.deepEqual(await printed(), asJson(wasmPluginSchema()));
  assert.deepEqual(await printed("authz"), asJson(wasmPluginSchema("authz")));
  assert.deepEqual(await printed("authz", "--plugin-config"), asJson(pluginConfigSchema("authz")));
  const { status, err } = await signalbox(["schema", "--plugin-config"]);
  assert.equal(err, "signalbox: name the filter whose pluginConfig it is; see signalbox schema --help\n");
  assert.equal(status, 2);
});

test("every schema is one by its own draft's schema, and every field in it has a description", () => {
  const described = (schema: Schema, path: string): void => {
    const { properties = {}, items, additionalProperties } = schema as Record<string, Record<string, Schema>>;
    for (const [name, field] of Object.entries(properties)) {
      assert.match(String(field.description), /\w/, `${path}.${name}`);
      described(field, `${path}.${name}`);
    }
    for (const inner of [items, additionalProperties])
      if (typeof inner === "object") described(inner as Schema, `${path}[]`);
  };
  for (const filter of MODULES) {
    for (const schema of [pluginConfigSchema(filter), wasmPluginSchema(filter)]) {
      assert.equal(ajv.validateSchema(JSON.parse(JSON.stringify(schema)) as Schema), true, ajv.errorsText());
    }
    described(PLUGIN_CONFIGS[filter] as Schema, filter);
  }
});
