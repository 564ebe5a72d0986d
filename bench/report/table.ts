import { median, type Summary } from "../measure/statistics.ts";
import { isRung, type Ladder } from "../suites/suite.ts";
import { addedOf, baseOf, type Results } from "./results.ts";
import { judge, ratios, wholeCosts, type Outcome } from "./targets.ts";

/** The whole result in Markdown. */
export function markdown(results: Results): string {
  const ladder = results.suite.ladder === undefined ? [] : [ladderTable(results, results.suite.ladder)];
  const targets = results.suite.targets.length === 0 ? [] : [targetTable(results)];
  return [heading(results), variantTable(results), ...ladder, ...targets].join("\n\n") + "\n";
}

/** What the project holds itself to, and how it came out. */
function targetTable({ suite, processes }: Results): string {
  const added = processes.map((process) => process.added);
  const whole = processes.map((process) => wholeCosts(process.added, process.base, suite.base.name));
  const rows = suite.targets.map((target) => {
    const bound = "atMost" in target.bound ? `at most ${target.bound.atMost}` : `at least ${target.bound.atLeast}`;
    const outcome = judge(target, target.whole ? whole : added);
    return `| ${target.title} | ${bound} | ${outcome === undefined ? "not measured | | " : judged(outcome)} |`;
  });
  const head = "| ratio of what they add | target | measured | least and most | |\n|---|---|---|---|---|";
  return [head, ...rows].join("\n");
}

function judged({ ratio, range, met, certain }: Outcome): string {
  return `${ratio.toFixed(2)} | ${range[0].toFixed(2)} to ${range[1].toFixed(2)} | ${met ? "met" : "**missed**"}${certain ? "" : ", uncertain"}`;
}

function heading(results: Results): string {
  const { suite, machine, envoy, date, method, disturbance } = results;
  const base = baseOf(results);
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  return `# What a filter costs: ${suite.name}

Written by \`make bench\` on ${date}: Envoy ${envoy}, ${machine}.

${method}
Meanwhile other processes had ${percent(disturbance.others)} of the machine's CPU time, and the hypervisor kept
${percent(disturbance.stolen)} from it: the more, the less a difference of a few percent means. Compare within a table, not between two.

With no filter a request costs ${figures(base)} µs (${span(base)}).

![what each adds](${suite.name}.svg)`;
}

function variantTable(results: Results): string {
  const { suite, variants } = results;
  const added = addedOf(results);
  const rows = variants
    .filter(({ name }) => name !== suite.base.name && !isRung(suite, name))
    .map((variant) => {
      const summary = added.get(variant.name);
      const reason = "reason" in variant ? variant.reason : "";
      const { decimals } = suite;
      const columns =
        summary === undefined ? `${reason} | ` : `${figures(summary, decimals)} | ${span(summary, decimals)}`;
      return `| ${variant.title} | ${columns} |`;
    });
  const head = "| filter | adds, µs a request | least and most |\n|---|---|---|";
  return [head, ...rows].join("\n");
}

function ladderTable(results: Results, { what, counts, ours, native }: Ladder): string {
  const added = addedOf(results);
  const costs = results.processes.map((process) => process.added);
  const measured = counts.filter((count) => added.has(ours.name(count)) || added.has(native.name(count)));
  const rows = measured.map((count) => {
    const our = added.get(ours.name(count));
    const its = added.get(native.name(count));
    const both = ratios([native.name(count), ours.name(count)], costs);
    const ratio = both.length === 0 || Math.min(...both) <= 0 ? "" : median(both).toFixed(2);
    const cell = (summary?: Summary): string => (summary === undefined ? "not measured" : figures(summary));
    return `| ${count.toLocaleString("en")} | ${cell(our)} | ${cell(its)} | ${ratio} |`;
  });
  const head = `| ${what} | ${ours.title} adds, µs | ${native.title} adds, µs | native / ours |\n|---|---|---|---|`;
  return [head, ...rows].join("\n");
}

function figures({ median }: Summary, decimals = 1): string {
  return median.toFixed(decimals);
}

function span({ least, most }: Summary, decimals = 1): string {
  return `${least.toFixed(decimals)} to ${most.toFixed(decimals)}`;
}
