import type { TraceAnalysis } from "./analysis.ts";
import { comparison, operationsOf } from "./compare.ts";
import { graph } from "./graph.ts";
import { html, table } from "./markup.ts";
import { reportOf } from "./summary.ts";
import { legend, timeline } from "./timeline.ts";
import { count } from "../../output/count.ts";
import { began, faultLine, pathLine, share, skewLine, time } from "./words.ts";

/** How many rows a table has at most. */
const MOST = 500;

const STYLE = `
:root { color-scheme: light dark }
body { font: 14px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 1120px; padding: 0 1em; color: #24292f; background: #fff }
svg { max-width: 100%; height: auto } figure { margin: 1em 0; overflow-x: auto }
table { border-collapse: collapse; margin: 1em 0 } caption { text-align: left; font-weight: 600 }
th, td { border: 1px solid #d0d7de; padding: .2em .6em; text-align: right } th { font-weight: 400 } th:first-child { text-align: left }
thead th { font-weight: 600 }
text { font: 12px system-ui, sans-serif; fill: #24292f } .title { font-weight: 600 } .quiet { fill: #57606a; font-size: 11px }
.grid { stroke: #d0d7de } .critical { fill: #0969da } .usual { fill: #8c959f }
.failed { fill: url(#hatched); stroke: #cf222e; stroke-width: 1.5 }
.box { fill: #fff; stroke: #57606a } .arrow { fill: none; stroke: #57606a; stroke-width: 1.5 } .head { fill: #57606a }
.failing { stroke: #cf222e; stroke-dasharray: 6 3 }
@media (prefers-color-scheme: dark) {
  body { color: #e6edf3; background: #0d1117 } text { fill: #e6edf3 } .quiet { fill: #8d96a0 }
  .box { fill: #0d1117 } th, td { border-color: #30363d } .grid { stroke: #30363d }
}`;

/** What bars of errors are filled with: lines, which are seen without colour. */
const HATCHED =
  '<svg width="0" height="0" aria-hidden="true"><defs><pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse" ' +
  'patternTransform="rotate(45)"><rect width="6" height="6" fill="#fff"/><rect width="3" height="6" fill="#cf222e"/></pattern></defs></svg>';

/** The report as one page, which needs nothing else: drawings with what they show in words, and tables. It has no script. */
export function htmlReport(traces: readonly TraceAnalysis[]): string {
  const title = traces.length === 1 && traces[0] !== undefined ? `${began(traces[0])}` : count(traces.length, "trace");
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`;
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
    policy,
    `<meta name="viewport" content="width=device-width">\n<title>${html(title)}</title>\n<style>${STYLE}\n</style>\n</head>\n<body>`,
    `<main>\n<h1>${html(title)}</h1>`,
    ...(traces.length === 0 ? ["<p>Nothing in the input matches.</p>"] : bodyOf(traces)),
    "</main>\n</body>\n</html>\n",
  ].join("\n");
}

function bodyOf(traces: readonly TraceAnalysis[]): string[] {
  const { dependencies } = reportOf(traces);
  const [first] = traces;
  const compared = comparison(traces);
  const shown =
    traces.length === 1 || compared === undefined
      ? [first].flatMap((one) => one ?? [])
      : [compared.slowest, compared.median];
  const names =
    traces.length === 1 ? ["The trace"] : compared === undefined ? ["The first trace"] : ["The slowest", "The median"];
  return [
    HATCHED,
    ...shown.flatMap((trace, at) => section(names[at] ?? "", trace)),
    ...(dependencies.length === 0 ? [] : ["<h2>Who calls whom</h2>", graph(dependencies)]),
    ...tables(traces),
  ];
}

function section(name: string, trace: TraceAnalysis): string[] {
  const { tree, duration, services } = trace;
  const counts = [time(duration), count(tree.nodes.length, "span"), count(services.length, "service")].join(", ");
  const lines = [
    `critical path: ${pathLine(trace)}`,
    ...trace.faults.slice(0, MOST).map(faultLine),
    ...trace.skews.map(skewLine),
  ];
  return [
    `<h2>${html(`${name}: ${tree.id}, ${counts}`)}</h2>\n<p>${html(legend(trace))}</p>`,
    timeline(trace),
    `<ul>${lines.map((line) => `<li>${html(line)}</li>`).join("")}</ul>`,
  ];
}

function tables(traces: readonly TraceAnalysis[]): string[] {
  const { services, dependencies, errors } = reportOf(traces);
  const critical = services.reduce((sum, { criticalMs }) => sum + criticalMs, 0);
  const rows = <Item>(items: readonly Item[], row: (item: Item) => string[]): string[][] =>
    items.slice(0, MOST).map(row);
  const ms = (number: number): string => time(number * 1000);
  return [
    table(
      "Operations",
      ["operation", "requests", "errors", "p50", "p95", "p99"],
      rows(operationsOf(traces), (one) => [
        `${one.name} of ${one.service}`,
        String(one.count),
        share(one.errors, one.count),
        time(one.p50),
        time(one.p95),
        time(one.p99),
      ]),
    ),
    table(
      "Services",
      ["service", "critical path", "self", "calls", "errors"],
      rows(services, (one) => [
        one.service,
        share(one.criticalMs, critical),
        ms(one.selfMs),
        String(one.calls),
        String(one.errors),
      ]),
    ),
    table(
      "Calls",
      ["call", "calls", "errors", "p50", "p95", "network"],
      rows(dependencies, (one) => [
        `${one.parent} → ${one.child}`,
        String(one.calls),
        String(one.errors),
        ms(one.p50Ms),
        ms(one.p95Ms),
        ms(one.networkMs),
      ]),
    ),
    ...(errors.length === 0
      ? []
      : [
          table(
            "Errors",
            ["trace", "service", "operation", "what", "where", "recovered"],
            rows(errors, (one) => [
              one.trace,
              one.service,
              one.operation,
              [one.status, one.flags, one.cause].join(" "),
              one.where,
              one.recovered ? `${one.recovery}: ${one.recoveredBy}` : "no",
            ]),
          ),
        ]),
  ];
}
