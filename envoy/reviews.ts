/** The upstream of the demonstration. As a program: `reviews.ts <version> <port>`, on every address, for a container. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** A server that answers every request in JSON with its version and the headers that reached it. */
export async function startReviews(version: string, address: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const seen = { reviews: version, path: request.url, headers: request.headers };
    response.setHeader("content-type", "application/json");
    response.end(`${JSON.stringify(seen, null, 2)}\n`);
  });
  server.listen(port, address);
  await once(server, "listening");
  return server;
}

/** The port that a server came to listen on. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [version = "v1", port = "0"] = process.argv.slice(2);
  const server = await startReviews(version, "0.0.0.0", Number(port));
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      server.close();
      server.closeAllConnections();
    });
  }
}
