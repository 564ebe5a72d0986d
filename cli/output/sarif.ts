import { createHash } from "node:crypto";
import { isAbsolute, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { Log, ReportingDescriptor, Result } from "sarif";
import { carriedPage, version } from "../carried.ts";
import { codeOf, KINDS, pageOf } from "../codes/codes.ts";
import { OF_UNREAD } from "../codes/files.ts";
import type { Kind } from "../codes/kind.ts";
import type { Finding } from "../finding.ts";
import { STANDARD_INPUT } from "../input/files.ts";
import { withoutPlaces } from "../validate/changes.ts";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** The name and version of the way in which a result is recognised in another run (SARIF 2.1.0, 3.27.17). */
const FINGERPRINT = "signalbox/v1";

/**
 * Findings as SARIF 2.1.0, which code scanning shows in a pull request. The rules are the codes, each with its page. A result is
 * recognised again if lines were added before it.
 *
 * @param unread the files that could not be read, a line each
 */
export function sarifLog(findings: readonly Finding[], unread: readonly string[]): Log {
  const codes = new Set(findings.map(({ message }) => codeOf(message)));
  const rules = KINDS.filter(({ code }) => codes.has(code));
  const seen = new Map<string, number>();
  const results = findings.map((finding): Result => {
    const code = codeOf(finding.message);
    const same = fingerprintOf(finding, code);
    const before = seen.get(same) ?? 0;
    seen.set(same, before + 1);
    return {
      ...(code !== undefined && { ruleId: code, ruleIndex: rules.findIndex((rule) => rule.code === code) }),
      level: finding.severity,
      message: { text: `${finding.path === "" ? "" : `${finding.path}: `}${finding.message}` },
      locations: [locationOf(finding)],
      partialFingerprints: { [FINGERPRINT]: `${same}:${before + 1}` },
      ...(finding.filter !== undefined && { properties: { filter: finding.filter } }),
    };
  });
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "signalbox",
            semanticVersion: version(),
            rules: rules.map(descriptorOf),
            ...(unread.length > 0 && { notifications: [descriptorOf(OF_UNREAD)] }),
          },
        },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: unread.length === 0,
            toolExecutionNotifications: unread.map((text) => {
              return { level: "error", descriptor: { id: OF_UNREAD.code, index: 0 }, message: { text } };
            }),
          },
        ],
        results,
      },
    ],
  };
}

function descriptorOf({ code, title }: Kind): ReportingDescriptor {
  const url = pageOf(code, process.env.SIGNALBOX_PAGES);
  // Links within the project lead nowhere from another place.
  const page = carriedPage(code)
    .replace(/^# .*\n+/, "")
    .replace(/\[([^\]]*)\]\((?!https?:)[^)]*\)/g, "$1");
  return {
    id: code,
    shortDescription: { text: title },
    help: { text: `${title}: ${url}`, markdown: page },
    ...(/^https?:\/\//.test(url) && { helpUri: url }),
  };
}

function locationOf({ file, line, column, path }: Finding): NonNullable<Result["locations"]>[number] {
  return {
    physicalLocation: {
      artifactLocation: file === STANDARD_INPUT ? { description: { text: "standard input" } } : { uri: uriOf(file) },
      region: { startLine: line, startColumn: column },
    },
    ...(path !== "" && { logicalLocations: [{ fullyQualifiedName: path }] }),
  };
}

/** Relative to the folder in which the command runs, as code scanning expects it of the repository's; another file by its whole path. */
function uriOf(file: string): string {
  const path = isAbsolute(file) ? relative(process.cwd(), file) : file;
  if (path.startsWith(`..${sep}`) || isAbsolute(path)) return pathToFileURL(file).href;
  const parts = path.split(sep).filter((part) => part !== ".");
  return parts.map(encodeURIComponent).join("/");
}

/** Of what a finding says, without the lines that it names: they change with every line before them. */
function fingerprintOf({ file, path, message }: Finding, code = ""): string {
  const text = JSON.stringify([code, file, path, withoutPlaces(message)]);
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
