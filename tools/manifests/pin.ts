import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT, filesBelow } from "../project.ts";

/** Where an image of a filter lies. */
export interface Pin {
  filter: string;
  /** With host, path and tag, and no scheme. */
  name: string;
  /** Of its manifest. */
  digest: string;
}

/** The line by which the manifests here name the image of a filter, in a registry that does not exist. */
const URL_LINE = /^( *)url: oci:\/\/registry\.example\.com\/signalbox\/([a-z0-9-]+):\S+$/gm;

/** The line by which a Deployment here names the image of its container, in the same registry. */
const IMAGE_LINE = /^([ -]*)image: registry\.example\.com\/signalbox\/([a-z0-9-]+):\S+$/gm;

/**
 * A manifest with each filter's `url` that of its image in `pins`, and that image's digest as `sha256`, which for `oci://` is its
 * manifest's. Throws where there is none for a filter. The image of a container is pinned by its digest where it is among `pins`, and
 * left as it is where only the filters were pushed.
 */
export function pinned(text: string, pins: readonly Pin[]): string {
  const withImages = text.replace(IMAGE_LINE, (line, indent: string, name: string) => {
    const pin = pins.find((one) => one.filter === name);
    return pin === undefined ? line : `${indent}image: ${pin.name}@${pin.digest}`;
  });
  return withImages.replace(URL_LINE, (_line, indent: string, filter: string) => {
    const pin = pins.find((one) => one.filter === filter);
    if (pin === undefined) throw new Error(`there is no image of ${filter}`);
    return `${indent}url: oci://${pin.name}\n${indent}sha256: ${pin.digest.slice("sha256:".length)}`;
  });
}

/** Writes `manifests/` with every image pinned into `folder`, in place of what was there. */
export function writePinned(pins: readonly Pin[], folder = join(PROJECT, "build/manifests")): void {
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(PROJECT, "manifests"), folder, { recursive: true });
  for (const file of filesBelow("manifests")) {
    const text = readFileSync(join(PROJECT, file), "utf8");
    writeFileSync(join(folder, file.slice("manifests/".length)), pinned(text, pins));
  }
}
