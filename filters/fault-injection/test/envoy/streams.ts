import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type ClientHttp2Session, type ClientHttp2Stream, type OutgoingHttpHeaders } from "node:http2";
import { outcome } from "./faults.ts";
import { ID } from "./delivery-upstream.ts";

/** More than the memory that Node lets the streams of one session take by itself, in megabytes. */
const SESSION_MB = 200;

let ids = 0;

/** An id that no other request of this process has. */
export function nextId(): string {
  ids += 1;
  return `${ids}`;
}

/** A request on a stream of its own. */
export interface Stream {
  id: string;
  stream: ClientHttp2Stream;
  /** What became of it (`outcome`); `gone` where the stream ended without an answer; with `broken off` where in it. */
  done: Promise<string>;
}

/** An HTTP/2 connection for a great many requests at once, which can be reset, or broken off with all of them. */
export class Streams {
  private constructor(private readonly session: ClientHttp2Session) {}

  static async connect(port: number): Promise<Streams> {
    const session = connect(`http://127.0.0.1:${port}`, { maxSessionMemory: SESSION_MB });
    session.on("error", () => undefined);
    await once(session, "remoteSettings");
    return new Streams(session);
  }

  /** Sends a request with an id of its own, and what follows: nothing, or a body that the caller ends, with trailers. */
  send(headers: OutgoingHttpHeaders = {}, follows?: "with trailers"): Stream {
    const id = nextId();
    const options = { endStream: follows === undefined, waitForTrailers: follows !== undefined };
    const stream = this.session.request({ ":path": "/", [ID]: id, ...headers }, options);
    return { id, stream, done: outcomeOf(stream, id) };
  }

  /** Breaks the connection off. */
  close(): void {
    this.session.destroy();
  }
}

function outcomeOf(stream: ClientHttp2Stream, id: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let given: string | undefined;
    let body = "";
    stream.setEncoding("latin1");
    stream.on("data", (text: string) => (body += text));
    stream.on("response", (fields) => {
      const lines = Object.entries(fields).map(([name, value]) => [name, String(value)] as const);
      given = outcome({ status: Number(fields[":status"]), headers: lines.filter(([name]) => !name.startsWith(":")) });
    });
    stream.on("end", () => {
      if (given === undefined) return;
      try {
        if (given.startsWith("200")) assert.equal(body, id, "the answer to another request");
        resolve(given);
      } catch (error) {
        reject(error as Error);
      }
    });
    stream.on("error", () => undefined);
    stream.on("close", () => resolve(given === undefined ? "gone" : `${given}, broken off`));
  });
}

/** How many there are of each. */
export function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of outcomes) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
}
