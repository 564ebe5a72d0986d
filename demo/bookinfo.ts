/** The services of Istio's sample Bookinfo, as far as traces see them: who calls whom, in order, and how long each takes. */
export interface ServiceDescription {
  readonly name: ServiceName;
  /** Called one after the other. */
  readonly calls: readonly ServiceName[];
  /** How long it works on a request by itself, before its calls, in milliseconds: at least, never less. */
  readonly takesMs: number;
}

export const SERVICE_NAMES = ["productpage", "details", "reviews", "ratings"] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

export const SERVICES: readonly ServiceDescription[] = [
  { name: "productpage", calls: ["details", "reviews"], takesMs: 5 },
  { name: "details", calls: [], takesMs: 8 },
  { name: "reviews", calls: ["ratings"], takesMs: 12 },
  { name: "ratings", calls: [], takesMs: 20 },
];

/** The port that a service has for those that call it. */
export const SERVICE_PORT = 9080;

/** What Istio calls its spans: `app.namespace`. */
export function spanServiceOf(name: ServiceName): string {
  return `${name}.default`;
}

/** Spans of one request for the page: the gateway's two, one for each call that arrives, and one for each that is sent. */
export const SPANS_OF_A_REQUEST = SERVICES.reduce((sum, { calls }) => sum + 1 + calls.length, 2);

/** @throws Error if there is no service of this name */
export function describedService(name: string): ServiceDescription {
  const service = SERVICES.find((one) => one.name === name);
  if (service === undefined) throw new Error(`${name} is none of ${SERVICE_NAMES.join(", ")}`);
  return service;
}
