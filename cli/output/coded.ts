import { codeOf, pageOf } from "../codes/codes.ts";
import type { Finding } from "../finding.ts";

/** A finding as programs get it. */
export interface CodedFinding extends Finding {
  /** The kind of problem. */
  readonly code?: string;
  /** The page of the code. */
  readonly url?: string;
}

/**
 * A finding with its code, and with the address of the code's page. That is a path within the project, or what `SIGNALBOX_PAGES` in the
 * environment says with the code in the place of `{code}`.
 */
export function coded(finding: Finding): CodedFinding {
  const code = codeOf(finding.message);
  return code === undefined ? finding : { ...finding, code, url: pageOf(code, process.env.SIGNALBOX_PAGES) };
}

/** What stands in brackets after a finding's message: the filter that says so, and the code. */
export function labelsOf({ filter, message }: Pick<Finding, "filter" | "message">): string[] {
  return [filter, codeOf(message)].filter((one) => one !== undefined).map((one) => ` [${one}]`);
}
