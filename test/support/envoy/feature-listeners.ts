import type { ConnectionOptions } from "node:tls";
import type { WasmFilter } from "../../../envoy/discovery.ts";
import type { JsonObject } from "../../../envoy/json.ts";
import { cluster, forward, listener, type HttpChain } from "./bootstrap.ts";
import { Envoy, type EnvoyOptions } from "./envoy.ts";
import { inlineWasm } from "./filters.ts";
import { fetchOnce, type Answer, type Request } from "./http1.ts";
import { Upstream } from "./upstream.ts";

/** One pluginConfig on a listener of its own. */
export interface Feature extends Pick<WasmFilter, "plugin" | "vm"> {
  configuration: JsonObject;
  /** Its filters come before the one that is tested. */
  chain?: HttpChain;
  /** Further fields of the listener, such as `traffic_direction`. */
  listener?: JsonObject;
}

/** An Envoy with a listener for each feature of one filter, all of them forwarding to one upstream that says what it saw. */
export class FeatureListeners {
  private constructor(
    readonly envoy: Envoy,
    private readonly upstream: Upstream,
  ) {}

  /** @param module the filter, for `build/<filter>.wasm` */
  static async start(
    module: string,
    features: Readonly<Record<string, Feature>>,
    options: Omit<EnvoyOptions, "listeners" | "clusters"> = {},
  ): Promise<FeatureListeners> {
    const upstream = await Upstream.start("upstream");
    const listeners = Object.entries(features).map(([name, { chain, listener: fields, ...filter }]) => {
      const filters = [...(chain?.filters ?? []), inlineWasm(name, { module, ...filter })];
      return { ...listener(name, { routes: [forward("upstream")], ...chain, filters }), listener: fields };
    });
    try {
      const clusters = [cluster("upstream", upstream.port)];
      return new FeatureListeners(await Envoy.start({ listeners, clusters, ...options }), upstream);
    } catch (error) {
      await upstream.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.envoy.stop();
    await this.upstream.stop();
  }

  /** Sends a request to a feature's listener, on a connection of its own. */
  async send(name: string, request?: Request, tls?: ConnectionOptions): Promise<Answer> {
    return await fetchOnce(this.envoy.port(name), request, tls);
  }
}
