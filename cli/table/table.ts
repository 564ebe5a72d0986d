import { dirname, isAbsolute, join } from "node:path";
import { Failure } from "../failure.ts";
import type { Finding } from "../finding.ts";
import type { Workload } from "../filter/configured.ts";
import { readDocuments, type Source } from "../input/documents.ts";
import { STANDARD_INPUT } from "../input/files.ts";
import { findingLine } from "../output/findings.ts";
import { requestOf } from "../decision/request.ts";
import { expectedOf } from "./expected.ts";
import { Place } from "./place.ts";
import { onlyStep, sequenceOf, type Step } from "./sequence.ts";

/** A request or several, and what is expected of the filter. */
export interface Case {
  readonly name: string;
  /** In their order; most cases have one. */
  readonly steps: readonly Step[];
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
const CASE_FIELDS = ["name", "request", "expect", "sequence", "plugin"];
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
  const place = Place.whole(source);
  const { config, filter, workload } = place.object(FIELDS);
  if (typeof config !== "string") return place.fail("config: expected the file of the configuration", "config");
  const tests = place.at("tests");
  const { file } = source;
  const beside = file === STANDARD_INPUT ? "." : dirname(file);
  return {
    file,
    config: isAbsolute(config) ? config : join(beside, config),
    filter: typeof filter === "string" ? filter : undefined,
    workload: workload === undefined ? {} : (place.at("workload").object(WORKLOAD_FIELDS) as Partial<Workload>),
    cases: tests.list().map((test) => caseOf(test, file)),
  };
}

function caseOf(place: Place, file: string): Case {
  const { name, plugin, sequence } = place.object(CASE_FIELDS);
  const steps = sequence === undefined ? [requestIn(place)] : sequenceIn(place);
  const { method = "GET", host = "", path = "/" } = steps[0]?.request ?? {};
  return {
    name: typeof name === "string" ? name : `${method} ${host}${path}`,
    steps,
    plugin: typeof plugin === "string" ? plugin : undefined,
    file,
    line: place.line,
  };
}

function requestIn(place: Place): Step {
  const request = place.at("request");
  return onlyStep(requestOf(request.value ?? {}, request.where()), expectedOf(place.at("expect")));
}

function sequenceIn(place: Place): Step[] {
  for (const field of ["request", "expect"]) {
    if (place.at(field).value !== undefined)
      place.fail(`${field} stands in the steps of sequence, not beside it`, field);
  }
  return sequenceOf(place.at("sequence"));
}
