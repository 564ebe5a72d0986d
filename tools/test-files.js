/**
 * The one rule of what is a test and no source: a file whose name ends in `.spec.ts` or `.test.ts`, and every file in a folder
 * named `test`, at any depth. JavaScript, as ESLint reads it too.
 */
const ENDINGS = [".spec.ts", ".test.ts"];
const FOLDER = "test";

/** The rule as patterns, for ESLint and for git (`:(glob)`). */
export const TEST_FILES = [...ENDINGS.map((ending) => `**/*${ending}`), `**/${FOLDER}/**`];

/**
 * Whether a file is a test, or helps one.
 *
 * @param {string} file its path relative to the project
 */
export function isTestFile(file) {
  return ENDINGS.some((ending) => file.endsWith(ending)) || file.split("/").slice(0, -1).includes(FOLDER);
}
