/**
 * Writes cli/schema/istio.json: what Istio's custom resource definitions say of each kind of Istio, without descriptions.
 * `npx tsx tools/istio-schema.ts <crd-all.gen.yaml> <version or commit>`. The file is
 * manifests/charts/base/files/crd-all.gen.yaml of https://github.com/istio/istio (Apache License 2.0).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { PROJECT } from "./project.ts";

/** What is for people and for kubectl's columns. */
const LEFT_OUT = new Set(["description", "status"]);

interface Definition {
  spec: {
    group: string;
    names: { kind: string };
    versions: { name: string; schema: { openAPIV3Schema: unknown } }[];
  };
}

/** @param named whether the keys are names of fields, which are kept whatever they are called */
function pruned(value: unknown, named: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => pruned(item, false));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => named || !LEFT_OUT.has(key));
  return Object.fromEntries(kept.map(([key, item]) => [key, pruned(item, key === "properties" && !named)]));
}

const [file = "", version = ""] = process.argv.slice(2);
const definitions = parseAllDocuments(readFileSync(file, "utf8"))
  .map((document) => document.toJS() as Definition | null)
  .filter((definition) => definition !== null);
const schemas: Record<string, unknown> = {};
const aliases: Record<string, string> = {};
for (const { spec } of definitions) {
  let first: { id: string; text: string } | undefined;
  for (const { name, schema } of spec.versions) {
    const id = `${spec.group}/${name}/${spec.names.kind}`;
    const { properties, required } = schema.openAPIV3Schema as { properties: { spec: unknown }; required?: string[] };
    const whole = { type: "object", properties: { spec: properties.spec }, ...(required && { required }) };
    const text = JSON.stringify(pruned(whole, false));
    if (first?.text === text) aliases[id] = first.id;
    else schemas[id] = JSON.parse(text);
    first ??= { id, text };
  }
}
const source = `https://github.com/istio/istio, manifests/charts/base/files/crd-all.gen.yaml, ${version}`;
const output = { source, licence: "Apache-2.0", aliases, schemas };
writeFileSync(join(PROJECT, "cli/schema/istio.json"), `${JSON.stringify(output)}\n`);
