/** Sends the steps of an experiment to one side. */
import { until } from "../../support/envoy/index.ts";
import { preface } from "../routes/listener.ts";
import { Client } from "../wire.ts";
import type { Response } from "../wire.ts";
import type { Counts, Observation } from "./compare.ts";
import type { Side } from "./configuration.ts";
import type { Experiment } from "./experiment.ts";
import { CASE } from "./generate-steps.ts";
import type { Exchange, Step } from "./generate-steps.ts";
import { listenerName, type Proxy } from "./proxies.ts";

/** What one side showed of an experiment. */
export interface Shown {
  /** In the order of `exchangesOf`. */
  observations: Observation[];
  /** How much each statistic went up. */
  counts: Counts;
}

/** All requests of an experiment in the order in which they are sent. */
export function exchangesOf({ steps }: Experiment): Exchange[] {
  return steps.flatMap((step) => [step, ...step.meanwhile]);
}

/** What names a request. */
export function caseOf({ request }: Exchange): string {
  return request.headers.find(([name]) => name === CASE)![1];
}

/** Runs it alone, since the statistics are the proxy's. */
export async function run(experiment: Experiment, proxy: Proxy, side: Side): Promise<Shown> {
  const before = await proxy.counts();
  const clients = new Map<string, Client>();
  const send = async (exchange: Exchange): Promise<Response> => {
    const who = `${exchange.place} ${exchange.peer}`;
    const client = clients.get(who) ?? open(experiment, proxy, exchange, side);
    clients.set(who, client);
    return await client.send(exchange.request);
  };
  const observations: Observation[] = [];
  try {
    for (const step of experiment.steps) {
      if (step.meanwhile.length === 0) observations.push({ stage: "answered", response: await send(step) });
      else observations.push(...(await nested(experiment, proxy, side, step, send)));
    }
  } finally {
    for (const client of clients.values()) client.close();
  }
  return { observations, counts: difference(before, await proxy.counts()) };
}

function open(experiment: Experiment, { envoy, peers }: Proxy, { place, peer }: Exchange, side: Side): Client {
  const certificate = peer === undefined ? undefined : peers.get(peer);
  return new Client(envoy.port(listenerName(experiment, place, side)), preface(experiment), certificate);
}

async function nested(
  experiment: Experiment,
  proxy: Proxy,
  side: Side,
  step: Step,
  send: (exchange: Exchange) => Promise<Response>,
): Promise<Observation[]> {
  const client = open(experiment, proxy, step, side);
  const name = caseOf(step);
  const gone = proxy.upstream.gone(name);
  const held = `wasmcustom.fault_injection.route.${experiment.name}-held.delays_injected`;
  const heldBefore = (await proxy.counts()).get(held) ?? 0;
  const answer = client.send(step.request);
  let over = false;
  const stage = await Promise.race([
    answer.then((): Observation["stage"] => "answered"),
    proxy.upstream.arrived(name).then((): Observation["stage"] => "upstream"),
    until("a request to be held, answered or forwarded", async () => {
      if (over) return "held" as const;
      return ((await proxy.counts()).get(held) ?? 0) > heldBefore && ("held" as const);
    }),
  ]);
  over = true;
  const others: Observation[] = [];
  for (const one of step.meanwhile) others.push({ stage: "answered", response: await send(one) });
  const stays = stage === "answered" || (stage === "upstream" && !step.hangsUp);
  proxy.upstream.release(stays ? name : "");
  const response = stays ? await answer : undefined;
  client.close();
  if (stage === "upstream" && !stays) await gone;
  if (stage === "held") await proxy.idle();
  return [{ stage, response }, ...others];
}

function difference(before: Counts, after: Counts): Counts {
  return new Map([...after].map(([name, value]): [string, number] => [name, value - (before.get(name) ?? 0)]));
}
