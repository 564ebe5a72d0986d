import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

/** What it answers with 200. */
export const SUCCEEDED = "reviews";
/** The header by which a request asks for a failure, its value, and the body of the 503 that it then gets. */
export const FAIL = { "x-answer": "503" } as const;
export const FAILED = "failed";

const END = "\r\n\r\n";
const ASKED_TO_FAIL = `\r\nx-answer: ${FAIL["x-answer"]}\r\n`;

/**
 * An HTTP/1.1 server for requests without a body, on a free port of 127.0.0.1, which it gives. It answers each in one piece, and does so
 * little for it that the load can be sent by the same process. It ends with the process.
 */
export async function startUpstream(): Promise<number> {
  const server = createServer({ noDelay: true }, serve).listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  return (server.address() as AddressInfo).port;
}

function serve(socket: Socket): void {
  let received = "";
  socket.setEncoding("latin1");
  socket.on("error", () => socket.destroy());
  socket.on("data", (text: string) => {
    const requests = (received + text).split(END);
    received = requests.pop() ?? "";
    for (const request of requests) {
      const fails = `${request}\r\n`.toLowerCase().includes(ASKED_TO_FAIL);
      socket.write(fails ? answer("503 Service Unavailable", FAILED) : answer("200 OK", SUCCEEDED));
    }
  });
  socket.unref();
}

function answer(status: string, body: string): string {
  return `HTTP/1.1 ${status}\r\ncontent-type: text/plain\r\ncontent-length: ${body.length}${END}${body}`;
}
