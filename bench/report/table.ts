import type { Summary } from "../measure/statistics.ts";
import { isRung, type Ladder } from "../suites/suite.ts";
import type { Results } from "./results.ts";
import { judge, wholeCosts, type Outcome } from "./targets.ts";

/** The whole result in Markdown. */
export function markdown(results: Results): string {
  const ladder = results.suite.ladder === undefined ? [] : [ladderTable(results, results.suite.ladder)];
  return [heading(results), variantTable(results), ...ladder, targetTable(results)].join("\n\n") + "\n";
}

/** What the project holds itself to, and how it came out. */
function targetTable({ suite, added, base }: Results): string {
  const whole = wholeCosts(added, base, suite.base.name);
  const rows = suite.targets.map((target) => {
    const bound = "atMost" in target.bound ? `at most ${target.bound.atMost}` : `at least ${target.bound.atLeast}`;
    const outcome = judge(target, target.whole ? whole : added);
    return `| ${target.title} | ${bound} | ${outcome === undefined ? "not measured | | " : judged(outcome)} |`;
  });
  return ["| ratio of what they add | target | measured | 95 % interval | |", "|---|---|---|---|---|", ...rows].join(
    "\n",
  );
}

function judged({ ratio, range, met, certain }: Outcome): string {
  return `${ratio.toFixed(2)} | ${range[0].toFixed(2)} to ${range[1].toFixed(2)} | ${met ? "met" : "**missed**"}${certain ? "" : ", uncertain"}`;
}

function heading({ suite, machine, envoy, date, method, disturbance, base }: Results): string {
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  return `# What a filter costs: ${suite.name}

Written by \`make bench\` on ${date}: Envoy ${envoy}, ${machine}.

${method}
Meanwhile other processes had ${percent(disturbance.others)} of the machine's CPU time, and the hypervisor kept
${percent(disturbance.stolen)} from it: the more, the less a difference of a few percent means. Compare within a table, not between two.

With no filter a request costs ${figures(base)} µs (quartiles ${base.lower.toFixed(1)} to ${base.upper.toFixed(1)}).

![what each adds](${suite.name}.svg)`;
}

function variantTable({ suite, variants, added }: Results): string {
  const rows = variants
    .filter(({ name }) => name !== suite.base.name && !isRung(suite, name))
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

function ladderTable({ added }: Results, { what, counts, ours, native }: Ladder): string {
  const measured = counts.filter((count) => added.has(ours.name(count)) || added.has(native.name(count)));
  const rows = measured.map((count) => {
    const our = added.get(ours.name(count));
    const its = added.get(native.name(count));
    const ratio = our === undefined || its === undefined || its.median <= 0 ? "" : (its.median / our.median).toFixed(2);
    const cell = (summary?: Summary): string => (summary === undefined ? "not measured" : figures(summary));
    return `| ${count.toLocaleString("en")} | ${cell(our)} | ${cell(its)} | ${ratio} |`;
  });
  const head = `| ${what} | ${ours.title} adds, µs | ${native.title} adds, µs | native / ours |\n|---|---|---|---|`;
  return [head, ...rows].join("\n");
}

function figures({ median }: Summary): string {
  return median.toFixed(1);
}

function span(least: number, most: number): string {
  return `${least.toFixed(1)} to ${most.toFixed(1)}`;
}
