import type { TraceAnalysis } from "./analysis.ts";
export function htmlReport(traces: readonly TraceAnalysis[]): string {
  return String(traces.length);
}
