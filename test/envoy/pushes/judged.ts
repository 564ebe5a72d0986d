import assert from "node:assert/strict";
import type { ConnectionOptions } from "node:tls";
import { withClients } from "../../support/envoy/clients.ts";
import { Http1, valuesOf, type Answer } from "../../support/envoy/index.ts";
import { labelsIn, type Numbered } from "./numbered.ts";
import type { Sequence } from "./sequence.ts";

const CONNECTIONS = 8;

/** A listener whose requests are judged by the configurations of a sequence. */
export interface Judged {
  port: number;
  tls: ConnectionOptions;
  numbered: Numbered;
  sequence: Sequence;
  /** Whether a connection keeps the configuration that it began with, as where the whole listener is replaced. */
  isKept?: boolean;
}

/**
 * Sends requests for as long as `work` takes: how many each configuration judged. Throws where a request gets no answer, one that
 * several configurations had a say in, or one of a configuration that is not in force.
 */
export async function judgedMeanwhile(judged: Judged, work: () => Promise<void>): Promise<Map<string, number>> {
  return withClients<string>(
    CONNECTIONS,
    async (isDone, count) => {
      while (!isDone()) await oneConnection(judged, isDone, count);
    },
    work,
  );
}

/** Opens connections, more than there are workers, and asserts that the one configuration that is in force judges what comes on them. */
export async function assertJudgedByLatest(judged: Judged, connections: number): Promise<void> {
  const { sequence } = judged;
  const labels = new Set<string>();
  const ask = async (): Promise<void> =>
    await oneConnection(
      judged,
      () => true,
      (label) => labels.add(label),
    );
  await Promise.all(Array.from({ length: connections }, ask));
  assert.deepEqual([...labels], [sequence.latest]);
}

/** Asserts that a plugin logged nothing critical but that a field of a refused configuration is unknown, and never trapped. */
export function assertNothingElse(log: string): void {
  const lines = log.split("\n");
  assert.deepEqual(
    lines.filter((line) => /\[critical\].* wasm log /.test(line) && !line.includes('unknown field "unknown')),
    [],
  );
  assert.deepEqual(
    lines.filter((line) => line.includes("Uncaught RuntimeError")),
    [],
  );
}

/** Sends each of the requests, and then all of them again until it is done, or Envoy closes the connection. */
async function oneConnection(judged: Judged, isDone: () => boolean, count: (label: string) => void): Promise<void> {
  const { port, tls, numbered, sequence, isKept = false } = judged;
  const begun = sequence.position;
  let position = begun;
  const connection = await Http1.connect(port, tls);
  let kept: string | undefined;
  do {
    for (const request of numbered.requests(sequence.latest)) {
      if (!isKept) position = sequence.position;
      const answer = await connection.request(request).catch((error: unknown) => {
        // Envoy closes what is left of a listener that was replaced when its drain is over, also if a request is on its way.
        if (isKept && sequence.position !== begun && !connection.hasReceived) return undefined;
        throw error;
      });
      if (answer === undefined) return;
      const label = theOnly(labelsIn(numbered, answer, request), answer);
      const possible = kept === undefined ? sequence.possible(position) : [kept];
      assert.ok(possible.includes(label), `judged by ${label}, in force: ${possible.join(", ")}`);
      if (isKept) kept = label;
      count(label);
      if (isLast(answer)) return;
    }
  } while (!isDone());
  connection.close();
}

function theOnly(labels: readonly string[], answer: Answer): string {
  const [label, ...others] = new Set(labels);
  assert.ok(label !== undefined && others.length === 0, `judged by [${labels.join(", ")}]: ${JSON.stringify(answer)}`);
  return label;
}

function isLast({ headers }: Answer): boolean {
  return valuesOf(headers, "connection").includes("close");
}
