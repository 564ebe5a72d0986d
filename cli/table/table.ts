import { dirname, isAbsolute, join } from "node:path";
import { Failure } from "../failure.ts";
import type { Finding } from "../finding.ts";
import type { Workload } from "../filter/configured.ts";
import { readDocuments, type Source } from "../input/documents.ts";
import { STANDARD_INPUT } from "../input/files.ts";
import { positionOf } from "../input/position.ts";
import { isObject, type Json } from "../input/resource.ts";
import { findingLine } from "../output/findings.ts";
import { requestOf, type Request } from "../decision/request.ts";
import { suggestion } from "../schema/problem.ts";
import { EXPECTATIONS, SECTION_EXPECTATIONS, type Expected } from "./expected.ts";

/** A request, and what is expected of the filter. */
export interface Case {
  readonly name: string;
  readonly request: Request;
  readonly expect: Expected;
  /** Which plugin of the file, where it has several. */
  readonly plugin: string | undefined;
  /** Where it stands. */
  readonly file: string;
  readonly line: number;
}

/** A table of cases for one configuration. */
export interface Table {
  readonly file: string;
  /** The file of the configuration, found from where the command runs. */
  readonly config: string;
  readonly filter: string | undefined;
  readonly workload: Partial<Workload>;
  readonly cases: readonly Case[];
}

const FIELDS = ["config", "filter", "workload", "tests"];
const CASE_FIELDS = ["name", "request", "expect", "plugin"];
const WORKLOAD_FIELDS = ["namespace", "labels", "serviceAccount"];

/**
 * Reads the tables of a file, one a document.
 *
 * @throws Failure where it is none, with the line
 */
export function readTables(file: string): Table[] {
  const findings: Finding[] = [];
  const sources = readDocuments(file, findings);
  if (findings.length > 0) throw new Failure(`${file} is no table:\n${findings.map(findingLine).join("\n")}`);
  if (sources.length === 0) throw new Failure(`${file} has no tests`);
  return sources.map(tableOf);
}

function tableOf(source: Source): Table {
  const where = source.file;
  const whole = known(source.value, FIELDS, where);
  const { config, filter, workload = {}, tests } = whole;
  if (typeof config !== "string") throw new Failure(`${where}: config: expected the file of the configuration`);
  if (!Array.isArray(tests) || tests.length === 0)
    throw new Failure(`${where}: tests: expected a list that is not empty`);
  const beside = where === STANDARD_INPUT ? "." : dirname(where);
  return {
    file: where,
    config: isAbsolute(config) ? config : join(beside, config),
    filter: typeof filter === "string" ? filter : undefined,
    workload: known(workload, WORKLOAD_FIELDS, `${where}: workload`) as Partial<Workload>,
    cases: tests.map((test, place) => caseOf(source, test, place)),
  };
}

function caseOf(source: Source, value: unknown, place: number): Case {
  const { file, line } = positionOf(source, ["tests", place]);
  const where = `${file}:${line}: tests[${place}]`;
  const { name, request = {}, expect, plugin } = known(value, CASE_FIELDS, where);
  const expected = expectedOf(expect, EXPECTATIONS, `${where}.expect`);
  for (const [name, section] of Object.entries((expected.sections as Json | undefined) ?? {})) {
    expectedOf(section, SECTION_EXPECTATIONS, `${where}.expect.sections.${name}`);
  }
  const asked = requestOf(request, `${where}.request`);
  return {
    name: typeof name === "string" ? name : `${asked.method ?? "GET"} ${asked.host ?? ""}${asked.path ?? "/"}`,
    request: asked,
    expect: expected as Expected,
    plugin: typeof plugin === "string" ? plugin : undefined,
    file,
    line,
  };
}

function expectedOf(value: unknown, fields: typeof SECTION_EXPECTATIONS, where: string): Json {
  const expected = known(value, Object.keys(fields), where);
  if (Object.keys(expected).length === 0)
    throw new Failure(`${where}: expected something, such as {outcome: forwarded}`);
  for (const [field, given] of Object.entries(expected)) {
    const [what = "", fits] = fields[field] ?? [];
    if (fits?.(given) !== true) throw new Failure(`${where}.${field}: expected ${what}, got ${JSON.stringify(given)}`);
  }
  return expected;
}

function known(value: unknown, fields: readonly string[], where: string): Json {
  if (!isObject(value)) throw new Failure(`${where}: expected an object with ${fields.join(", ")}`);
  const unknown = Object.keys(value).find((field) => !fields.includes(field));
  if (unknown !== undefined) throw new Failure(`${where}: unknown field "${unknown}"${suggestion(unknown, fields)}`);
  return value;
}
