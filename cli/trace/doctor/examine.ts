/** The doctor's way from inputs to findings. */
import { Failure } from "../../failure.ts";
import { spansOf } from "../input/read.ts";
import type { Selection } from "../input/selection.ts";
import { diagnose } from "./doctor.ts";
import type { Finding } from "./finding.ts";

/** What was looked at, and what was found. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly traces: number;
  readonly spans: number;
}

/** @throws Failure if an input cannot be read, or there is no trace: of nothing, nothing can be said. */
export async function examined(inputs: readonly string[], selection: Selection): Promise<Diagnosis> {
  const spans = await spansOf(inputs, selection);
  if (spans.length === 0) {
    const asked = Object.values(selection).some((value) => value !== undefined);
    throw new Failure(`${inputs.join(", ")}: no traces${asked ? " that the options ask for" : ""}`);
  }
  const traces = new Set(spans.map(({ traceId }) => traceId)).size;
  return { findings: diagnose(spans), traces, spans: spans.length };
}
