import {
  cluster,
  Envoy,
  fetchOnce,
  inlineWasm,
  listener,
  SHOWS_DETAILS,
  type Answer,
  type EnvoyOptions,
  type HttpChain,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";
import { FailingUpstream } from "./failing-upstream.ts";

/** A pluginConfig with one rule for every host; the circuit has the name. */
export function rule(name: string, outlierDetection: JsonObject, fields: JsonObject = {}): JsonObject {
  return { destinationRules: [{ name, host: "*", trafficPolicy: { outlierDetection }, ...fields }] };
}

/** A listener with a circuit. */
export interface Part {
  configuration: JsonObject;
  chain?: HttpChain;
  /** Further fields of its route, and of the cluster that it goes to. */
  route?: JsonObject;
  cluster?: JsonObject;
  /** Further fields of the listener. */
  listener?: JsonObject;
  /** Whether nobody listens at the cluster's port. */
  closed?: boolean;
}

/** An Envoy before an upstream that fails as it is told. Each part has a listener, a cluster and a plugin of its name. */
export class Circuits {
  private constructor(
    readonly envoy: Envoy,
    readonly upstream: FailingUpstream,
  ) {}

  static async start(parts: Readonly<Record<string, Part>>, options: Partial<EnvoyOptions> = {}): Promise<Circuits> {
    const upstream = await FailingUpstream.start();
    const listeners = Object.entries(parts).map(([name, part]) => {
      const filters = [inlineWasm(name, { module: "circuit-breaking", configuration: part.configuration })];
      const routes = [{ match: { prefix: "/" }, route: { cluster: name, ...part.route } } as JsonObject];
      const own = listener(name, { filters, routes, manager: SHOWS_DETAILS, ...part.chain });
      return { ...own, ...(part.listener !== undefined && { listener: part.listener }) };
    });
    const clusters = Object.entries(parts).map(([name, part]) =>
      cluster(name, part.closed ? 1 : upstream.port, part.cluster),
    );
    try {
      return new Circuits(await Envoy.start({ listeners, clusters, ...options }), upstream);
    } catch (error) {
      await upstream.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.envoy.stop();
    await this.upstream.stop();
  }

  /** Sends a request that the upstream is to answer in that way, on a connection of its own. */
  async ask(part: string, way: string, headers: readonly (readonly [string, string])[] = []): Promise<Answer> {
    return await fetchOnce(this.envoy.port(part), { path: `/${part}/${way}`, headers });
  }

  /** Several, one after the other: `.` for each that was not refused, `x` for each that was. */
  async asks(part: string, times: number, way: string): Promise<string> {
    let all = "";
    for (let i = 0; i < times; i++) all += isRefused(await this.ask(part, way)) ? "x" : ".";
    return all;
  }

  /** A metric of a circuit, or one of the filter's if no circuit is named. */
  async metric(name: string, plugin?: string, circuit = plugin): Promise<number> {
    const stats = await this.envoy.admin.stats();
    const own = plugin === undefined ? "" : `circuit.${plugin}.${circuit}.`;
    return Number(stats.get(`wasmcustom.circuit_breaking.${own}${name}`) ?? -1);
  }
}

export function isRefused(answer: Answer): boolean {
  return headerOf(answer, "x-circuit-open") !== undefined;
}

export function headerOf({ headers }: Answer, name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}
