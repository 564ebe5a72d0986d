import { test } from "node:test";

/**
 * Loads files with tests, by their URLs, one after the other; their tests run in that order. Hooks of a file, such as `before` outside of a
 * suite, are those of all the tests. A file that cannot be loaded is a failed test: once tests have begun, Node's runner only mentions
 * what else fails.
 */
export async function loadTests(files: readonly string[]): Promise<void> {
  for (const file of files) {
    try {
      await import(file);
    } catch (error) {
      test(`${file} is loaded`, () => {
        throw error;
      });
    }
  }
}
