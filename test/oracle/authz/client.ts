/** A client that is who a scene says, and sends its requests over connections that it keeps. */
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { Http1 } from "../../support/envoy/index.ts";
import type { Answer } from "../../support/envoy/index.ts";
import type { Connection, Request } from "./draft.ts";
import type { Ports } from "./listeners.ts";
import { PLAINTEXT } from "./peers.ts";
import type { Contexts } from "./peers.ts";
import { encodeToken } from "./tokens.ts";

function preface({ proxy }: Pick<Connection, "proxy">): string {
  if (proxy === undefined) return "PROXY UNKNOWN\r\n";
  const { source, destination, port } = proxy;
  return `PROXY ${source.includes(":") ? "TCP6" : "TCP4"} ${source} ${destination} 40000 ${port}\r\n`;
}

/** The bytes of a request. */
export function requestText({ method, target, authority, headers, token }: Request): string {
  const lines = [...headers, ...(token ? [["authorization", `Bearer ${encodeToken(token)}`]] : [])];
  const all = [
    `${method} ${target} HTTP/1.1`,
    `host: ${authority}`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
  ];
  return `${all.join("\r\n")}\r\n\r\n`;
}

/** Opens a connection to a listener: TLS, unless the client is one without. */
export async function openSocket(
  ports: Ports,
  { direct, peer, sni, ...scene }: Connection,
  peers: Contexts,
  alpn: readonly string[] = ["http/1.1"],
): Promise<Socket> {
  const [host, port] = direct.includes(":") ? ["::1", ports.v6] : ["127.0.0.1", ports.v4];
  const socket = connect({ host, port: port!, localAddress: direct });
  socket.setNoDelay(true);
  await once(socket, "connect");
  socket.write(preface(scene), "latin1");
  if (peer === PLAINTEXT) return socket;
  const secureContext = peers.get(peer);
  if (secureContext === undefined) throw new Error(`no client ${peer}`);
  const named = sni === undefined ? {} : { servername: sni };
  const secure = connectTls({ socket, secureContext, ALPNProtocols: [...alpn], rejectUnauthorized: false, ...named });
  await once(secure, "secureConnect");
  return secure;
}

/** A connection for HTTP/1.1. */
export async function open(...args: Parameters<typeof openSocket>): Promise<Http1> {
  return Http1.over(await openSocket(...args));
}

/** Sends all requests and gives their answers, over another connection where Envoy closes one behind an answer. */
export async function exchange(open: () => Promise<Http1>, requests: readonly Request[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (answers.length < requests.length) {
    const connection = await open();
    try {
      answers.push(...(await untilClosed(connection, requests.slice(answers.length))));
    } finally {
      connection.close();
    }
  }
  return answers;
}

/** One behind the other: Envoy closes a connection on which more than two answers of its own wait to be sent. */
async function untilClosed(connection: Http1, requests: readonly Request[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const request of requests) {
    connection.send(requestText(request));
    try {
      answers.push(await connection.answer(request.method));
    } catch (error) {
      throw new Error(`no answer to ${JSON.stringify(requestText(request))}`, { cause: error });
    }
    const { headers } = answers[answers.length - 1]!;
    if (headers.some(([name, value]) => name.toLowerCase() === "connection" && value === "close")) break;
  }
  return answers;
}
