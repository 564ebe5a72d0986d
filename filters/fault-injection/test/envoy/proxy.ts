import assert from "node:assert/strict";
import {
  discovered,
  Envoy,
  forward,
  inlineWasm,
  listener,
  SHOWS_DETAILS,
  until,
  type EnvoyOptions,
  type HttpChain,
  type JsonObject,
  type Listener,
} from "../../../../test/support/envoy/index.ts";
import { DeliveryUpstream, type Protocol } from "./delivery-upstream.ts";
import { METADATA, metric, OUTBOUND } from "./faults.ts";

/** More than the machine has cores, so that each of them may come to a halt anywhere. */
const WORKERS = 4;

/** A listener of its own, by whose name the upstreams' protocols are told: `<name>` goes to HTTP/1, `<name>:http2` to HTTP/2. */
export interface Part {
  configuration: JsonObject;
  /** Further fields of the plugin, where it is not pushed. */
  plugin?: JsonObject;
  /** Whether `Envoy.push` is to replace the configuration, by the part's name; then both listeners have the same filter. */
  pushed?: boolean;
  /** Whether its listeners are discovered, and can be taken away. */
  listenersDiscovered?: boolean;
  manager?: JsonObject;
  chain?: HttpChain;
}

/** An Envoy with several workers before an upstream of HTTP/1 and one of HTTP/2, for requests that are held. */
export class Proxy {
  private constructor(
    readonly envoy: Envoy,
    readonly upstreams: Readonly<Record<Protocol, DeliveryUpstream>>,
  ) {}

  static async start(parts: Readonly<Record<string, Part>>, options: Partial<EnvoyOptions> = {}): Promise<Proxy> {
    const upstreams = { http1: await DeliveryUpstream.start("http1"), http2: await DeliveryUpstream.start("http2") };
    const named = Object.entries(parts);
    const pushed = named.filter(([, part]) => part.pushed);
    try {
      const envoy = await Envoy.start({
        listeners: named.flatMap(([name, part]) => (part.listenersDiscovered ? [] : partListeners(name, part))),
        discoveredListeners: named.flatMap(([name, part]) =>
          part.listenersDiscovered ? partListeners(name, part) : [],
        ),
        clusters: [upstreams.http1.cluster("http1"), upstreams.http2.cluster("http2")],
        filters: Object.fromEntries(
          pushed.map(([name, { configuration }]) => [name, { module: "fault-injection", configuration }]),
        ),
        metadata: METADATA,
        concurrency: WORKERS,
        ...options,
      });
      return new Proxy(envoy, upstreams);
    } catch (error) {
      await Promise.all([upstreams.http1.stop(), upstreams.http2.stop()]);
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.envoy.stop();
    await Promise.all([this.upstreams.http1.stop(), this.upstreams.http2.stop()]);
  }

  port(name: string, protocol: Protocol = "http1"): number {
    return this.envoy.port(listenerName(name, protocol));
  }

  /** How often a request came to the upstreams. */
  arrivals(id: string): number {
    return (this.upstreams.http1.arrivals.get(id) ?? 0) + (this.upstreams.http2.arrivals.get(id) ?? 0);
  }

  /** Waits until so many are held, or until no stream with a fault is left. */
  async held(count: number): Promise<void> {
    await until(`${count} active faults`, async () => (await metric(this.envoy, "active_faults")) === count);
  }

  /** The sum over all listeners of a statistic of their connection managers. */
  async total(statistic: string): Promise<number> {
    const all = [...(await this.envoy.admin.stats())].filter(([name]) => /^http\.part\./.test(name));
    const mine = all.filter(([name]) => name.endsWith(`.${statistic}`));
    return mine.reduce((sum, [, value]) => sum + Number(value), 0);
  }

  /** Asserts that all is over and well: no fault active, no request come twice, Envoy alive, and nothing to complain of. */
  async verifyQuiet(): Promise<void> {
    await until("all streams to be gone", async () => (await this.total("downstream_rq_active")) === 0);
    await this.held(0);
    assert.deepEqual([...this.upstreams.http1.repeated(), ...this.upstreams.http2.repeated()], []);
    assert.equal(this.envoy.ended(), false);
    assert.doesNotMatch(this.envoy.log(), /wasm|Caught|assert/i);
  }
}

function listenerName(name: string, protocol: Protocol): string {
  return protocol === "http1" ? name : `${name}:${protocol}`;
}

function partListeners(name: string, { configuration, plugin, pushed, manager, chain }: Part): Listener[] {
  const filter = pushed ? discovered(name) : inlineWasm(name, { module: "fault-injection", configuration, plugin });
  return (["http1", "http2"] as const).map((protocol) => ({
    ...listener(listenerName(name, protocol), {
      filters: [filter],
      // On a busy machine the last of thousands of answers takes longer than the 15 seconds that Envoy gives them by itself.
      routes: [forward(protocol, { prefix: "/" }, { route: { cluster: protocol, timeout: "0s" } })],
      manager: { ...SHOWS_DETAILS, stat_prefix: "part", ...manager },
      ...chain,
    }),
    listener: OUTBOUND,
  }));
}
