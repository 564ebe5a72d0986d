/** How often each side delays and aborts: requests enough to tell, and which of them met what. */
import type { Envoy } from "../../support/envoy/index.ts";
import { preface } from "../routes/listener.ts";
import { Client } from "../wire.ts";
import type { Request } from "../wire.ts";
import { observe } from "./compare.ts";
import { filterName, nativeName } from "./experiment.ts";
import type { Experiment } from "./experiment.ts";

/** Percentages of an entry. */
export interface Shares {
  delay: number;
  abort: number;
}

/** How many requests met what. */
export interface Cells {
  neither: number;
  delayed: number;
  aborted: number;
  both: number;
}

const CONNECTIONS = 32;
const STATUS = 503;

function entryName(index: number): string {
  return `rates-${index}`;
}

/** An entry for each of the shares, the path being its place. */
export function ratesExperiment(all: readonly Shares[]): Experiment {
  const http = all.map(({ delay, abort }, index) => ({
    name: entryName(index),
    match: [{ uri: { exact: `/${index}` } }],
    fault: {
      delay: { percentage: { value: delay }, fixedDelay: "1ms" },
      abort: { percentage: { value: abort }, httpStatus: STATUS },
    },
    route: [{ destination: { host: "reviews" } }],
  }));
  const virtualServices = [{ name: "rates", namespace: "default", hosts: ["reviews"], http }];
  return { name: "rates", protocol: "http1", virtualServices, listenerPort: 80, requests: [] };
}

/** Sends `count` requests over several connections, and gives what each of their answers showed. */
async function flood(experiment: Experiment, port: number, index: number, count: number) {
  const request: Request = { method: "GET", target: `/${index}`, authority: "reviews", headers: [] };
  const seen: ReturnType<typeof observe>[] = [];
  let left = count;
  const lane = async (): Promise<void> => {
    const client = new Client(port, preface(experiment));
    while (left-- > 0) seen.push(observe({ ...(await client.send(request)), trailers: [] }));
    client.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  return seen;
}

/** What Envoy's own filter did, as its response flags tell for each request. */
export async function nativeCells(experiment: Experiment, envoy: Envoy, index: number, count: number): Promise<Cells> {
  const seen = await flood(experiment, envoy.port(nativeName(experiment)), index, count);
  const of = (delayed: boolean, aborted: boolean): number =>
    seen.filter((one) => one.delayed === delayed && one.aborted === aborted).length;
  return { neither: of(false, false), delayed: of(true, false), aborted: of(false, true), both: of(true, true) };
}

/**
 * What the filter did. Which requests it aborted the status tells, and which others it delayed its header; how many it delayed
 * before it aborted them follows from its counter of delays.
 */
export async function filterCells(experiment: Experiment, envoy: Envoy, index: number, count: number): Promise<Cells> {
  const counter = `wasmcustom.fault_injection.route.${entryName(index)}.delays_injected`;
  const before = await envoy.stat(counter);
  const seen = await flood(experiment, envoy.port(filterName(experiment)), index, count);
  const aborted = seen.filter(({ status }) => status === STATUS).length;
  const delayed = seen.filter((one) => one.status !== STATUS && one.injected !== undefined).length;
  const both = (await envoy.stat(counter)) - before - delayed;
  return { neither: count - aborted - delayed, delayed, aborted: aborted - both, both };
}
