import { type Document, YAMLMap, isMap, isScalar, parseAllDocuments } from "yaml";

/** The fields of a WasmPlugin's `spec` that a TrafficExtension has in its own `spec`; the others are under `wasm` there. */
const SHARED = ["selector", "targetRefs", "phase", "priority", "match"];

/**
 * Manifests with each WasmPlugin made the TrafficExtension that is the same to Istio, as istiod itself makes them of each
 * other (`pilot/pkg/config/kube/extensions/translate.go`); other resources and comments are left as they are.
 *
 * @param text YAML documents
 */
export function withTrafficExtensions(text: string): string {
  const documents = parseAllDocuments(text) as Document.Parsed[];
  for (const document of documents) {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    if (document.get("kind") === "WasmPlugin") convert(document);
  }
  return documents.map((document) => document.toString({ lineWidth: 120 })).join("");
}

function convert(document: Document): void {
  document.set("kind", "TrafficExtension");
  const spec = document.get("spec");
  if (!isMap(spec)) throw new Error("a WasmPlugin without a spec");
  const isShared = ({ key }: { key: unknown }) => isScalar(key) && SHARED.includes(String(key.value));
  const wasm = new YAMLMap(document.schema);
  wasm.items = spec.items.filter((pair) => !isShared(pair));
  spec.items = spec.items.filter(isShared);
  // The name alone differs.
  if (spec.get("phase") === "UNSPECIFIED_PHASE") spec.set("phase", "UNSPECIFIED");
  spec.set("wasm", wasm);
}
