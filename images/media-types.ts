/** Media types of the OCI image spec (media-types.md). */
export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
export const OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

/** Media types by which Istio knows the artifact form (`extractOCIArtifactImage` in pkg/wasm/imagefetcher.go). */
export const WASM_CONFIG = "application/vnd.module.wasm.config.v1+json";
export const WASM_MODULE = "application/vnd.module.wasm.content.layer.v1+wasm";
