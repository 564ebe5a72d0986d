/** What a request through the shop must look like at a backend. */
import assert from "node:assert/strict";
import { until } from "../support/envoy/index.ts";
import { SERVICES, type Shop, type Visit } from "./shop.ts";

/** A span, whichever backend tells it. */
export interface SeenSpan {
  readonly id: string;
  readonly parent: string | undefined;
  readonly service: string;
  readonly kind: string;
}

/** Asserts that spans are a request's whole tree: of each service a SERVER span, whose id it saw, and of each but the last a CLIENT span between. */
export function assertTree(visits: readonly Visit[], spans: readonly SeenSpan[]): void {
  const about = JSON.stringify({ visits, spans });
  const [first] = visits;
  for (const { trace } of visits) assert.equal(trace, first!.trace, about);
  assert.equal(spans.length, 2 * visits.length - 1, about);
  let parent: string | undefined;
  for (const [at, { service, span }] of visits.entries()) {
    const server = spans.find(({ id }) => id === span);
    assert.deepEqual(server && [server.service, server.kind, server.parent], [service, "SERVER", parent], about);
    const client = spans.find((one) => one.parent === span);
    if (at < visits.length - 1) assert.deepEqual(client && [client.service, client.kind], [service, "CLIENT"], about);
    else assert.equal(client, undefined, about);
    parent = client?.id;
  }
}

/** The traces of a request, more than one if a service drops the context, and how many spans each has. */
export function spansOfWay(way: readonly Visit[]): [trace: string, count: number][] {
  return [...new Set(way.map(({ trace }) => trace))].map((trace) => {
    const services = way.filter((visit) => visit.trace === trace);
    // Of each service a SERVER span, and a CLIENT span before it, but of the client's own request.
    return [trace, 2 * services.length - (services[0] === way[0] ? 1 : 0)];
  });
}

/** Waits until every span that was recorded was sent: a backend tells a span before its answer is back. */
export async function allSent(shop: Shop): Promise<void> {
  const recorded = await shop.counted("spans.recorded");
  await until(`${recorded} spans to be sent`, async () => (await shop.counted("spans.sent")) === recorded);
}

/** How many requests go through three services, and how many through four. */
const THROUGH_THREE = 20;
const THROUGH_FOUR = 30;

/** Sends requests, many at once: what the services saw of each. */
export async function sendAll(shop: Shop, set: string): Promise<Visit[][]> {
  const one = async (services: number): Promise<Visit[]> => (await shop.ask(set, services))!;
  return await Promise.all([
    ...Array.from({ length: THROUGH_THREE }, () => one(3)),
    ...Array.from({ length: THROUGH_FOUR }, () => one(4)),
  ]);
}

/** Who calls whom how often when `sendAll` has sent what it sends. */
export const CALLS: readonly { parent: string; child: string; callCount: number }[] = [
  { parent: `${SERVICES[0]}.shop`, child: `${SERVICES[1]}.shop`, callCount: THROUGH_THREE + THROUGH_FOUR },
  { parent: `${SERVICES[1]}.shop`, child: `${SERVICES[2]}.shop`, callCount: THROUGH_THREE + THROUGH_FOUR },
  { parent: `${SERVICES[2]}.shop`, child: `${SERVICES[3]}.shop`, callCount: THROUGH_FOUR },
];

/** Dependencies in the order of `CALLS`, with nothing but what that has. */
export function inOrder(
  told: readonly { parent: string; child: string; callCount: number }[],
): { parent: string; child: string; callCount: number }[] {
  const place = ({ parent }: { parent: string }): number => SERVICES.findIndex((name) => parent === `${name}.shop`);
  return [...told]
    .sort((a, b) => place(a) - place(b))
    .map(({ parent, child, callCount }) => ({ parent, child, callCount }));
}
