import type { Commit } from "./commit.ts";

/** What the image of a filter says about itself. */
export interface About {
  filter: string;
  /** Of the project, as in package.json. */
  version: string;
  /** An SPDX expression, as in package.json. */
  license: string;
  /** Where the sources are published, if anywhere: a URL. */
  source?: string | undefined;
  commit?: Commit | undefined;
}

/**
 * The labels of an image, which are its annotations too, with the keys that the OCI image spec defines in
 * annotations.md. What is not known is left out. There is no `base.*`: an image is made from nothing.
 */
export function labelsOf({ filter, version, license, source, commit }: About): Record<string, string> {
  const known: Record<string, string | undefined> = {
    created: commit?.date,
    licenses: license,
    revision: commit?.revision,
    source,
    title: `signalbox-${filter}`,
    version,
  };
  const labels: Record<string, string> = {};
  for (const [key, value] of Object.entries(known)) {
    if (value !== undefined) labels[`org.opencontainers.image.${key}`] = value;
  }
  return labels;
}
