import type { Summary } from "../measure/statistics.ts";
import { routesName } from "../variants/header-routing.ts";
import { ROUTE_COUNTS } from "../variants/variant.ts";
import type { Results } from "./results.ts";
import { TARGETS, judge, type Outcome } from "./targets.ts";

/** The whole result in Markdown. */
export function markdown(results: Results): string {
  return [heading(results), variantTable(results), routeTable(results), targetTable(results)].join("\n\n") + "\n";
}

/** What the project holds itself to, and how it came out. */
function targetTable({ added }: Results): string {
  const rows = TARGETS.map((target) => {
    const bound = "atMost" in target.bound ? `at most ${target.bound.atMost}` : `at least ${target.bound.atLeast}`;
    const outcome = judge(target, added);
    return `| ${target.title} | ${bound} | ${outcome === undefined ? "not measured | | " : judged(outcome)} |`;
  });
  return ["| ratio of what they add | target | measured | 95 % interval | |", "|---|---|---|---|---|", ...rows].join(
    "\n",
  );
}

function judged({ ratio, range, met, certain }: Outcome): string {
  return `${ratio.toFixed(2)} | ${range[0].toFixed(2)} to ${range[1].toFixed(2)} | ${met ? "met" : "**missed**"}${certain ? "" : ", uncertain"}`;
}

function heading({ machine, envoy, date, method, disturbance, base }: Results): string {
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  return `# What a filter costs

Written by \`make bench\` on ${date}: Envoy ${envoy}, ${machine}.

${method}
Meanwhile other processes had ${percent(disturbance.others)} of the machine's CPU time, and the hypervisor kept
${percent(disturbance.stolen)} from it: the more, the less a difference of a few percent means. Compare within a table, not between two.

With no filter a request costs ${figures(base)} µs (quartiles ${base.lower.toFixed(1)} to ${base.upper.toFixed(1)}).

![what each adds](results.svg)`;
}

function variantTable({ variants, added }: Results): string {
  const rows = variants
    .filter(({ name }) => name !== "no-filter" && !/-(10|100|200|1000|5000)$/.test(name))
    .map((variant) => {
      const summary = added.get(variant.name);
      const columns = summary === undefined ? `${"reason" in variant ? variant.reason : ""} | | | ` : row(summary);
      return `| ${variant.title} | ${columns} |`;
    });
  const head = "| filter | adds, µs a request | 95 % interval | quartiles | turns |\n|---|---|---|---|---|";
  return [head, ...rows].join("\n");
}

function row(summary: Summary): string {
  const { interval, lower, upper, count } = summary;
  return `${figures(summary)} | ${span(interval[0], interval[1])} | ${span(lower, upper)} | ${count}`;
}

function routeTable({ added }: Results): string {
  const measured = ROUTE_COUNTS.filter((count) => added.has(routesName(count)) || added.has(`native-${count}`));
  const rows = measured.map((count) => {
    const ours = added.get(routesName(count));
    const native = added.get(`native-${count}`);
    const ratio =
      ours === undefined || native === undefined || native.median <= 0 ? "" : (native.median / ours.median).toFixed(2);
    const cell = (summary?: Summary): string => (summary === undefined ? "not measured" : figures(summary));
    return `| ${count.toLocaleString("en")} | ${cell(ours)} | ${cell(native)} | ${ratio} |`;
  });
  const head =
    "| routes, the last one taken | header-routing adds, µs | native table adds, µs | native / ours |\n|---|---|---|---|";
  return [head, ...rows].join("\n");
}

function figures({ median }: Summary): string {
  return median.toFixed(1);
}

function span(least: number, most: number): string {
  return `${least.toFixed(1)} to ${most.toFixed(1)}`;
}
