/** Sends requests over HTTP/1.1 or HTTP/2 and gives what came back in one form. */
import { once } from "node:events";
import { connect } from "node:net";
import { Http2 } from "../../support/envoy/index.ts";
import { preface } from "../routes/listener.ts";
import { Client } from "../wire.ts";
import type { Request, Response } from "../wire.ts";
import type { Experiment } from "./experiment.ts";

/** A response with the trailers behind it. */
export interface Answer extends Response {
  trailers: readonly (readonly [string, string])[];
}

/** Sends all requests of an experiment to one of its listeners, one after the other. */
export async function exchange(experiment: Experiment, port: number): Promise<Answer[]> {
  return await (experiment.protocol === "http1" ? overHttp1 : overHttp2)(experiment, port);
}

async function overHttp1(experiment: Experiment, port: number): Promise<Answer[]> {
  const client = new Client(port, preface(experiment));
  const answers: Answer[] = [];
  try {
    for (const request of experiment.requests) answers.push({ ...(await client.send(request)), trailers: [] });
  } finally {
    client.close();
  }
  return answers;
}

async function overHttp2(experiment: Experiment, port: number): Promise<Answer[]> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(preface(experiment));
  const client = Http2.over(socket);
  const answers: Answer[] = [];
  try {
    for (const request of experiment.requests) {
      const { headers, ...answer } = await client.request(http2Headers(request), request.body);
      answers.push({ ...answer, headers: headers.map(([name, value]): [string, string] => [name, value]) });
    }
  } finally {
    client.close();
  }
  return answers;
}

/** What HTTP/2 has no place for (RFC 9113, section 8.2.2). */
const OF_CONNECTIONS = new Set(["connection", "upgrade", "host"]);
/** Of authorities that Envoy's codec of HTTP/2 takes. */
const AUTHORITY = /^[\w.:[\]-]+$/;
/** Headers that Node sends once and no more. */
const SINGLE = new Set(["content-type", "user-agent", "te"]);

/**
 * The headers of a request as Node and Envoy take them over HTTP/2: CONNECT is a GET, an authority that is none another,
 * and only the first of some headers goes out.
 */
function http2Headers({ method, target, authority, headers, absolute }: Request): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {
    ":method": method === "CONNECT" ? "GET" : method,
    ":path": method === "CONNECT" ? "/" : target,
    ":authority": AUTHORITY.test(authority) ? authority : "reviews",
    ":scheme": absolute ?? "http",
  };
  for (const [spelled, value] of headers) {
    const name = spelled.toLowerCase();
    if (OF_CONNECTIONS.has(name)) continue;
    const before = fields[name];
    if (before === undefined) fields[name] = value;
    else if (!SINGLE.has(name)) fields[name] = [before, value].flat();
  }
  return fields;
}
