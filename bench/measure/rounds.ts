import { cpuNanoseconds } from "./cpu.ts";
import type { Envoy } from "./envoy.ts";
import { Connections, type Exchange } from "./load.ts";

/** What is measured, how long and how often. */
export interface Plan {
  /** How long to go on, in seconds; a round that has begun is finished. */
  seconds: number;
  /** After how many rounds to end sooner. */
  rounds: number;
  /**
   * Requests that each variant answers before the first round, for 5 s at most: V8 compiles hot functions again while
   * they run.
   */
  warmUp: number;
  /** Requests at the start of each turn that are not counted: they find the caches full of what the turn before needed. */
  leadIn: number;
  /** Requests of one variant's turn in one round. */
  requests: number;
  connections: number;
  headers: Readonly<Record<string, string>>;
  /** What is special about all subjects' requests and answers. */
  exchange?: Omit<Exchange, "sometimes">;
}

/** A listener to measure, and the body that its answers must have. */
export interface Subject {
  name: string;
  body: string;
  /** What some requests get instead, with the status before it. */
  sometimes?: string;
  /** Requests of a turn, where they are to be fewer than others': of what would take seconds. */
  requests?: number;
}

/** CPU time of Envoy's worker per request in microseconds, one figure a turn. */
export interface Measured {
  /** Of the base, the listener with no filter. */
  base: number[];
  /** What each other subject adds to it, by its name. */
  added: Map<string, number[]>;
}

/** How many subjects have their turns between two of the base. */
const BETWEEN_BASES = 3;

const WARM_UP_LIMIT_MS = 5000;

/**
 * Measures all subjects in every round, in an order that is drawn anew, with a turn of the base after every few: a subject
 * finds the caches as the one before it left them, so none may always come after the same. What a subject adds in a turn is its own figure less the mean of the base's turns before and after it: the clock
 * of a shared machine wanders by half within seconds, and so it falls out of the difference.
 */
export async function measureRounds(
  envoy: Envoy,
  base: Subject,
  subjects: readonly Subject[],
  plan: Plan,
): Promise<Measured> {
  const opened: Connections[] = [];
  const open = async ({ name, body, sometimes }: Subject): Promise<Connections> => {
    const exchange = { ...plan.exchange, sometimes };
    const connections = await Connections.open(envoy.ports.get(name)!, plan.connections, plan.headers, body, exchange);
    opened.push(connections);
    await warmUp(connections, plan);
    return connections;
  };
  const turn = async (connections: Connections, requests = plan.requests): Promise<number> => {
    await connections.turn(Math.min(plan.leadIn, requests));
    const before = cpuNanoseconds(envoy.pid, envoy.worker);
    await connections.turn(requests);
    return (cpuNanoseconds(envoy.pid, envoy.worker) - before) / 1000 / requests;
  };
  try {
    const baseConnections = await open(base);
    const runs: { connections: Connections; requests?: number; added: number[] }[] = [];
    const measured: Measured = { base: [], added: new Map() };
    for (const subject of subjects) {
      const added: number[] = [];
      runs.push({ connections: await open(subject), requests: subject.requests, added });
      measured.added.set(subject.name, added);
    }
    const end = performance.now() + plan.seconds * 1000;
    for (let round = 0; round < plan.rounds && performance.now() < end; round++) {
      const order = shuffled(runs);
      let before = await turn(baseConnections);
      measured.base.push(before);
      for (let first = 0; first < order.length; first += BETWEEN_BASES) {
        const group = order.slice(first, first + BETWEEN_BASES);
        const figures: number[] = [];
        for (const { connections, requests } of group) figures.push(await turn(connections, requests));
        const after = await turn(baseConnections);
        group.forEach(({ added }, index) => added.push(figures[index]! - (before + after) / 2));
        measured.base.push(after);
        before = after;
      }
    }
    return measured;
  } finally {
    for (const connections of opened) connections.close();
  }
}

/** The same in an order of which each is as likely as any other. */
export function shuffled<T>(all: readonly T[]): T[] {
  const order = [...all];
  for (let left = order.length; left > 1; left--) {
    const drawn = Math.floor(Math.random() * left);
    [order[left - 1], order[drawn]] = [order[drawn]!, order[left - 1]!];
  }
  return order;
}

async function warmUp(connections: Connections, plan: Plan): Promise<void> {
  const end = performance.now() + WARM_UP_LIMIT_MS;
  for (let sent = 0; sent < plan.warmUp && performance.now() < end; sent += plan.requests) {
    await connections.turn(plan.requests);
  }
}
