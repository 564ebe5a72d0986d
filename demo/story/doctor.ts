import { diagnosisLines } from "../../cli/output/diagnosis.ts";
import { diagnose } from "../../cli/trace/doctor/doctor.ts";
import type { Span } from "../../cli/trace/span.ts";

/** What `signalbox trace doctor` prints of these spans, without the ids that show it. */
export function plainDoctor(spans: readonly Span[]): string[] {
  const findings = diagnose(spans).map((one) => ({ ...one, evidence: [] }));
  const traces = new Set(spans.map(({ traceId }) => traceId)).size;
  return diagnosisLines({ findings, traces, spans: spans.length });
}
