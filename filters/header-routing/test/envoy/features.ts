import {
  FeatureListeners,
  Http1,
  valuesOf,
  type Answer,
  type Envoy,
  type Feature,
  type JsonObject,
  type Request,
  type Seen,
} from "../../../../test/support/envoy/index.ts";

/** What became of a request: the answer, and what the upstream saw. */
export interface Outcome {
  answer: Answer;
  seen: Seen;
  /** The steering header as the upstream saw it; undefined where there is none. */
  subset: string | undefined;
}

/** An Envoy with a listener for each feature of header-routing. */
export class Features {
  private constructor(private readonly listeners: FeatureListeners) {}

  static async start(features: Readonly<Record<string, Feature>>, metadata?: JsonObject): Promise<Features> {
    const options = { metadata, logLevels: "wasm:debug" };
    return new Features(await FeatureListeners.start("header-routing", features, options));
  }

  get envoy(): Envoy {
    return this.listeners.envoy;
  }

  async stop(): Promise<void> {
    await this.listeners.stop();
  }

  /** Sends a request to a feature's listener; the host is `reviews` where it names none. */
  async send(name: string, request: Request = {}, connection?: Http1): Promise<Outcome> {
    const headers = request.headers ?? [];
    const hasHost = headers.some(([header]) => header.toLowerCase() === "host");
    const whole: Request = { ...request, headers: hasHost ? headers : [["host", "reviews"], ...headers] };
    const answer = await (connection?.request(whole) ?? this.listeners.send(name, whole));
    const seen = JSON.parse(answer.body) as Seen;
    return { answer, seen, subset: valuesOf(seen.headers, "x-subset")[0] };
  }
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
