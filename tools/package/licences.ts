import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../project.ts";

/** The licence of Signalbox itself, whose text the package has anyway. */
const OWN = "Apache-2.0";

/** What a package says about itself. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/**
 * The licences of the packages that a bundle is made of, each with its text, as they ask for.
 *
 * @param inputs the files that are in the bundle, relative to the project
 * @throws Error if a package has no text of its licence
 */
export function licences(inputs: readonly string[]): string {
  const packages = new Map<string, string[]>();
  for (const file of inputs) {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
    if (folder !== undefined) packages.set(folder, [...(packages.get(folder) ?? []), file]);
  }
  const sections = [...packages].sort().map(([folder, files]) => section(folder, files));
  return `The command contains these libraries.\n\n${sections.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

function section(folder: string, files: readonly string[]): string {
  const { name, version, license } = JSON.parse(text(`${folder}/package.json`)) as Manifest;
  const named = readdirSync(join(PROJECT, folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const texts = [...named.map((file) => text(`${folder}/${file}`).trim()), ...files.flatMap(noticeOf)];
  if (named.length === 0) {
    const others = license.replace(OWN, "").replace(/[() ]|AND/g, "");
    if (others === license || (others !== "" && texts.length === 0)) {
      throw new Error(`${folder} has no text of its licence (${license}), which the package must carry`);
    }
    texts.unshift(`The text of ${OWN} is in LICENSE.`);
  }
  return [`${name} ${version} (${license})`, ...texts].join("\n\n");
}

/** A licence at the head of one file, which was taken from another project. */
function noticeOf(file: string): string[] {
  const [head = ""] = /^(\/\/.*\n)+/.exec(text(file)) ?? [];
  return head.includes("Redistribution") ? [head.replace(/^\/\/ ?/gm, "").trim()] : [];
}

function text(file: string): string {
  return readFileSync(join(PROJECT, file), "utf8");
}
