import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import { Emulator } from "../../emulator/index.ts";
import { WRITTEN, filterManifests } from "../../tools/manifests/filter-manifests.ts";
import { PROJECT, filesBelow, moduleNames } from "../../tools/project.ts";
import { Compiled } from "../support/module/compiled.ts";
import { istioSchemas } from "./schema.ts";

/** A Kubernetes resource. */
interface Resource {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: Record<string, unknown>;
}

interface Wasm {
  url: string;
  failStrategy?: string;
  pluginConfig: object;
}

const FILES = filesBelow("manifests");
const textOf = (file: string) => readFileSync(join(PROJECT, file), "utf8");

function resourcesIn(file: string): Resource[] {
  return parseAllDocuments(textOf(file)).map((document) => {
    assert.deepEqual([...document.errors, ...document.warnings], [], file);
    return document.toJS() as Resource;
  });
}

/** Every plugin in a file, of either kind, with what is in `wasm` of a TrafficExtension. */
function pluginsIn(file: string): { spec: Resource["spec"]; wasm: Wasm }[] {
  return resourcesIn(file).flatMap(({ kind, spec }) => {
    if (kind === "WasmPlugin") return { spec, wasm: spec as unknown as Wasm };
    return kind === "TrafficExtension" ? { spec, wasm: spec.wasm as Wasm } : [];
  });
}

const filterOf = ({ url }: Wasm) => /^oci:\/\/registry\.example\.com\/signalbox\/(.+):[\d.]+$/.exec(url)?.[1] ?? url;

test("manifests/ is what `make manifests` writes", async () => {
  const files = await filterManifests();
  const there = FILES.filter((file) => WRITTEN.some((folder) => file.startsWith(`manifests/${folder}/`)));
  assert.deepEqual(there, [...files.keys()].map((path) => `manifests/${path}`).sort());
  for (const [path, text] of files) assert.equal(textOf(`manifests/${path}`), text, `${path}: run make manifests`);
});

test("there is a WasmPlugin and a TrafficExtension for every filter", () => {
  for (const folder of ["base", "traffic-extension"]) {
    const filters = FILES.filter((file) => file.startsWith(`manifests/${folder}/`)).flatMap(pluginsIn);
    assert.deepEqual([...new Set(filters.map(({ wasm }) => filterOf(wasm)))].sort(), moduleNames());
  }
});

test("the compiled filter takes every pluginConfig", () => {
  for (const file of FILES) {
    for (const { wasm } of pluginsIn(file)) {
      const filter = new Compiled(filterOf(wasm));
      const vm = new Emulator().loadSync(filter.module);
      const labels = { app: "httpbin" };
      filter.configured(vm, wasm.pluginConfig, { node: { metadata: { NAMESPACE: "default", LABELS: labels } } });
    }
  }
});

test("every resource is what Istio's schema of its kind says", (t) => {
  const schemas = istioSchemas();
  if (typeof schemas === "string") return t.skip(schemas);
  let checked = 0;
  for (const file of FILES) {
    for (const { apiVersion, kind, metadata, spec } of resourcesIn(file)) {
      if (!/istio\.io\//.test(apiVersion)) continue;
      const validate = schemas.get(`${apiVersion.split("/")[1]}/${kind}`);
      assert.ok(validate, `${file}: Istio knows no ${apiVersion} ${kind}`);
      assert.ok(validate(spec), `${file}, ${metadata.name}: ${JSON.stringify(validate.errors)}`);
      checked++;
    }
  }
  // A WasmPlugin and a TrafficExtension for each filter at least, and three Telemetry.
  assert.ok(checked >= 2 * moduleNames().length + 3, `${checked}`);
});
