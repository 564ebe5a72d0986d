import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { ConnectionOptions } from "node:tls";
import { withClients } from "../../support/envoy/clients.ts";
import { Http1, valuesOf, type Answer, type Envoy } from "../../support/envoy/index.ts";
import { labelsIn, type Numbered } from "./numbered.ts";
import type { Sequence } from "./sequence.ts";
import { onEachWorker } from "./workers.ts";

/** How many connections the load has at a time, if a test does not say otherwise. */
const CONNECTIONS = 8;
/** Between the requests of a connection, so that all of them together leave room for the pushes. */
const PAUSE_MS = 4;

/** A listener whose requests are judged by the configurations of a sequence. */
export interface Judged {
  /** What its connections are counted as (`workers.ts`). */
  listener: string;
  port: number;
  tls: ConnectionOptions;
  numbered: Numbered;
  sequence: Sequence;
  /** Whether a connection keeps the configuration that it began with, as where the whole listener is replaced. */
  isKept?: boolean;
}

/**
 * Sends requests for as long as `work` takes: how many each configuration judged. Throws where a request gets no answer, one that
 * several configurations had a say in, or one of a configuration that is not in force. One more client never waits for its answers.
 */
export async function judgedMeanwhile(
  judged: Judged,
  work: () => Promise<void>,
  connections = CONNECTIONS,
): Promise<Map<string, number>> {
  const impatient = async (isDone: () => boolean): Promise<void> => {
    while (!isDone()) await leaveAtOnce(judged);
  };
  return withClients<string>(
    connections,
    async (isDone, count) => {
      while (!isDone()) await oneConnection(judged, isDone, count);
    },
    async () => void (await withClients(connections > 1 ? 1 : 0, impatient, work)),
  );
}

/** Asserts that the one configuration that is in force judges what comes on new connections, on each worker. */
export async function assertJudgedByLatest(judged: Judged, envoy: Envoy): Promise<void> {
  const { listener, sequence } = judged;
  const labels = new Set<string>();
  const ask = async (): Promise<void> =>
    await oneConnection(
      judged,
      () => true,
      (label) => labels.add(label),
    );
  await onEachWorker(envoy, listener, ask);
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
  const { port, tls, numbered, sequence } = judged;
  const isOver = drains(judged);
  let position = sequence.position;
  const connection = await unlessOver(Http1.connect(port, tls), isOver);
  if (connection === undefined) return;
  let kept: string | undefined;
  do {
    for (const request of numbered.requests(sequence.latest)) {
      if (!judged.isKept) position = sequence.position;
      const answer = await unlessOver(connection.request(request), () => isOver() && !connection.hasReceived);
      if (answer === undefined) return;
      const label = theOnly(labelsIn(numbered, answer, request), answer);
      const possible = kept === undefined ? sequence.possible(position) : [kept];
      assert.ok(possible.includes(label), `judged by ${label}, in force: ${possible.join(", ")}`);
      if (judged.isKept) kept = label;
      count(label);
      if (isLast(answer)) return;
    }
    if (!isDone()) await pause(PAUSE_MS);
  } while (!isDone());
  connection.close();
}

/** Sends a request and closes the connection without an answer, perhaps while the request is held. */
async function leaveAtOnce(judged: Judged): Promise<void> {
  const { port, tls, numbered, sequence } = judged;
  const connection = await unlessOver(Http1.connect(port, tls), drains(judged));
  if (connection === undefined) return;
  connection.ask(numbered.requests(sequence.latest)[0]!);
  await pause(PAUSE_MS);
  connection.close();
}

/**
 * Whether Envoy may have closed a connection that begins now: it does so when the drain of a listener that was replaced is over, also in the
 * middle of a handshake or of a request.
 */
function drains({ sequence, isKept = false }: Judged): () => boolean {
  const begun = sequence.position;
  return () => isKept && sequence.last !== begun;
}

/** What comes of it, or undefined if it fails because the connection's listener is gone. */
async function unlessOver<T>(what: Promise<T>, isOver: () => boolean): Promise<T | undefined> {
  return await what.catch((error: unknown) => {
    if (isOver()) return undefined;
    throw error;
  });
}

function theOnly(labels: readonly string[], answer: Answer): string {
  const [label, ...others] = new Set(labels);
  assert.ok(label !== undefined && others.length === 0, `judged by [${labels.join(", ")}]: ${JSON.stringify(answer)}`);
  return label;
}

function isLast({ headers }: Answer): boolean {
  return valuesOf(headers, "connection").includes("close");
}
