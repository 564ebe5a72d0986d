/** The table of codes: every message of the filters and every rule of Istio's schema is of one kind and of no other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ErrorObject } from "ajv";
import { Random, seedOfRun } from "../test/oracle/random.ts";
import { filesBelow, isModuleSource, moduleNames } from "../tools/project.ts";
import { messagesOf, type Message } from "../tools/source-messages.ts";
import { KINDS, kindsOf, pageOf } from "./codes/codes.ts";
import { configure } from "./filter/configured.ts";
import { splitMessage } from "./input/path.ts";
import { PLUGIN_CONFIGS } from "./schema/config/plugin-config.ts";
import { problemOf, type Schema } from "./schema/problem.ts";
import { publishedKinds, specSchema } from "./schema/resource-schema.ts";
import { changedDocument, documentOf } from "./test/config-documents.ts";

/** Sources whose texts only a proxy logs: about requests, or about a configuration that another plugin has vouched for. */
const AT_RUN_TIME = new Set([
  "assembly/plugin/configuring.ts",
  "filters/authz/decision-log.ts",
  "filters/authz/deny.ts",
  "filters/authz/explain.ts",
  "filters/authz/verdict.ts",
  "filters/circuit-breaking/log.ts",
  "filters/fault-injection/log.ts",
  "filters/header-routing/log.ts",
  "filters/trace-propagation/reporting/outcome.ts",
  "filters/trace-propagation/reporting/troubles.ts",
  "filters/trace-propagation/sampling/jaeger-remote.ts",
  "filters/trace-propagation/sampling/remote-strategies.ts",
  "filters/trace-propagation/tracer-detection.ts",
]);

/** Parts of a message, of which another source has the rest: `place.ts` and `choice.ts` write them around what they are given. */
const PARTS = /^(expected|expected …|or|, got|\(did you mean …\?\)|…: and … more|not supported: …|pluginConfig: …)$/;

/** Bodies of replies. */
const BODIES = ["fault filter abort", "circuit open"];

/** What a report says with a text of a source: the messages that reach a user. */
function messagesWith({ file, text, by }: Message): string[] {
  const filled = alternatives(text.replace(/^pluginConfig: /, "")).map((one) =>
    // Names are quoted.
    one.replace(/^unknown (field|key) …/, 'unknown $1 "5"').replaceAll("…", "5"),
  );
  return filled.map((one) => {
    if (file.startsWith("assembly/text/regex/")) return `not an RE2 regular expression: ${one} at byte 5`;
    if (file.startsWith("assembly/text/json/")) return `not JSON: ${one} (byte 5)`;
    if (by === "expected" || by === "expect") return `expected ${one}, got 5`;
    if (by === "refuse") return `not supported: ${one}`;
    // Texts that a function or a constant hands on.
    if (file === "assembly/config/duration.ts") return `expected ${one}, got 5`;
    if (/^a (percentage from|number from|number of traces) /.test(one)) return `expected ${one}, got 5`;
    if (/^\{header: name\}/.test(one)) return `expected ${one}, got 5`;
    if (/^(this filter only|leave it to the static VirtualService)/.test(one)) return `not supported: ${one}`;
    return /^\w+, for example /.test(one) ? `empty: write ${one}` : one;
  });
}

/** The texts of `(a|b)`, which `messagesOf` writes for a condition. */
function alternatives(text: string): string[] {
  const [whole = "", one = "", other = ""] = /\(([^()|]*(?:\([^()]*\)[^()|]*)*)\|(.*)\)/.exec(text) ?? [];
  return whole === "" ? [text] : [one, other].map((part) => text.replace(whole, part));
}

/** The messages that are of no kind or of several, each with its place and its codes. */
function wrong(messages: Iterable<string>, where: string): string[] {
  return [...messages].flatMap((message) => {
    const codes = kindsOf(message).map(({ code }) => code);
    return codes.length === 1 ? [] : [`${where}: ${message}: ${codes.join(" and ") || "no code"}`];
  });
}

