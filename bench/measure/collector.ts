import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A collector that takes whatever it gets, on a free port of 127.0.0.1, which it gives: OTLP at any path, and Zipkin's JSON at `/api/v2/spans`.
 * It ends with the process.
 */
export async function startCollector(): Promise<number> {
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(request.url === "/api/v2/spans" ? 202 : 200).end());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  return (server.address() as AddressInfo).port;
}
