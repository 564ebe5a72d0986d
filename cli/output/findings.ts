import type { Finding } from "../finding.ts";
import { paint } from "./paint.ts";

/** A finding as compilers write them, so that editors and CI find the place: `file:line:column: error: path: message`. */
export function findingLine({ severity, file, line, column, path, message, filter }: Finding): string {
  const place = paint.bold(`${file}:${line}:${column}:`);
  const what = severity === "error" ? paint.red("error:") : paint.yellow("warning:");
  const by = filter === undefined ? "" : paint.dim(` [${filter}]`);
  return `${place} ${what} ${path === "" ? "" : `${path}: `}${message}${by}`;
}
