import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { spansOf } from "../../cli/trace/input/read.ts";
import { analysed } from "../../cli/trace/report/analysis.ts";
import { htmlReport } from "../../cli/trace/report/html.ts";
import type { Place } from "../services/call.ts";

const SINCE_MS = 3_600_000;
const LIMIT = 100;

/**
 * Serves what `signalbox trace report --output html` writes of the last hour's traces, made anew for each request.
 *
 * @param traces the root of the server that has them
 */
export async function startPage({ host, port }: Place, traces: string): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.url !== "/") return void response.writeHead(404).end();
    spansOf([traces], { service: "productpage.default", since: SINCE_MS, limit: LIMIT }).then(
      (spans) =>
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(htmlReport(analysed(spans))),
      (error: Error) => response.writeHead(502, { "content-type": "text/plain" }).end(`${error.message}\n`),
    );
  });
  server.listen(port, host);
  await once(server, "listening");
  return server;
}
