import type { ConnectionOptions } from "node:tls";
import { withClients } from "./clients.ts";
import { Http1, type Answer, type Request } from "./http1.ts";

const CONNECTIONS = 8;

/** What to send while something else goes on, and what to note of its answers. */
export interface Load {
  port: number;
  /** In turn, one after the other on each of several connections, all of them at least once. */
  requests: readonly Request[];
  tls?: ConnectionOptions;
  /** What is counted of an answer; status and body where not given. */
  tell?: (answer: Answer, request: Request) => string;
}

/**
 * Sends requests for as long as `work` takes: how often each thing was told of their answers. Throws where a request gets
 * no answer.
 */
export async function underLoad(load: Load, work: () => Promise<void>): Promise<Map<string, number>> {
  const { port, requests, tls, tell = ({ status, body }: Answer) => `${status} ${body}` } = load;
  return withClients<string>(
    CONNECTIONS,
    async (isDone, count) => {
      const connection = await Http1.connect(port, tls);
      for (let sent = 0; !isDone() || sent < requests.length; sent++) {
        const request = requests[sent % requests.length]!;
        count(tell(await connection.request(request), request));
      }
      connection.close();
    },
    work,
  );
}
