import type { Diagnosis } from "../trace/doctor/examine.ts";
import { isFault, type Finding } from "../trace/doctor/finding.ts";
import { count as counted } from "./count.ts";
import { paint } from "./paint.ts";

/** The schema's name, which changes if a field changes its meaning or goes. */
const SCHEMA = "signalbox.trace/v1";

/** The findings for programs. */
export function diagnosisJson({ findings }: Diagnosis): unknown {
  return {
    schema: SCHEMA,
    findings: findings.map(({ id, service, confidence, count, of, evidence, remedy }) => {
      return { id, service, confidence, count, of, evidence, remedy };
    }),
  };
}

/** The findings for people, and last the counts. */
export function diagnosisLines({ findings, traces, spans }: Diagnosis): string[] {
  const faults = findings.filter(isFault).length;
  const seen = `${counted(traces, "trace")} of ${counted(spans, "span")} examined`;
  return [
    ...findings.flatMap((finding) => [...findingLines(finding), ""]),
    `${seen}: ${counted(faults, "fault")}, ${counted(findings.length - faults, "note")}`,
  ];
}

function findingLines(finding: Finding): string[] {
  const { id, service, confidence, count, of, says, evidence, remedy } = finding;
  const title = isFault(finding) ? paint.red(id) : paint.yellow(id);
  return [
    `${title} ${paint.bold(service)}: ${says} (${count} of ${of}, ${confidence})`,
    ...evidence.map(({ trace, span }, at) => `${(at === 0 ? "  evidence" : "").padEnd(11)}trace ${trace} span ${span}`),
    `${"  remedy".padEnd(11)}${remedy}`,
  ];
}
