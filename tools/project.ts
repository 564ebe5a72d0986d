import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isTestFile } from "./test-files.js";

/** The project's own folder, wherever it lies. */
export const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Every file below `folder` (relative to the project, which may lack it), relative to the project and sorted. */
export function filesBelow(folder: string): string[] {
  const absolute = join(PROJECT, folder);
  if (statSync(absolute, { throwIfNoEntry: false }) === undefined) return [];
  const entries = readdirSync(absolute, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(PROJECT, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** Whether a file below assembly/, filters/ or modules/ is AssemblyScript that goes into a module. */
export function isModuleSource(file: string): boolean {
  return file.endsWith(".ts") && !file.endsWith(".d.ts") && !isTestFile(file);
}

/** The names of the modules: the files of modules/, each of which becomes `build/<name>.wasm`. */
export function moduleNames(): string[] {
  return filesBelow("modules")
    .map((file) => /^modules\/([^/]+)\.ts$/.exec(file)?.[1])
    .filter((name) => name !== undefined);
}

/** The file that a module is compiled from. */
export function moduleEntry(name: string): string {
  return `modules/${name}.ts`;
}

/** The names of the filters: the modules that have a folder of their own in filters/. */
export function filterNames(): string[] {
  return moduleNames().filter((name) => existsSync(join(PROJECT, `filters/${name}/filter.ts`)));
}

/** The folder with the documents, examples and manifests of a module: its filter's, or its own if it composes several. */
export function moduleFolder(name: string): string {
  return filterNames().includes(name) ? `filters/${name}` : `modules/${name}`;
}

/** The folders of the filters that a module is composed of, by what its sources import. */
export function moduleFilters(name: string): string[] {
  const sources = [moduleEntry(name), ...filesBelow(`modules/${name}`)].filter(isModuleSource);
  const imports = sources.flatMap((file) => [
    ...readFileSync(join(PROJECT, file), "utf8").matchAll(/"(?:\.\.\/)+(filters\/[^/]+)\//g),
  ]);
  return [...new Set(imports.map((match) => match[1] ?? ""))].sort();
}
