import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { OCI_INDEX } from "./media-types.ts";
import { type Image, blobsOf } from "./image.ts";
import { type TarFile, tar } from "./tar.ts";

/** Under which names an image is filed in a layout. */
export interface Name {
  /** Such as `signalbox/authz`, for `docker load`. */
  repository: string;
  tag: string;
}

/**
 * The files of an OCI image layout (image-layout.md) that holds one image. The compat form has `manifest.json` besides,
 * the older format of `docker save`, whose archives have both since Docker 25: so every Docker loads it.
 */
export function layoutOf(image: Image, { repository, tag }: Name): TarFile[] {
  const blobs = [...blobsOf(image), image.manifest];
  const annotations = { "org.opencontainers.image.ref.name": tag };
  const manifests = [{ ...image.manifest.descriptor, annotations }];
  const files = blobs.map(({ descriptor, bytes }) => ({ name: pathOf(descriptor.digest), bytes }));
  files.push(json("index.json", { schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
  files.push(json("oci-layout", { imageLayoutVersion: "1.0.0" }));
  if (image.form === "compat") {
    const Layers = image.layers.map(({ descriptor }) => pathOf(descriptor.digest));
    const Config = pathOf(image.config.descriptor.digest);
    files.push(json("manifest.json", [{ Config, RepoTags: [`${repository}:${tag}`], Layers }]));
  }
  return files.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Writes the layout into `folder`, in place of what was there, and as an archive beside it, `<folder>.tar`. */
export function writeLayout(files: readonly TarFile[], folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  for (const { name, bytes } of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  writeFileSync(`${folder}.tar`, tar(files));
}

function pathOf(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

function json(name: string, value: object): TarFile & { bytes: Buffer } {
  return { name, bytes: Buffer.from(JSON.stringify(value)) };
}
