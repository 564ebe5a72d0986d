import { signalbox, type Outcome } from "../../cli/test/run.ts";

/** `signalbox trace doctor` on a server, or on a text. */
export async function doctorOn(input: string, text = ""): Promise<Outcome> {
  return await signalbox(["trace", "doctor", "--limit", "1000", input], text);
}

const NOTES = /^(background|few|unexpected-kept) /;

/** The faults that it tells, without what it says of them: `drops-context checkout.shop`. */
export function faultsIn(out: string): string[] {
  const findings = out.split("\n").flatMap((line) => /^([a-z-]+ [\w.-]+): /.exec(line)?.[1] ?? []);
  return findings.filter((finding) => !NOTES.test(finding));
}
