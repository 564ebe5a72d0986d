import type { Finding } from "../finding.ts";
import { labelsOf } from "./coded.ts";
import { paint } from "./paint.ts";

/**
 * A finding as compilers write them, so that editors and CI find the place: `file:line:column: error: path: message`, and last, in
 * brackets, the filter that says so and the code. Of an object, which has no lines, the JSON pointer is the place.
 */
export function findingLine(finding: Finding): string {
  const { severity, file, line, column, pointer, path, message } = finding;
  const place = paint.bold(`${pointer ?? `${file}:${line}:${column}`}:`);
  const what = severity === "error" ? paint.red("error:") : paint.yellow("warning:");
  return `${place} ${what} ${path === "" ? "" : `${path}: `}${message}${labelsOf(finding).map(paint.dim).join("")}`;
}
