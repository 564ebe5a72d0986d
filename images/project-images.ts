import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT, moduleNames } from "../tools/project.ts";
import { billOf } from "./bill.ts";
import { type Commit, lastCommitOf } from "./commit.ts";
import { FORMS, type Image, imageOf } from "./image.ts";
import type { About } from "./labels.ts";
import { layoutOf, writeLayout } from "./layout.ts";

/** The folder that `make images` writes to. */
export const IMAGES = join(PROJECT, "build/images");

/** A filter's module as `make build` left it. Throws where it is not built. */
export function moduleOf(filter: string): Buffer {
  return readFileSync(join(PROJECT, `build/${filter}.wasm`));
}

/**
 * What the images of a filter say about themselves: from package.json and git. `SOURCE` in the environment is where the sources
 * are published, where package.json has no `repository`; it becomes part of the image, and so of its digest.
 *
 * @returns that, and in one line why the commit is not known, if so
 */
export function aboutFilter(filter: string): { about: About; unknown?: string } {
  return aboutImage(filter, lastCommitOf(filter));
}

/** The same of any image of the project. */
export function aboutImage(filter: string, commit: Commit | string): { about: About; unknown?: string } {
  const { version, license, repository } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as {
    version: string;
    license: string;
    repository?: { url: string };
  };
  const about: About = { filter, version, license, source: repository?.url ?? (process.env.SOURCE || undefined) };
  return typeof commit === "string" ? { about, unknown: commit } : { about: { ...about, commit } };
}

/** The images of a filter's module in every form. */
export function imagesOf(filter: string, about: About): Image[] {
  const module = moduleOf(filter);
  return FORMS.map((form) => imageOf(form, module, about));
}

/**
 * Writes of each filter, into `folder/<filter>/`, an image in both forms that Istio takes, as an OCI layout (`compat/`,
 * `artifact/`) and as an archive of it (`compat.tar`, which `docker load` takes too, `artifact.tar`), and its bill of materials
 * (`bill.spdx.json`).
 *
 * @returns each archive with the digest of its manifest, and why revisions are not known, if so
 */
export function writeImages(folder: string): { written: { archive: string; digest: string }[]; reasons: Set<string> } {
  const written: { archive: string; digest: string }[] = [];
  const reasons = new Set<string>();
  for (const filter of moduleNames()) {
    const { about, unknown } = aboutFilter(filter);
    if (unknown !== undefined) reasons.add(unknown);
    for (const image of imagesOf(filter, about)) {
      const layout = join(folder, filter, image.form);
      writeLayout(layoutOf(image, { repository: `signalbox/${filter}`, tag: about.version }), layout);
      written.push({ archive: `${layout}.tar`, digest: image.manifest.descriptor.digest });
    }
    const bill = JSON.stringify(billOf(moduleOf(filter), about), null, 2);
    writeFileSync(join(folder, filter, "bill.spdx.json"), `${bill}\n`);
  }
  return { written, reasons };
}
