/**
 * A mesh with what `signalbox convert` makes of its resources, against the mesh with the originals: generated VirtualServices,
 * AuthorizationPolicies, Gateways and workloads, configured by istiod's own code, each proxy a real Envoy. What decides about a
 * request must be the same, and on the way from one mesh to the other nothing may become worse.
 *
 * `SEED=` repeats a run, `SETS=` says how many meshes there are, and `REQUESTS=` how many requests go to each face.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random, seedOfRun } from "../random.ts";
import { disagreements, worsened } from "./compare.ts";
import { facesOf, nameOf, RefusedPlugin } from "./faces.ts";
import type { Face } from "./faces.ts";
import { generateRequest } from "./generate-requests.ts";
import type { Sent } from "./generate-requests.ts";
import { isServed } from "./observation.ts";
import type { Observation } from "./observation.ts";
import { visit } from "./run.ts";
import type { Visit } from "./run.ts";
import { convertedSets } from "./sets.ts";
import type { Converted } from "./sets.ts";
import { whyNone } from "./translate.ts";
import { PROXIES } from "./world.ts";

const SETS = Number(process.env["SETS"] ?? 40);
/** How many of them are under way at once. */
const BATCH = 20;
const REQUESTS = Number(process.env["REQUESTS"] ?? 10);
/** How many disagreements are told in full. */
const TOLD = Number(process.env["TOLD"] ?? 5);

/** A face before, after, and on the way, with the requests to it. */
interface Comparison {
  converted: Converted;
  name: string;
  sent: Sent[];
  /** The original first and the converted last; each with the step that led to it. */
  faces: { step: string; face: Face }[];
}

/** The faces that a conversion changes. */
function comparisonsOf(converted: Converted): Comparison[] {
  const { set, states, configurations } = converted;
  const random = new Random(set.seed ^ 0x2545f491);
  const all = configurations.map(facesOf);
  const [original, last] = [all[0]!, all.at(-1)!];
  assert.deepEqual([...last.keys()], [...original.keys()], "a face comes or goes");
  return [...original.values()].map(({ place }): Comparison => {
    const name = nameOf(place);
    const sent = random.times(REQUESTS, REQUESTS, () => generateRequest(random, place));
    const faces = all.map((faces, index) => ({ step: states[index]!.step, face: faces.get(name)! }));
    const changed = faces.filter(({ face }, index) => {
      const isEnd = index === 0 || index === faces.length - 1;
      return isEnd || ![original.get(name)!.key, last.get(name)!.key, faces[index - 1]!.face.key].includes(face.key);
    });
    return { converted, name, sent, faces: changed };
  });
}

function tell({ converted, name }: Comparison, sent: Sent, lines: readonly string[]): string {
  const { set, states, told } = converted;
  const resources = (state: number): string =>
    states
      .at(state)!
      .resources.filter(({ kind }) => kind !== "DestinationRule")
      .map((one) => `    ${JSON.stringify(one)}`)
      .join("\n");
  return [
    `SEED=${set.seed} SETS=1, ${name}, convert ${set.runs.map((run) => `[${run.join(" ")}]`).join(" ")}`,
    ...lines,
    `request ${JSON.stringify(sent.request)} of ${sent.connection.peer} from ${sent.connection.proxy?.source}`,
    `originally\n${resources(0)}`,
    `converted\n${resources(-1)}`,
    `convert told\n${told}`,
  ].join("\n  ");
}

/** What a run has shown. */
class Tally {
  meshes = 0;
  converted = 0;
  faces = 0;
  changed = 0;
  requests = 0;
  served = 0;
  readonly faults: string[] = [];
}

/** Compares the meshes of the seeds from one to the one before another. */
async function compare(from: number, to: number, tally: Tally): Promise<void> {
  const { all, faults } = await convertedSets(from, to);
  tally.faults.push(...faults);
  tally.meshes += all.length;
  tally.converted += all.filter(({ states }) => states.length > 1).length;
  const changed: Comparison[] = [];
  for (const converted of all) {
    try {
      const comparisons = comparisonsOf(converted);
      tally.faces += comparisons.length;
      changed.push(...comparisons.filter(({ faces }) => new Set(faces.map(({ face }) => face.key)).size > 1));
    } catch (error) {
      if (!(error instanceof RefusedPlugin)) throw error;
      tally.faults.push(`SEED=${converted.set.seed} SETS=1: ${error.message}`);
    }
  }
  tally.changed += changed.length;
  await Promise.all(
    PROXIES.map(async (proxy) => {
      const own = changed.filter(({ faces }) => faces[0]!.face.place.proxy === proxy);
      const clusters = new Set(all.flatMap(({ configurations }) => configurations[0]![proxy.name]!.clusters));
      const visits = own.flatMap(({ faces, sent }) => faces.map(({ face }): Visit => ({ face, sent })));
      const seen = await visit(proxy, [...clusters], visits);
      for (const comparison of own) judgeAll(comparison, seen.splice(0, comparison.faces.length), tally);
    }),
  );
}

/** @param seen what each of the faces showed */
function judgeAll(comparison: Comparison, seen: readonly Observation[][], tally: Tally): void {
  const told: string[] = [];
  for (const [index, sent] of comparison.sent.entries()) {
    const ways = seen.map((one) => one[index]!);
    tally.requests++;
    if (isServed(ways[0]!)) tally.served++;
    const lines = judge(comparison, ways);
    if (lines.length > 0) told.push(tell(comparison, sent, lines));
  }
  // The first of them mostly says it all.
  if (told.length > 0) tally.faults.push(`${told.length} of ${comparison.sent.length} requests: ${told[0]}`);
}

function judge({ faces }: Comparison, ways: readonly Observation[]): string[] {
  const [original, converted] = [ways[0]!, ways.at(-1)!];
  const lines = disagreements(original, converted);
  for (const [index, between] of ways.slice(1, -1).entries()) {
    const worse = worsened(original, between);
    if (worse !== undefined) lines.push(`after "${faces[index + 1]!.step}": ${worse}`);
  }
  return lines;
}

const reason = await whyNone();

test("the converted mesh decides as the original", { skip: reason && `no istiod: ${reason}` }, async (t) => {
  const seed = seedOfRun();
  t.diagnostic(`SEED=${seed}`);
  const tally = new Tally();
  for (let from = 0; from < SETS; from += BATCH) await compare(seed + from, seed + Math.min(from + BATCH, SETS), tally);
  const { meshes, converted, faces, changed, requests, served, faults } = tally;
  t.diagnostic(
    `${meshes} meshes that istiod accepts, ${converted} of them converted; ${changed} of ${faces} faces changed; ` +
      `${requests} requests, ${served} of them served`,
  );
  if (SETS >= 20) {
    assert.ok(converted > meshes / 2, "too few meshes are converted to prove anything");
    assert.ok(changed > faces / 4, "too few faces change");
    assert.ok(served > requests / 4 && served < requests * 0.9, "too many requests meet one fate");
  }
  assert.equal(faults.length, 0, `${faults.length} faces disagree\n\n${faults.slice(0, TOLD).join("\n\n")}`);
});
