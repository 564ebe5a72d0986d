/** In the page's place of Node's `path`: there are no folders. */

/** The last of the names. */
export function join(...names: string[]): string {
  return names.at(-1) ?? "";
}
