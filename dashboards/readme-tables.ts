/** The table of a filter's metrics, as the filter's README has it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { PROJECT, moduleFolder } from "../tools/project.ts";
import { metricsOf, type FilterMetrics } from "./metrics/index.ts";

const HEAD = "| metric, after `wasmcustom.`";
/** From the line that begins with the head to the last line of the table. */
const TABLE = /^\| metric, after `wasmcustom\.`[^\n]*\n(?:\|[^\n]*\n)*/m;

/** The file with the table of a filter. */
export function readmeOf({ filter }: FilterMetrics): string {
  return `${moduleFolder(filter)}/README.md`;
}

/** The table: a row for each metric, in the order of the description. */
export async function metricsTable(filter: FilterMetrics): Promise<string> {
  const rows = metricsOf(filter).map(({ name, kind, meaning }) => `| \`${name}\` | ${kind} | ${meaning} |\n`);
  return await format(`${HEAD} | kind | meaning |\n| - | - | - |\n${rows.join("")}`, { parser: "markdown" });
}

/**
 * The README of a filter with its table as the description has it.
 *
 * @throws Error where it has no such table
 */
export async function readmeWithTable(filter: FilterMetrics): Promise<string> {
  const text = readFileSync(join(PROJECT, readmeOf(filter)), "utf8");
  if (!TABLE.test(text)) throw new Error(`${readmeOf(filter)} has no table that begins with ${HEAD}`);
  const table = await metricsTable(filter);
  return text.replace(TABLE, () => table);
}
