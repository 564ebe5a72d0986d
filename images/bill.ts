/**
 * A filter's software bill of materials, in SPDX 2.3. A module holds the project's own code, AssemblyScript's standard
 * library, and the npm packages that its sources import, with what those depend on; versions, licences and checksums are from
 * package-lock.json.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT, filesBelow, isModuleSource, moduleFilters } from "../tools/project.ts";
import { digestOf } from "./blob.ts";
import type { About } from "./labels.ts";

/** What package-lock.json says about a package. */
export interface LockedPackage {
  version: string;
  license?: string;
  /** Subresource Integrity, such as `sha512-` and base64. */
  integrity?: string;
  dependencies?: Record<string, string>;
}

/** Compiled into every module, though no source imports it by name. */
const STANDARD_LIBRARY = "assemblyscript";

/** The npm packages that go into the module of `filter`, sorted by name. */
export function compiledIn(filter: string): [name: string, LockedPackage][] {
  const lock = JSON.parse(readFileSync(join(PROJECT, "package-lock.json"), "utf8")) as {
    packages: Record<string, LockedPackage>;
  };
  const names = new Set([STANDARD_LIBRARY]);
  const imported = ["assembly", `modules/${filter}`, ...moduleFilters(filter)]
    .flatMap(filesBelow)
    .filter(isModuleSource);
  for (const file of imported) {
    for (const name of importedPackages(readFileSync(join(PROJECT, file), "utf8"))) names.add(name);
  }
  const found = new Map<string, LockedPackage>();
  for (const name of names) {
    const locked = lock.packages[`node_modules/${name}`];
    if (locked === undefined) throw new Error(`package-lock.json has no ${name}, which is compiled into ${filter}`);
    found.set(name, locked);
    // The compiler's own dependencies run when it does; those of a library are part of it.
    if (name !== STANDARD_LIBRARY)
      for (const dependency of Object.keys(locked.dependencies ?? {})) names.add(dependency);
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1));
}

/** The npm packages that a source imports: `@solo-io/proxy-runtime` of `@solo-io/proxy-runtime/assembly/imports`. */
export function importedPackages(source: string): string[] {
  const specifiers = [...source.matchAll(/^(?:import|export)\b[^;]*?\bfrom "([^".][^"]*)"/gm)];
  return specifiers.map(([, specifier = ""]) => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/"));
}

/** The bill for `module`, the bytes of the filter's module, as an SPDX document. The same input gives the same document. */
export function billOf(module: Buffer, about: About, packages = compiledIn(about.filter)): object {
  const { filter, version, license, source, commit } = about;
  const digest = digestOf(module).slice("sha256:".length);
  const filterPackage = {
    name: `signalbox-${filter}`,
    SPDXID: "SPDXRef-filter",
    versionInfo: version,
    packageFileName: `${filter}.wasm`,
    downloadLocation: source ?? "NOASSERTION",
    filesAnalyzed: false,
    checksums: [{ algorithm: "SHA256", checksumValue: digest }],
    licenseConcluded: "NOASSERTION",
    licenseDeclared: license,
    copyrightText: "NOASSERTION",
    primaryPackagePurpose: "LIBRARY",
    ...(commit !== undefined && { sourceInfo: `built from commit ${commit.revision}` }),
  };
  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: `signalbox-${filter}-${version}`,
    // Unique, as SPDX wants it, and the same for the same module.
    documentNamespace: `https://spdx.org/spdxdocs/signalbox-${filter}-${version}-${digest}`,
    creationInfo: { created: commit?.date ?? "1970-01-01T00:00:00Z", creators: [`Tool: signalbox-images-${version}`] },
    packages: [filterPackage, ...packages.map(([name, locked]) => packageOf(name, locked))],
    relationships: [
      { spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: "SPDXRef-filter" },
      ...packages.map(([name]) => ({
        spdxElementId: "SPDXRef-filter",
        relationshipType: "STATIC_LINK",
        relatedSpdxElement: idOf(name),
      })),
    ],
  };
}

function packageOf(name: string, { version, license, integrity = "" }: LockedPackage): object {
  const [algorithm = "", base64 = ""] = integrity.split("-");
  const checksumValue = Buffer.from(base64, "base64").toString("hex");
  const locator = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  return {
    name,
    SPDXID: idOf(name),
    versionInfo: version,
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
    ...(base64 !== "" && { checksums: [{ algorithm: algorithm.toUpperCase(), checksumValue }] }),
    licenseConcluded: "NOASSERTION",
    licenseDeclared: license?.trim() || "NOASSERTION",
    copyrightText: "NOASSERTION",
    externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: locator }],
  };
}

/** An id may have letters, digits, dots and dashes only. */
function idOf(name: string): string {
  return `SPDXRef-npm-${name.replace(/[^A-Za-z0-9.-]+/g, "-").replace(/^-/, "")}`;
}
