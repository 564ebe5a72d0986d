import { RegistryError } from "./error.ts";

/** How long one request may take. A module is some tens of kilobytes. */
const LIMIT_MS = 60_000;

/** Node's codes for what the user can do something about. */
const CAUSES: Record<string, string> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "its name cannot be looked up now",
  ECONNRESET: "it ended the connection before it had answered",
  UND_ERR_SOCKET: "it ended the connection before it had answered",
  EPIPE: "it ended the connection before it had answered",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS; write http:// before a registry without",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak TLS; write http:// before a registry without",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is not trusted; NODE_EXTRA_CA_CERTS can name the authority's file",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is not trusted; NODE_EXTRA_CA_CERTS can name the authority's file",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not trusted; NODE_EXTRA_CA_CERTS can name the authority's file",
};

/** `fetch`, with a `RegistryError` in one line where no answer comes. */
export async function fetchOrSay(url: URL, options: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...options, signal: AbortSignal.timeout(LIMIT_MS) });
  } catch (error) {
    throw unanswered(url, error as Error, options.method ?? "GET");
  }
}

/** The whole body of an answer, with a `RegistryError` in one line where it breaks off. */
export async function bodyOf(answer: Response, url: string): Promise<Buffer> {
  try {
    return Buffer.from(await answer.arrayBuffer());
  } catch (error) {
    throw unanswered(new URL(url), error as Error, "GET");
  }
}

function unanswered(url: URL, error: Error & { cause?: unknown }, method: string): RegistryError {
  const { code = "", message = error.message } = (error.cause ?? {}) as { code?: string; message?: string };
  const late = error.name === "TimeoutError" ? `no answer within ${LIMIT_MS / 1000} s` : undefined;
  const reason = late ?? CAUSES[code] ?? `${message.split("\n")[0]}${code && ` (${code})`}`;
  return new RegistryError(`${url.host}: ${method} ${url.pathname} failed, ${reason}.`);
}
