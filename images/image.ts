import { gzipSync } from "fflate";
import { type Blob, blobOf, digestOf, jsonBlob } from "./blob.ts";
import { type About, labelsOf } from "./labels.ts";
import { OCI_CONFIG, OCI_LAYER, OCI_MANIFEST, WASM_CONFIG, WASM_MODULE } from "./media-types.ts";
import { tar } from "./tar.ts";

/**
 * The two forms in which Istio takes a module from a registry (pkg/wasm/imagefetcher.go): `compat` is an ordinary image, which
 * Docker knows how to handle; `artifact` has the module as it is.
 */
export const FORMS = ["compat", "artifact"] as const;
export type Form = (typeof FORMS)[number];

/** An image of one module, complete: the manifest and everything that it names. */
export interface Image {
  form: Form;
  manifest: Blob;
  config: Blob;
  layers: Blob[];
}

/** An image in `form` of `module`, the bytes of a WebAssembly module. The same input gives the same bytes. */
export function imageOf(form: Form, module: Buffer, about: About): Image {
  const labels = labelsOf(about);
  const { config, layers } = form === "compat" ? compat(module, labels, about.commit?.date) : artifact(module);
  return assembled(form, config, layers, labels);
}

/** An image of what is there already, with the manifest that names it. */
export function assembled(form: Form, config: Blob, layers: Blob[], labels: Record<string, string>): Image {
  const manifest = jsonBlob(OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: config.descriptor,
    layers: layers.map(({ descriptor }) => descriptor),
    annotations: labels,
  });
  return { form, manifest, config, layers };
}

/** Every blob that a manifest names, each digest once. */
export function blobsOf({ config, layers }: Image): Blob[] {
  return [...new Map([config, ...layers].map((blob) => [blob.descriptor.digest, blob])).values()];
}

/** One layer with `plugin.wasm`, the name that Istio looks for. */
function compat(module: Buffer, labels: Record<string, string>, created: string | undefined) {
  const archive = tar([{ name: "plugin.wasm", bytes: module }]);
  // Node's zlib gives other bytes on other processors and in other versions.
  const layer = blobOf(OCI_LAYER, Buffer.from(gzipSync(archive, { level: 9, mtime: 0 })));
  const config = jsonBlob(OCI_CONFIG, {
    ...(created !== undefined && { created }),
    // A module runs anywhere; but Docker loads images of its own system only, and Istio asks for this platform.
    architecture: "amd64",
    os: "linux",
    config: { Labels: labels },
    rootfs: { type: "layers", diff_ids: [digestOf(archive)] },
    history: [{ ...(created !== undefined && { created }), created_by: "COPY plugin.wasm /" }],
  });
  return { config, layers: [layer] };
}

/** Exactly two layers, what the module needs of its host and the module. */
function artifact(module: Buffer) {
  const runtime = Buffer.from(JSON.stringify({ type: "envoy_proxy", abiVersions: ["0.2.1"], config: {} }));
  const title = (name: string) => ({ "org.opencontainers.image.title": name });
  return {
    config: jsonBlob(WASM_CONFIG, {}),
    layers: [
      blobOf(WASM_CONFIG, runtime, title("runtime-config.json")),
      blobOf(WASM_MODULE, module, title("plugin.wasm")),
    ],
  };
}
