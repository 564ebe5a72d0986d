import { resolve } from "node:path";
import { envoyBinary } from "../../tools/envoy-binary.ts";
import type { ProcessResult } from "../report/results.ts";
import type { Suite } from "../suites/suite.ts";
import type { Variant } from "../variants/variant.ts";
import { checkDecision } from "./check.ts";
import { OUT } from "./compile.ts";
import { startEnvoy } from "./envoy.ts";
import { cpuUse, disturbance } from "./machine.ts";
import { measureRounds, shuffled, type Plan } from "./rounds.ts";
import { median } from "./statistics.ts";

/** What one process of Envoy came to. */
export interface Process extends ProcessResult {
  /** Envoy's version. */
  version: string;
  /** How many turns each variant had. */
  turns: number;
  /** Shares (0 to 1) of the machine's CPU time that went elsewhere meanwhile. */
  disturbance: { others: number; stolen: number };
}

/**
 * Measures variants of a suite, its base among them, in an Envoy that is started for that, bound to `core` where one is given. The order
 * in which it gets its listeners, and in which they are warmed up, is drawn anew: where a variant's code and memory lie depends on it.
 *
 * @throws Error where a variant does not decide what it has to
 */
export async function measureProcess(
  { base, upstream, rotates }: Suite,
  variants: readonly Variant[],
  plan: Plan,
  core?: number,
): Promise<Process> {
  const order = shuffled(variants);
  const envoy = await startEnvoy(envoyBinary(), order, resolve(OUT, "envoy"), core);
  try {
    for (const { name, answer, reads, otherwise = "v1", sometimes, prepare } of order) {
      const port = envoy.ports.get(name)!;
      await checkDecision(name, port, plan.headers, answer, reads, otherwise, sometimes);
      await prepare?.(port, plan.headers);
    }
    const subjects = order
      .filter(({ name }) => name !== base.name)
      .map(({ name, answer, sometimes, requests }) => ({ name, body: answer, sometimes, requests }));
    const exchange = { rotates, lengthVaries: upstream };
    const before = cpuUse([envoy.pid, process.pid]);
    const measured = await measureRounds(envoy, { name: base.name, body: base.answer }, subjects, {
      ...plan,
      exchange,
    });
    const after = cpuUse([envoy.pid, process.pid]);
    return {
      version: envoy.version,
      base: median(measured.base),
      added: new Map([...measured.added].map(([name, turns]) => [name, median(turns)])),
      turns: Math.max(...[...measured.added.values()].map(({ length }) => length)),
      disturbance: disturbance(before, after),
    };
  } finally {
    await envoy.stop();
  }
}
