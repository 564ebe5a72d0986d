import {
  cluster,
  Envoy,
  forward,
  Http1,
  inlineWasm,
  listener,
  Upstream,
  type Answer,
  type HeaderLine,
  type HttpChain,
  type JsonObject,
  type Request,
  type Seen,
} from "../../../test/real-envoy/harness/index.ts";

/** What became of a request: the answer, and what the upstream saw. */
export interface Outcome {
  answer: Answer;
  seen: Seen;
  /** The steering header as the upstream saw it; undefined where there is none. */
  subset: string | undefined;
}

/** One pluginConfig on a listener of its own. */
export interface Feature {
  configuration: JsonObject;
  chain?: HttpChain;
  /** Further fields of the listener, such as `traffic_direction`. */
  listener?: JsonObject;
}

/** An Envoy with a listener for each feature, all of them forwarding to one upstream that says what it saw. */
export class Features {
  private constructor(
    readonly envoy: Envoy,
    private readonly upstream: Upstream,
  ) {}

  static async start(features: Readonly<Record<string, Feature>>, metadata?: JsonObject): Promise<Features> {
    const upstream = await Upstream.start("reviews");
    const listeners = Object.entries(features).map(([name, { configuration, chain, listener: fields }]) => {
      const filters = [...(chain?.filters ?? []), inlineWasm(name, { module: "header-routing", configuration })];
      return { ...listener(name, { routes: [forward("reviews")], ...chain, filters }), listener: fields };
    });
    try {
      const clusters = [cluster("reviews", upstream.port)];
      const logLevels = "wasm:debug";
      return new Features(await Envoy.start({ listeners, clusters, metadata, logLevels }), upstream);
    } catch (error) {
      await upstream.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.envoy.stop();
    await this.upstream.stop();
  }

  /** Sends a request to a feature's listener; the host is `reviews` where it names none. */
  async send(name: string, request: Request = {}, connection?: Http1): Promise<Outcome> {
    const client = connection ?? (await Http1.connect(this.envoy.port(name)));
    const headers = request.headers ?? [];
    const hasHost = headers.some(([header]) => header.toLowerCase() === "host");
    const answer = await client.request({ ...request, headers: hasHost ? headers : [["host", "reviews"], ...headers] });
    if (connection === undefined) client.close();
    const seen = JSON.parse(answer.body) as Seen;
    return { answer, seen, subset: valuesOf(seen.headers, "x-subset")[0] };
  }
}

/** The values of a header, in order. */
export function valuesOf(headers: readonly HeaderLine[], name: string): string[] {
  return headers.filter(([header]) => header.toLowerCase() === name).map(([, value]) => value);
}

/** A VirtualService for the host `reviews`. */
export function reviews(http: readonly JsonObject[], fields: JsonObject = {}): JsonObject {
  return { virtualServices: [{ name: "reviews", namespace: "default", hosts: ["reviews"], http }], ...fields };
}

/** A route to a subset of `reviews`; without `match`, for every request. */
export function to(subset: string, match?: JsonObject, fields: JsonObject = {}): JsonObject {
  const matches = match === undefined ? {} : { match: [match] };
  return { name: subset, ...matches, route: [{ destination: { host: "reviews", subset } }], ...fields };
}
