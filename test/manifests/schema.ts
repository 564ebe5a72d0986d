/** Istio's own schemas of its resources, out of the Go module istio.io/api. */
import { Ajv, type AnySchemaObject, type ValidateFunction } from "ajv";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

/** The version whose resources the manifests are. 1.29 has no TrafficExtension yet. */
const MODULE = "istio.io/api@v1.31.1";

interface Definition {
  spec: {
    names: { kind: string };
    versions: { name: string; schema: { openAPIV3Schema: AnySchemaObject } }[];
  };
}

/**
 * What checks a resource's `spec`, by `<version>/<kind>`: strictly, as Kubernetes does, so that an unknown field is an error.
 *
 * @returns that, or in one line why the schemas cannot be had
 */
export function istioSchemas(): Map<string, ValidateFunction> | string {
  // Outside of the project, so that no go.mod is asked.
  const { error, status, stdout } = spawnSync("go", ["mod", "download", "-json", MODULE], {
    cwd: tmpdir(),
    encoding: "utf8",
  });
  if (error !== undefined) return "there is no go, with which Istio's schemas are fetched";
  if (status !== 0) return `go mod download ${MODULE} fails`;
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  const text = readFileSync(join(Dir, "kubernetes/customresourcedefinitions.gen.yaml"), "utf8");
  const ajv = new Ajv({
    strict: false,
    formats: { int32: true, double: true, "date-time": true, int64: true, uint32: true },
  });
  const schemas = new Map<string, ValidateFunction>();
  for (const document of parseAllDocuments(text)) {
    const { spec } = document.toJS() as Definition;
    for (const { name, schema } of spec.versions) {
      const ofSpec = (schema.openAPIV3Schema.properties as Record<string, AnySchemaObject>).spec;
      schemas.set(`${name}/${spec.names.kind}`, ajv.compile(strictly(ofSpec ?? false) as AnySchemaObject));
    }
  }
  return schemas;
}

/** The schema with every object that lists its fields closed. */
function strictly(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strictly);
  if (typeof schema !== "object" || schema === null) return schema;
  const own = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strictly(value)]));
  const open = "additionalProperties" in own || "x-kubernetes-preserve-unknown-fields" in own;
  // `type` may be a field's name too, but then it is no string.
  return own.type === "object" && own.properties !== undefined && !open ? { ...own, additionalProperties: false } : own;
}
