import { ADDRESS } from "../../envoy/ports.ts";
import { portOf } from "../../envoy/reviews.ts";
import type { Place } from "../services/call.ts";
import { startCollector } from "./collector.ts";

/** What takes spans and answers for them. */
export interface Backend {
  /** In words. */
  readonly name: string;
  /** Where it takes OTLP by HTTP. */
  readonly otlp: Place;
  /** The root of its query API. */
  readonly traces: string;
  stop(): Promise<void>;
}

/** Starts the collector in this process. */
export async function startBackend(_say: (text: string) => void): Promise<Backend> {
  const server = await startCollector({ host: ADDRESS, port: 0 });
  const place = { host: ADDRESS, port: portOf(server) };
  return {
    name: "a collector in this process",
    otlp: place,
    traces: `http://${place.host}:${place.port}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
