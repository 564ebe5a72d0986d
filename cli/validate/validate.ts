import { inOrder, type Finding } from "../finding.ts";
import { readAll } from "../input/read-all.ts";
import { moduleOf } from "../filter/module.ts";
import { checkDocument, type Checked } from "./check-document.ts";
import { duplicates } from "./duplicates.ts";

/** What was checked, and what came of it. */
export interface Validation {
  readonly findings: readonly Finding[];
  /** How many configurations a filter has been run on. */
  readonly plugins: number;
  /** How many resources were compared with Istio's schema. */
  readonly resources: number;
  /** How many resources are of kinds that are not Istio's, and were passed over. */
  readonly otherResources: number;
  /** How many files and documents of folders are no resources, and were passed over. */
  readonly otherDocuments: number;
  /** The files and folders that could not be read, with the reason. */
  readonly unread: readonly string[];
}

/**
 * Checks files and folders: the pluginConfig of each WasmPlugin and TrafficExtension by the compiled filter, Istio's
 * resources by its schema. Other kinds are passed over. If nothing is left to check, that is an error.
 *
 * @param filter the filter that all of them are for, whatever they name; and that a document which is no resource is the
 *   pluginConfig of, if its file was named
 * @throws Failure if a filter is not built
 */
export function validate(names: readonly string[], filter: string | undefined): Validation {
  if (filter !== undefined) moduleOf(filter);
  const { files, sources, findings: unreadable, unread, otherFiles } = readAll(names);
  const checked = sources.map((source) => checkDocument(source, filter));
  const all = (count: (one: Checked) => number): number => checked.reduce((sum, one) => sum + count(one), 0);
  const resources = checked.flatMap((one) => one.resources);
  const counts = {
    plugins: all((one) => one.plugins),
    resources: resources.length,
    otherResources: all((one) => one.otherResources),
    otherDocuments: all((one) => one.otherDocuments) + otherFiles,
  };
  const findings = [...unreadable, ...checked.flatMap((one) => one.findings), ...duplicates(resources)];
  const unchecked = checked.flatMap((one) => one.unchecked);
  const nothing = counts.plugins + counts.resources - unchecked.length === 0;
  findings.push(...unchecked.map((one): Finding => (nothing ? { ...one, severity: "error" } : one)));
  const hasError = findings.some(({ severity }) => severity === "error");
  if (nothing && !hasError && unread.length === 0) findings.push(nothingChecked(files[0] ?? "", counts));
  return { findings: inOrder(findings, files), ...counts, unread: unread.map(({ message }) => message) };
}

/** Nothing checked is no success: in CI it is a misspelt name or an empty pipe. */
function nothingChecked(file: string, { otherResources, otherDocuments }: Partial<Validation>): Finding {
  const others = (otherResources ?? 0) + (otherDocuments ?? 0) > 0;
  const message = others ? "nothing to check: no resource of Istio is here" : "nothing to check: it is empty";
  return { severity: "error", file, line: 1, column: 1, path: "", message };
}
