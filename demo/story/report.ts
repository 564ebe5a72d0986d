import { analysed } from "../../cli/trace/report/analysis.ts";
import { reportOf } from "../../cli/trace/report/summary.ts";
import { textReport } from "../../cli/trace/report/text.ts";
import type { Span } from "../../cli/trace/span.ts";
import { SERVICES, spanServiceOf } from "../bookinfo.ts";

/** The tree of one trace, and beside what each service was told to take what the report says it took by itself. */
export function reported(spans: readonly Span[]): string[] {
  const traces = analysed(spans);
  const { services } = reportOf(traces);
  const rows = SERVICES.map(({ name, takesMs }) => {
    const found = services.find(({ service }) => service === spanServiceOf(name));
    const each = found === undefined ? "–" : `${(found.selfMs / found.calls).toFixed(1)} ms`;
    return `${name.padEnd(12)} told ${`${takesMs}`.padStart(2)} ms   took ${each} by itself, in ${found?.calls ?? 0} requests`;
  });
  return [...textReport(traces.slice(-1)), "", ...rows];
}
