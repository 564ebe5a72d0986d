import { hasErrors, type Finding } from "../finding.ts";
import { labelsOf } from "../output/coded.ts";
import { findingLine } from "../output/findings.ts";
import { REVIEW_VERSION } from "./review.ts";

/** How many errors a message lists, and the longest line of it in characters. The command lists all. */
const MAX_ERRORS = 20;
const LONGEST_LINE = 1000;

/** How many warnings there are at most. An API server shows 4,096 characters of all of them, and 256 of each. */
const MAX_WARNINGS = 20;

/** A body that answers a review. */
export interface Answer {
  readonly uid: string;
  readonly allowed: boolean;
  readonly warnings: readonly string[];
  /** Why it is refused, for people; empty if it is not. */
  readonly message: string;
  /** One for each error that the message lists: the field as a JSON pointer, and what is wrong. */
  readonly causes: readonly { readonly field: string; readonly message: string }[];
}

/** What the findings say of a request: errors refuse it, warnings go along. */
export function answerOf(uid: string, findings: readonly Finding[]): Answer {
  const errors = findings.filter(({ severity }) => severity === "error");
  const warnings = findings.filter(({ severity }) => severity === "warning").map(warningOf);
  if (!hasErrors(findings)) return { uid, allowed: true, warnings: bounded(warnings), message: "", causes: [] };
  const listed = errors.slice(0, MAX_ERRORS);
  const lines = listed.map((finding) => short(findingLine(finding)));
  if (errors.length > listed.length) {
    lines.push(`and ${errors.length - listed.length} more errors: signalbox validate lists them all`);
  }
  return {
    uid,
    allowed: false,
    warnings: bounded(warnings),
    message: lines.length === 1 ? String(lines[0]) : `${errors.length} errors\n${lines.join("\n")}`,
    causes: listed.map(({ pointer = "", message }) => ({ field: short(pointer), message: short(message) })),
  };
}

/** The same for an object that is in force already, so that refusing it would mend nothing: errors become warnings. */
export function answerOfUnchanged(uid: string, findings: readonly Finding[]): Answer {
  const warnings = findings.map((finding) => {
    return finding.severity === "error" ? `already applied, with an error: ${warningOf(finding)}` : warningOf(finding);
  });
  return { uid, allowed: true, warnings: bounded(warnings), message: "", causes: [] };
}

/** An answer that allows and says nothing. */
export function passedOver(uid: string): Answer {
  return { uid, allowed: true, warnings: [], message: "", causes: [] };
}

/** An answer that refuses for one reason, which is about no field. */
export function refused(uid: string, message: string): Answer {
  return { uid, allowed: false, warnings: [], message: message + labelsOf({ message }).join(""), causes: [] };
}

/**
 * The AdmissionReview that says so (k8s.io/api/admission/v1). It is no 422 `Invalid`, as an API server's own refusals are: of those
 * kubectl shows the causes, and not the message.
 */
export function reviewOf({ uid, allowed, warnings, message, causes }: Answer): string {
  const status = {
    status: "Failure",
    reason: "BadRequest",
    code: 400,
    message,
    ...(causes.length > 0 && {
      details: { causes: causes.map((cause) => ({ reason: "FieldValueInvalid", ...cause })) },
    }),
  };
  const response = {
    uid,
    allowed,
    ...(!allowed && { status }),
    ...(warnings.length > 0 && { warnings }),
  };
  return JSON.stringify({ apiVersion: REVIEW_VERSION, kind: "AdmissionReview", response });
}

/** kubectl writes `Warning: ` before it. */
function warningOf(finding: Finding): string {
  return short(`${finding.path}: ${finding.message}${labelsOf(finding).join("")}`);
}

function bounded(warnings: readonly string[]): readonly string[] {
  if (warnings.length <= MAX_WARNINGS) return warnings;
  return [...warnings.slice(0, MAX_WARNINGS), `and ${warnings.length - MAX_WARNINGS} more warnings`];
}

function short(line: string): string {
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
}
