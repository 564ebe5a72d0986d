import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { ServiceDescription } from "../bookinfo.ts";
import { passedOn, type Propagate } from "../propagate.ts";
import { call, type CallOutcome, type Place } from "./call.ts";

/** The path that tells a service how to answer from then on. */
const TOLD = /^\/answer-with\/([2-5]\d\d)$/;

/** How a service of the demonstration runs. */
export interface ServiceOptions {
  readonly service: ServiceDescription;
  readonly listens: Place;
  /** Its sidecar's outbound listener. */
  readonly sidecar: Place;
  readonly propagate: Propagate;
}

/**
 * Starts a service, without a word about tracing in it: it takes its time, calls those that it calls, and answers in JSON with its name
 * and what they answered. If one of them fails, it answers without it, as Bookinfo does. After a request for `/answer-with/503` it
 * answers with that status, until it is told another one.
 */
export async function startService(options: ServiceOptions): Promise<Server> {
  const { service, listens } = options;
  let status = 200;
  // An idle connection that is closed just as Envoy takes it again would lose a request.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    request.resume();
    const [, told] = TOLD.exec(request.url ?? "") ?? [];
    if (told !== undefined) {
      status = Number(told);
      answer(response, 200, { service: service.name, answersWith: status });
    } else if (status >= 400) answer(response, status, { service: service.name });
    else void serve(options, request).then((body) => answer(response, status, body));
  });
  server.listen(listens.port, listens.host);
  await once(server, "listening");
  return server;
}

async function serve(
  { service, sidecar, propagate }: ServiceOptions,
  { headers, url }: IncomingMessage,
): Promise<object> {
  await takeTime(service.takesMs);
  const passed = passedOn(headers, propagate);
  const called: Record<string, unknown> = {};
  for (const callee of service.calls) called[callee] = shown(await call(sidecar, callee, `/${callee}/0`, passed));
  return { service: service.name, path: url, ...called };
}

/** At least that long: a timer alone may be early by a millisecond. */
async function takeTime(milliseconds: number): Promise<void> {
  const until = performance.now() + milliseconds;
  for (let left = milliseconds; left > 0; left = until - performance.now()) await pause(Math.ceil(left));
}

function shown({ status, body, by }: CallOutcome): unknown {
  return status === 200 ? body : { unavailable: status, ...by };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(`${JSON.stringify(body, null, 2)}\n`);
}
