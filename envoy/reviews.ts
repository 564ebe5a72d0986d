/** The upstream of the demonstration. As a program: `reviews.ts <version> <port>`, on every address, for a container. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** The path that tells it how to answer from then on. */
const TOLD = /^\/answer-with\/([2-5]\d\d)$/;

/**
 * A server that answers every request in JSON with its version and the headers that reached it. After a request for
 * `/answer-with/503`, which is answered with 200, the status is 503, until another one is asked for in the same way.
 */
export async function startReviews(version: string, address: string, port: number): Promise<Server> {
  let status = 200;
  const server = createServer((request, response) => {
    const [, told] = TOLD.exec(request.url ?? "") ?? [];
    if (told !== undefined) status = Number(told);
    const seen = { reviews: version, path: request.url, headers: request.headers };
    const said = told === undefined ? seen : { reviews: version, answersWith: status };
    response.writeHead(told === undefined ? status : 200, { "content-type": "application/json" });
    response.end(`${JSON.stringify(said, null, 2)}\n`);
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
