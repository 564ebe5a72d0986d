import { dirname, join } from "node:path/posix";
import ts from "typescript";

/** The endings that an import may leave out, or write as Node would load it. */
const ENDINGS = ["", ".ts", "/index.ts"];

/**
 * The files of the project that a source imports, types and `import()` included. AssemblyScript is read the same way: its
 * imports look like TypeScript's.
 *
 * @param file the source's path, relative to the project
 * @param known every source of the project
 */
export function importsOf(file: string, source: string, known: ReadonlySet<string>): string[] {
  const names = ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName);
  const paths = names.filter((name) => name.startsWith(".")).map((name) => join(dirname(file), name));
  return paths.flatMap((path) => ENDINGS.map((ending) => path + ending).find((one) => known.has(one)) ?? []);
}
