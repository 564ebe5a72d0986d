import { stringify } from "yaml";
import type { Request } from "../decision/request.ts";
import type { KindFor, Report, Unreached } from "../diff/diff.ts";
import type { Change } from "../diff/effect.ts";
import type { Workload } from "../filter/configured.ts";
import type { Outcome } from "../diff/side.ts";
import { count } from "./count.ts";
import { listed } from "./lines.ts";
import { paint } from "./paint.ts";

/** How many kinds, and how many rules that nothing met, are shown to people. */
const SHOWN = { kinds: 30, rules: 10 };

/** A report for people. */
export function differenceLines(report: Report, named: boolean, more: boolean): string[] {
  const { name, kinds } = report;
  const title = named ? [...(more ? [""] : []), paint.bold(`${name}:`)] : [];
  const shown = kinds.slice(0, SHOWN.kinds).flatMap((kind) => [...kindLines(kind), ""]);
  return [...title, ...shown, ...moreKinds(report), ...summary(report)];
}

function kindLines({ example, workload, count: times }: KindFor): string[] {
  const { changes, request, draw, old, new: other } = example;
  return [
    `${paint.bold(titleOf(changes))} (${count(times, "request")})`,
    ...listed("  request", [requestText(request)]),
    ...listed("  drawn", drawText(draw)),
    ...listed("  for", workload === undefined ? [] : [workloadText(workload)]),
    ...listed("  old", [sideText(old, changes, "old")]),
    ...listed("  new", [sideText(other, changes, "new")]),
  ];
}

/** What changes, in one line: `allowed → answered 403`, `request header x-subset: v1 → v2`. */
function titleOf(changes: readonly Change[]): string {
  const first = changes.slice(0, 3).map(changeText);
  return [...first, ...(changes.length > 3 ? [`and ${changes.length - 3} more`] : [])].join("; ");
}

function changeText({ what, old, new: other }: Change): string {
  if (what === "outcome") return `${old ?? ""} → ${other ?? ""}`;
  if (what === "reason") return "answered for another reason";
  const [before, after] = [old, other].map((one) => (one === undefined ? "none" : short(one)));
  return `${what}: ${before} → ${after}`;
}

/** How much of a value is shown, in characters. */
const WIDE = 120;

function short(text: string): string {
  return text.length > WIDE ? `${text.slice(0, WIDE)}…` : text;
}

function sideText({ effect, rule }: Outcome, changes: readonly Change[], side: "old" | "new"): string {
  const by = rule === "none" ? "no rule decides" : `by ${rule}`;
  const own = changes.filter(({ what }) => what !== "outcome" && what !== "reason");
  const facts = own.flatMap((change) => (change[side] === undefined ? [] : [`${change.what}: ${short(change[side])}`]));
  return [`${effect.outcome ?? ""}, ${by}`, ...facts].join("; ");
}

/** As `explain --request` takes it. */
function requestText(request: Request): string {
  return stringify(request, { collectionStyle: "flow", lineWidth: 0, version: "1.1" }).trim();
}

function drawText(draw: KindFor["example"]["draw"]): string[] {
  if (draw === "keyed") return ["by the request's key"];
  return draw.from === 0 && draw.to === 100 ? [] : [`from ${draw.from} to ${draw.to} of 100`];
}

function workloadText({ namespace, labels, serviceAccount }: Workload): string {
  const own = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const account = serviceAccount === undefined ? "" : `, service account ${serviceAccount}`;
  return `namespace ${namespace}, ${own.length === 0 ? "no labels" : own.join(",")}${account}`;
}

function moreKinds({ kinds }: Report): string[] {
  const more = kinds.length - SHOWN.kinds;
  return more > 0 ? [`and ${count(more, "more kind")} (--output json has all)`, ""] : [];
}

/** What was tried, and what was not met or cannot be seen. */
function summary(report: Report): string[] {
  const { unreached, unseen } = report;
  return [
    ...(["old", "new"] as const).flatMap((side) => {
      const missing = unreached.filter((one) => one.side === side);
      if (missing.length === 0) return [];
      return [
        `no request met ${count(missing.length, "rule")} of the ${side} one:`,
        ...rulesShown(missing).map((line) => `  ${line}`),
      ];
    }),
    ...unseen.map((line) => `not compared: ${line}`),
    `${conclusion(report)}`,
  ];
}

function rulesShown(unreached: readonly Unreached[]): string[] {
  const shown = unreached.slice(0, SHOWN.rules).map(({ file, line, rule }) => `${file}:${line}: ${rule}`);
  const more = unreached.length - SHOWN.rules;
  return more > 0 ? [...shown, `and ${more} more (--output json has all)`] : shown;
}

function conclusion({ kinds, asked }: Report): string {
  const among = `among ${count(asked, "request")}`;
  return kinds.length === 0 ? `no difference found ${among}` : `${count(kinds.length, "kind")} of difference ${among}`;
}

/** Reports for a comment on a pull request. Whatever a file says stands in code, so that it cannot be read as Markdown. */
export function differenceMarkdown(reports: readonly Report[]): string[] {
  return reports.flatMap((report, at) => [
    ...(at > 0 ? [""] : []),
    `### ${code(report.name)}: ${conclusion(report)}`,
    ...report.kinds.slice(0, SHOWN.kinds).flatMap(markdownKind),
    ...moreKinds(report)
      .slice(0, 1)
      .flatMap((line) => ["", line]),
    ...markdownSummary(report),
  ]);
}

function markdownKind({ example, workload, count: times }: KindFor): string[] {
  const { changes, request, draw, old, new: other } = example;
  const line = (name: string, text: string): string => `- ${name}: ${code(text)}`;
  return [
    "",
    `**${code(titleOf(changes))}** (${count(times, "request")})`,
    "",
    line("request", requestText(request)),
    ...drawText(draw).map((text) => line("drawn", text)),
    ...(workload === undefined ? [] : [line("workload", workloadText(workload))]),
    line("old", sideText(old, changes, "old")),
    line("new", sideText(other, changes, "new")),
  ];
}

function markdownSummary({ unreached, unseen }: Report): string[] {
  const rules = unreached.slice(0, SHOWN.rules).map(({ side, rule }) => `- ${code(rule)} of the ${side} one`);
  const more = unreached.length - SHOWN.rules;
  return [
    ...(unreached.length === 0 ? [] : ["", "No request met these rules:", "", ...rules]),
    ...(more > 0 ? [`- and ${more} more`] : []),
    ...(unseen.length === 0 ? [] : ["", "Not compared:", "", ...unseen.map((text) => `- ${code(text)}`)]),
  ];
}

/** A span of code (CommonMark 0.31, 6.1): between more backticks than the text has in a row, and in one line. */
function code(text: string): string {
  const line = text.replace(/[\r\n\u2028\u2029\0]+/g, " ");
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const padded = line.trim() === "" || /^`|`$/.test(line) || /^ .* $/.test(line) ? ` ${line} ` : line;
  return `${fence}${padded}${fence}`;
}

/** A report for programs. */
export function differenceJson({ name, kinds, asked, rules, unreached, unseen }: Report): unknown {
  const outcome = ({ effect, rule }: Outcome): unknown => ({ rule, effect });
  return {
    plugin: name,
    requests: asked,
    differences: kinds.map(({ example, count: times, workload }) => ({
      changes: example.changes,
      requests: times,
      request: example.request,
      ...(drawText(example.draw).length > 0 && { draw: example.draw }),
      ...(workload !== undefined && { workload }),
      old: outcome(example.old),
      new: outcome(example.new),
    })),
    rules,
    unreached,
    notCompared: unseen,
  };
}
