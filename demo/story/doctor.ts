import { diagnosisLines } from "../../cli/output/diagnosis.ts";
import { examined } from "../../cli/trace/doctor/examine.ts";

/** What `signalbox trace doctor` prints of a server's traces since then, without the ids that show it. */
export async function plainDoctor(traces: string, since: number): Promise<string[]> {
  const diagnosis = await examined([traces], { since, limit: 1000 });
  return diagnosisLines({ ...diagnosis, findings: diagnosis.findings.map((one) => ({ ...one, evidence: [] })) });
}
