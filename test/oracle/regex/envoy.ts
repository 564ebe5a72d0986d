/** One Envoy process in a folder of its own, for a question or some thousands. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:http2";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import { join } from "node:path";
import { envoyBinary } from "../../../tools/envoy-binary.ts";

const START_MS = 60_000;
const LOOK_MS = 50;

export class Envoy {
  readonly #admin: string;
  readonly #end: () => Promise<void>;

  private constructor(admin: string, end: () => Promise<void>) {
    this.#admin = admin;
    this.#end = end;
  }

  /** Starts Envoy and gives it once it is live. Throws with the end of its log where it ends or is not live in time. */
  static async start(bootstrap: object, folder: string, name: string): Promise<Envoy> {
    const config = join(folder, `${name}.json`);
    const adminFile = join(folder, `${name}.admin`);
    const log = join(folder, `${name}.log`);
    writeFileSync(config, JSON.stringify(bootstrap));
    const options = ["--use-dynamic-base-id", "--concurrency", "1", "--log-level", "error", "--log-path", log];
    const child = spawn(envoyBinary(), ["-c", config, "--admin-address-path", adminFile, ...options], {
      stdio: "ignore",
    });
    const ended = once(child, "exit");
    const end = async (): Promise<void> => {
      if (child.exitCode === null) child.kill("SIGKILL");
      await ended;
    };
    const latest = Date.now() + START_MS;
    while (Date.now() < latest && child.exitCode === null) {
      const admin = existsSync(adminFile) ? readFileSync(adminFile, "utf8") : "";
      const live = admin !== "" && (await fetch(`http://${admin}/ready`).catch(() => undefined))?.status === 200;
      if (live) return new Envoy(admin, end);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    await end();
    throw new Error(`Envoy did not start: ${existsSync(log) ? readFileSync(log, "utf8").slice(-2000) : ""}`);
  }

  /** Ends the process and waits for its end. */
  async stop(): Promise<void> {
    await this.#end();
  }

  /** A document of the admin interface. */
  async admin(path: string): Promise<unknown> {
    return await (await fetch(`http://${this.#admin}${path}`)).json();
  }

  /** The port that a listener got. */
  async port(listener: string): Promise<number> {
    type Listeners = {
      listener_statuses: { name: string; local_address: { socket_address: { port_value: number } } }[];
    };
    const { listener_statuses } = (await this.admin("/listeners?format=json")) as Listeners;
    const found = listener_statuses.find(({ name }) => name === listener);
    if (found === undefined) throw new Error(`Envoy has no listener ${listener}`);
    return found.local_address.socket_address.port_value;
  }
}

/** Sends GET requests over one HTTP/2 connection and gives the status of each answer, in order. */
export async function statusesOf(port: number, requests: readonly OutgoingHttpHeaders[]): Promise<number[]> {
  const AT_ONCE = 100;
  const session = connect(`http://127.0.0.1:${port}`);
  const statuses: number[] = [];
  const answer = async (index: number): Promise<void> => {
    const stream = session.request(requests[index], { endStream: true });
    const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
    statuses[index] = Number(headers[":status"]);
    stream.resume();
    await once(stream, "close");
  };
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < requests.length) await answer(next++);
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  } finally {
    session.close();
  }
  return statuses;
}
