/** The upstream of a chain: it echoes, and holds back the answers that it is asked to. */
import { once, EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { Echo } from "../echo.ts";
import { CASE, HOLD } from "./generate-steps.ts";

export class HoldingUpstream {
  private readonly events = new EventEmitter().setMaxListeners(0);
  private echo!: Echo;

  static async start(): Promise<HoldingUpstream> {
    const upstream = new HoldingUpstream();
    upstream.echo = await Echo.start((request) => upstream.ready(request));
    return upstream;
  }

  get port(): number {
    return this.echo.port;
  }

  /** Resolves when the request is there and held. */
  async arrived(name: string): Promise<void> {
    await once(this.events, `arrived ${name}`);
  }

  /** Resolves when a request that is held was broken off. */
  async gone(name: string): Promise<void> {
    await once(this.events, `gone ${name}`);
  }

  /** Lets a request that is held be answered. */
  release(name: string): void {
    this.events.emit(`release ${name}`);
  }

  async stop(): Promise<void> {
    await this.echo.stop();
  }

  private async ready(request: IncomingMessage): Promise<void> {
    const name = String(request.headers[CASE]);
    if (request.headers[HOLD] === undefined) return;
    const released = once(this.events, `release ${name}`);
    const gone = (): void => void this.events.emit(`gone ${name}`);
    request.socket.once("close", gone);
    this.events.emit(`arrived ${name}`);
    await released;
    request.socket.off("close", gone);
  }
}
