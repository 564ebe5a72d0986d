import { requestOf, type Request } from "../decision/request.ts";
import { Failure } from "../failure.ts";
import { readDocuments } from "../input/documents.ts";
import { isObject } from "../input/resource.ts";
import type { Finding } from "../finding.ts";
import { findingLine } from "../output/findings.ts";

/**
 * The requests of a file: each document is a request as `explain --request` takes it, a list of such, or a table of `signalbox test`.
 *
 * @throws Failure if the file cannot be read, or something in it is no request
 */
export function requestsIn(file: string): Request[] {
  const findings: Finding[] = [];
  const sources = readDocuments(file, findings);
  const [first] = findings;
  if (first !== undefined) throw new Failure(findingLine(first));
  const all = sources.flatMap(({ value }) => valuesIn(value, file));
  if (all.length === 0) throw new Failure(`${file} has no requests`);
  return all.map(([value, where]) => requestOf(value, where));
}

function valuesIn(value: unknown, where: string): [unknown, string][] {
  if (Array.isArray(value)) return value.map((one, at) => [one, `${where}[${at}]`]);
  if (!isObject(value) || !Array.isArray(value.tests)) return [[value, where]];
  return value.tests.flatMap((one, at) => stepsIn(one, `${where}: tests[${at}]`));
}

function stepsIn(value: unknown, where: string): [unknown, string][] {
  if (!isObject(value)) return [];
  const { request, sequence, meanwhile } = value;
  const steps = [sequence, meanwhile].flatMap((list) => (Array.isArray(list) ? list : []));
  return [
    ...(request === undefined ? [] : [[request, `${where}.request`] as [unknown, string]]),
    ...steps.flatMap((step) => stepsIn(step, where)),
  ];
}
