import { once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { SERVICE_PORT, type ServiceName } from "../bookinfo.ts";

/** Where a server listens, or is called. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** What became of a call. */
export interface CallOutcome {
  readonly status: number;
  /** The answer's JSON; `undefined` if it is none. */
  readonly body: unknown;
  /** What a filter says of an answer of its own: `x-circuit-open`, `x-fault-injected`. */
  readonly by?: Readonly<Record<string, string>>;
}

/** A connection for each call: none is closed just as it is used again. */
const AGENT = new Agent({ keepAlive: false });

/**
 * Calls a service. The request goes to the sidecar's outbound listener, as in a pod, where Istio's iptables rules lead it there; it
 * names the service in `host`. A sidecar that is not there is an outcome too, of status 0.
 */
export async function call(
  sidecar: Place,
  service: ServiceName,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<CallOutcome> {
  const all = { ...headers, host: `${service}:${SERVICE_PORT}` };
  try {
    const outgoing = request({ ...sidecar, path, headers: all, agent: AGENT }).end();
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
    const body = jsonOf(await text(answer));
    const by = Object.entries(answer.headers).filter(
      ([name]) => name === "x-circuit-open" || name === "x-fault-injected",
    );
    const status = answer.statusCode ?? 0;
    return by.length === 0 ? { status, body } : { status, body, by: Object.fromEntries(by) as Record<string, string> };
  } catch (error) {
    return { status: 0, body: { error: (error as Error).message } };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