test("each message in the filters' sources about a configuration is of one kind", () => {
  const files = ["assembly", "filters", "modules"].flatMap(filesBelow).filter(isModuleSource);
  const messages = files.filter((file) => !AT_RUN_TIME.has(file)).flatMap(messagesOf);
  const whole = messages.filter(({ text }) => !PARTS.test(text.trim()) && !BODIES.includes(text));
  assert.deepEqual(
    whole.flatMap((message) => wrong(messagesWith(message), `${message.file}:${message.line}`)),
    [],
  );
  assert.ok(whole.length > 180, String(whole.length));
  for (const file of AT_RUN_TIME) assert.ok(files.includes(file), `${file} is gone`);
});

test("each message of the compiled filters about generated configurations is of one kind", () => {
  const seed = seedOfRun();
  const seen = new Set<string>();
  for (const filter of moduleNames()) {
    const random = new Random(seed);
    for (let made = 0; made < 300; made++) {
      const document = changedDocument(documentOf(PLUGIN_CONFIGS[filter] as Schema, random), random);
      const { errors, warnings } = configure(filter, document, { namespace: "default", labels: {} });
      for (const line of [...errors, ...warnings]) {
        const { message } = splitMessage(line);
        assert.deepEqual(wrong([message], `${filter}, SEED=${seed}`), []);
        for (const { code } of kindsOf(message)) seen.add(code);
      }
    }
  }
  assert.ok(seen.size > 15, [...seen].join());
});

/** Every schema within a schema. */
function schemasIn(value: unknown): Schema[] {
  if (typeof value !== "object" || value === null) return [];
  return [value as Schema, ...Object.values(value).flatMap(schemasIn)];
}

/** Something that is wrong by each keyword that `problemOf` knows. */
const SHOWN_WITH: Readonly<Record<string, unknown>> = {
  ...{ enum: "x", pattern: "x", minimum: 0, maximum: 0, required: {}, type: {}, oneOf: {}, anyOf: {} },
  ...{ maxItems: [], minItems: [], maxLength: "x", minLength: "x", maxProperties: {}, minProperties: {} },
};

/** What the value of a keyword looks like. */
const KEYWORDS: Readonly<Record<string, (value: unknown) => boolean>> = Object.fromEntries(
  Object.keys(SHOWN_WITH).map((keyword) => {
    if (["enum", "required", "oneOf", "anyOf"].includes(keyword)) return [keyword, Array.isArray];
    const type = ["pattern", "type"].includes(keyword) ? "string" : "number";
    return [keyword, (value: unknown) => typeof value === type];
  }),
);

/** What Ajv reports for a keyword of a schema, as far as `problemOf` looks at it. */
function errorOf(keyword: string, schema: unknown, parentSchema: Schema, data: unknown): ErrorObject {
  const params = { limit: schema, type: schema, pattern: schema, allowedValues: schema, missingProperty: "x" };
  return { keyword, schema, parentSchema, data, params, instancePath: "", schemaPath: `#/${keyword}` } as ErrorObject;
}

test("each message about what Istio's schema asks for is of one kind", () => {
  const seen = new Set<string>();
  for (const id of publishedKinds()) {
    const slash = id.lastIndexOf("/");
    for (const schema of schemasIn(specSchema(id.slice(0, slash), id.slice(slash + 1)))) {
      const rules = schema["x-kubernetes-validations"];
      if (Array.isArray(rules)) for (const { message, rule } of rules) seen.add(String(message ?? rule));
      for (const [keyword, data] of Object.entries(SHOWN_WITH)) {
        // A field may be called as a keyword is.
        if (!KEYWORDS[keyword]?.(schema[keyword])) continue;
        const problem = problemOf(errorOf(keyword, schema[keyword], schema, data));
        if (problem !== undefined) seen.add(problem.message);
      }
    }
  }
  assert.deepEqual(wrong(seen, "istio.json"), []);
  assert.ok(seen.size > 60, String(seen.size));
});

test("a code is SBX and three digits, of one kind alone, and its page is where SIGNALBOX_PAGES or the project has it", () => {
  const codes = KINDS.map(({ code }) => code);
  for (const code of codes) assert.match(code, /^SBX\d{3}$/);
  assert.equal(new Set(codes).size, codes.length);
  assert.equal(pageOf("SBX101"), "docs/errors/SBX101.md");
  assert.equal(pageOf("SBX101", "https://docs.example.com/{code}.html"), "https://docs.example.com/SBX101.html");
});
