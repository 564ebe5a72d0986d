import { createHash } from "node:crypto";

/** A descriptor of the OCI image spec (descriptor.md): how one document names another. */
export interface Descriptor {
  mediaType: string;
  /** `sha256:` and 64 hexadecimal digits. */
  digest: string;
  /** In bytes. */
  size: number;
  annotations?: Record<string, string>;
}

/** Bytes with the descriptor that names them. */
export interface Blob {
  descriptor: Descriptor;
  bytes: Buffer;
}

/** The digest of `bytes` as the OCI image spec writes it. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** A blob of `bytes` as they are. */
export function blobOf(mediaType: string, bytes: Buffer, annotations?: Record<string, string>): Blob {
  const descriptor: Descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
  return { descriptor: annotations === undefined ? descriptor : { ...descriptor, annotations }, bytes };
}

/** A blob of JSON. Its bytes follow from the order in which the members of `value` were set. */
export function jsonBlob(mediaType: string, value: object): Blob {
  return blobOf(mediaType, Buffer.from(JSON.stringify(value)));
}
