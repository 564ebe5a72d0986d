/** Random policies, and random sequences that come near what opens them. */
import type { Random } from "../random.ts";
import { asGrpc, BROKEN, grpcStatus, grpcWithout, NEUTRAL, ODD_STATUSES, status, type Act } from "./acts.ts";
import type { Experiment } from "./run.ts";
import type { OutlierDetection } from "./translate.ts";

/** Nothing ends while a run lasts, so that no time decides. */
export const LONG = { interval: "1h", baseEjectionTime: "1h" } as const;

const LISTED = [200, 301, 404, 408, 418, 429, 500, 501, 502, 503, 504, 511, 599] as const;

/** A threshold, or nothing, which is Istio's default; small ones are reached more often. */
function threshold(random: Random, zero: number, absent: number): number | undefined {
  if (random.percent(absent)) return undefined;
  return random.percent(zero) ? 0 : random.percent(90) ? 1 + random.int(5) : 6 + random.int(5);
}

function some<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

function generatePolicy(random: Random): OutlierDetection {
  const split = random.percent(50);
  const codes = random.percent(35) ? random.some(LISTED, 1 + random.int(4)) : undefined;
  return some({
    consecutive5xxErrors: threshold(random, 25, 15),
    consecutiveGatewayErrors: threshold(random, 10, 45),
    splitExternalLocalOriginErrors: split ? true : random.percent(30) ? false : undefined,
    consecutiveLocalOriginFailures: split ? threshold(random, 10, 30) : undefined,
    outlierDetectionHttpErrorCodes: codes,
    ...LONG,
  }) as OutlierDetection;
}

/** Any status that the upstream may answer with; those that something depends on more often. */
function anyStatus(random: Random): Act {
  const often = [200, 200, 404, 429, 500, 500, 502, 503, 503, 504] as const;
  return status(random.percent(75) ? random.pick(often) : 200 + random.int(400));
}

function anyGrpc(random: Random): Act {
  if (random.percent(10)) return grpcWithout(random.pick([200, 404, 429, 500, 503]));
  const text = random.percent(85) ? `${random.int(17)}` : random.pick(ODD_STATUSES);
  return grpcStatus(text, random.percent(80) ? 200 : random.pick([404, 500, 503]));
}

/** gRPC calls whose headers do not say how they went are another matter (`differences.test.ts`). */
export const BROKEN_GRPC = BROKEN.filter(({ upstream }) => upstream !== "break status=200").map(asGrpc);

function anyAct(random: Random, grpc: boolean): Act {
  const kind = random.int(100);
  if (kind < 62) return grpc ? anyGrpc(random) : anyStatus(random);
  if (kind < 85) return random.pick(grpc ? BROKEN_GRPC : BROKEN);
  const neutral = random.pick(NEUTRAL);
  return grpc && neutral.how !== "overflow" ? asGrpc(neutral) : neutral;
}

/** What is likely to count: the sequence is to come near its threshold, and over it. */
function anyError(random: Random, grpc: boolean, { splitExternalLocalOriginErrors: split }: OutlierDetection): Act {
  const refused = grpc ? BROKEN_GRPC[0]! : BROKEN[0]!;
  if (split === true && random.percent(40)) return refused;
  if (random.percent(20)) return random.pick(grpc ? BROKEN_GRPC : BROKEN);
  if (grpc) return grpcStatus(random.pick(["14", "4", "13", "2"]));
  return status(random.pick([500, 502, 503, 504, 503]));
}

/** Runs of errors with something else between. The last act shows what the one before it did. */
function generateActs(random: Random, grpc: boolean, policy: OutlierDetection, length: number): Act[] {
  const acts: Act[] = [];
  while (acts.length < length) {
    const errors = random.int(7);
    for (let i = 0; i < errors; i++)
      acts.push(random.percent(85) ? anyError(random, grpc, policy) : anyAct(random, grpc));
    acts.push(anyAct(random, grpc));
  }
  return [...acts.slice(0, length), status(200)];
}

/** How much is generated. */
export interface Size {
  experiments: number;
  acts: number;
}

/** The same for the same arguments. */
export function generateExperiments(random: Random, { experiments, acts }: Size): Experiment[] {
  return random.times(experiments, experiments, (index) => {
    const policy = generatePolicy(random);
    const grpc = random.percent(30);
    return { name: `e${index}`, policy, acts: generateActs(random, grpc, policy, acts) };
  });
}
