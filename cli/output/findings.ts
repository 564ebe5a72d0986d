import type { Finding } from "../finding.ts";
import { paint } from "./paint.ts";

/**
 * A finding as compilers write them, so that editors and CI find the place: `file:line:column: error: path: message`. Of an
 * object, which has no lines, the JSON pointer is the place.
 */
export function findingLine({ severity, file, line, column, pointer, path, message, filter }: Finding): string {
  const place = paint.bold(`${pointer ?? `${file}:${line}:${column}`}:`);
  const what = severity === "error" ? paint.red("error:") : paint.yellow("warning:");
  const by = filter === undefined ? "" : paint.dim(` [${filter}]`);
  return `${place} ${what} ${path === "" ? "" : `${path}: `}${message}${by}`;
}
