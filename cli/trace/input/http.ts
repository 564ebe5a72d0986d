import { Failure } from "../../failure.ts";
import type { Progress } from "./progress.ts";

/** What a server answers. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** `application/json`, without parameters; "" if it is not named. */
  readonly type: string;
}

/** An address as it can be shown: without the password. */
export function shown(url: URL): string {
  const copy = new URL(url);
  copy.username = copy.password = "";
  return copy.href.replace(/\/$/, "");
}

/**
 * Asks a server. The name and password of the address are sent as its basic authentication.
 *
 * @throws Failure if it is not there, or wants a login
 */
export async function get(url: URL, progress: Progress): Promise<Answer> {
  const address = new URL(url);
  const { username, password } = address;
  address.username = address.password = "";
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
  const headers = { accept: "application/json", ...(username !== "" && { authorization: `Basic ${login}` }) };
  try {
    const response = await fetch(address, { headers });
    if (response.status === 401 || response.status === 403) throw new Failure(loginNeeded(url, response.status));
    const type = (response.headers.get("content-type") ?? "").replace(/;.*/s, "").trim().toLowerCase();
    return { status: response.status, type, text: await bodyOf(response, progress) };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${url.origin}: ${reasonOf(error)}`);
  }
}

async function bodyOf(response: Response, progress: Progress): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  if (response.body !== null) {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      progress.add(chunk.length);
      parts.push(decoder.decode(chunk, { stream: true }));
    }
  }
  return parts.join("") + decoder.decode();
}

function loginNeeded(url: URL, status: number): string {
  if (url.username !== "") return `${url.origin}: it refuses the name and password of the address (${status})`;
  const { protocol, host } = url;
  const ways = `write ${protocol}//NAME:PASSWORD@${host}, or use kubectl port-forward and http://localhost`;
  return `${url.origin}: it wants a login (${status}): ${ways}`;
}

/** Why there is no answer, in words (errno(3), and the codes of Node's fetch). */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there: is the server running, and is this its port?",
  ENOTFOUND: "there is no host of this name",
  EAI_AGAIN: "the name cannot be looked up now: is there a network?",
  EHOSTUNREACH: "no way leads to this host",
  ENETUNREACH: "no way leads to this host",
  ETIMEDOUT: "it does not answer",
  UND_ERR_CONNECT_TIMEOUT: "it does not answer",
  UND_ERR_HEADERS_TIMEOUT: "it took the request and does not answer",
  UND_ERR_BODY_TIMEOUT: "its answer stops in the middle",
  ECONNRESET: "it closes the connection: does it speak HTTP?",
  EPIPE: "it closes the connection: does it speak HTTP?",
  UND_ERR_SOCKET: "it closes the connection: does it speak HTTP?",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS: write http:// instead of https://",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak TLS: write http:// instead of https://",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is not trusted: name the CA's file in NODE_EXTRA_CA_CERTS",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is not trusted: name the CA's file in NODE_EXTRA_CA_CERTS",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not trusted: name the CA's file in NODE_EXTRA_CA_CERTS",
};

function reasonOf(error: unknown): string {
  const cause = (error as { cause?: unknown }).cause;
  // A name with several addresses has an error for each.
  const [first] = (cause as { errors?: unknown[] } | undefined)?.errors ?? [];
  const { code, message } = (first ?? cause ?? error) as NodeJS.ErrnoException;
  if (code?.startsWith("HPE_") === true) return "its answer is not HTTP";
  return REASONS[code ?? ""] ?? message;
}
