/** Requests that try to get past a policy: bytes as no client library would send them. */
import { ABSOLUTE, CLAIMED, FORWARDED, HEADERS, HOSTS, METHODS, TARGETS } from "./attempt-values.ts";
import { PUBLIC_HOST } from "./bypass-policies.ts";
import type { Topic } from "./bypass-policies.ts";
import type { Connection } from "./draft.ts";
import { PLAINTEXT } from "./peers.ts";
import { encodeToken } from "./tokens.ts";

/** An attempt over HTTP/1.1. */
export interface Attempt {
  what: string;
  against: readonly Topic[];
  /** Byte for byte, one character each. */
  text: string;
  /** How many answers Envoy owes. */
  answers?: number;
  /** What is not as with an ordinary connection. */
  connection?: Partial<Connection>;
}

interface Parts {
  method?: string;
  host?: string;
  version?: string;
}

/** A request of a target with header lines as they are. */
function request(
  target: string,
  lines: readonly string[] = [],
  { method = "GET", host = PUBLIC_HOST, version = "1.1" }: Parts = {},
): string {
  return [`${method} ${target} HTTP/${version}`, `host: ${host}`, ...lines, "", ""].join("\r\n");
}

const claims = { iss: "issuer.example", sub: "jason" };
const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`;

/** Tokens: good ones, and what only looks like one. Made when asked, since they expire. */
function tokens(): string[][] {
  const good = encodeToken({ claims });
  return [
    [`authorization: Bearer ${good}`],
    [`authorization: bearer ${good}`],
    [`Authorization: Bearer  ${good}`],
    [`authorization: Bearer ${good}`, `authorization: Bearer ${good}`],
    [`authorization: Bearer x`, `authorization: Bearer ${good}`],
    [`authorization: Bearer ${encodeToken({ claims: { ...claims, sub: "kate" } })}`],
    [`authorization: Bearer ${encodeToken({ claims: { iss: "issuer.example/jason", sub: "" } })}`],
    [`authorization: Bearer ${encodeToken({ claims: { ...claims, sub: ["jason"] } })}`],
    [`authorization: Bearer ${encodeToken({ claims: { ...claims, iss: "other.example" } })}`],
    [`authorization: Bearer ${encodeToken({ claims, flaw: "signature" })}`],
    [`authorization: Bearer ${encodeToken({ claims, flaw: "expired" })}`],
    [`authorization: Bearer ${unsigned}`],
    [`authorization: Basic ${good}`],
    ["authorization: Bearer"],
    [`x-jwt-payload: ${Buffer.from(JSON.stringify(claims)).toString("base64")}`],
    ["x-istio-attributes: x", "sec-istio-auth-userinfo: x", "x-auth-request-user: jason"],
  ];
}

/** A target, a host or a method, and lines of headers. */
function each(topic: Topic, values: readonly string[], write: (value: string) => string): Attempt[] {
  return values.map((value) => ({ what: `${topic}: ${JSON.stringify(value)}`, against: [topic], text: write(value) }));
}

function lines(against: readonly Topic[], all: readonly string[][], connection?: Partial<Connection>): Attempt[] {
  return all.map((list) => ({
    what: `${against[0]}: ${JSON.stringify(list).slice(0, 200)}`,
    against,
    text: request("/public", list),
    ...(connection && { connection }),
  }));
}

/** A message that is not quite one, or more than one. */
function messages(): Omit<Attempt, "against">[] {
  return [
    { what: "no host", text: "GET /admin HTTP/1.1\r\n\r\n" },
    { what: "HTTP/1.0", text: request("/admin", [], { version: "1.0" }) },
    { what: "HTTP/1.0 without a host", text: "GET /admin HTTP/1.0\r\n\r\n" },
    { what: "HTTP/0.9", text: "GET /admin\r\n\r\n" },
    { what: "HTTP/2.0 in HTTP/1", text: request("/admin", [], { version: "2.0" }) },
    { what: "bare line feeds", text: request("/admin").replaceAll("\r", "") },
    { what: "an empty line in front", text: `\r\n${request("/admin")}` },
    { what: "two spaces", text: `GET  /admin HTTP/1.1\r\nhost: ${PUBLIC_HOST}\r\n\r\n` },
    { what: "a tab", text: `GET\t/admin\tHTTP/1.1\r\nhost: ${PUBLIC_HOST}\r\n\r\n` },
    { what: "a second request behind the first", text: request("/public") + request("/admin"), answers: 2 },
    {
      what: "a second request in the body of the first",
      text: `${request("/public", ["content-length: 60"])}${request("/admin").padEnd(60, "x").slice(0, 60)}`,
    },
    {
      what: "a second request behind chunks",
      text: `${request("/public", ["transfer-encoding: chunked"])}0\r\n\r\n${request("/admin")}`,
      answers: 2,
    },
  ];
}

/** All attempts over HTTP/1.1, beside those that are made of a certificate alone. */
export function attempts(): Attempt[] {
  const token = encodeToken({ claims });
  const behind = { direct: "127.0.0.2", proxy: { source: "10.1.2.3", destination: "10.9.9.9", port: 80 } };
  return [
    ...each("paths", TARGETS, request),
    ...[...each("paths", ABSOLUTE, request), ...each("hosts", ABSOLUTE, request)],
    ...each("hosts", HOSTS, (host) => request("/public", [], { host })),
    ...each("methods", METHODS, (method) => request("/public", [], { method })),
    ...lines(["headers", "paths", "hosts", "methods"], HEADERS),
    ...lines(["forwarded identities", "peers"], CLAIMED),
    ...lines(["forwarded identities", "peers"], CLAIMED, { peer: PLAINTEXT }),
    ...lines(["addresses"], FORWARDED),
    ...lines(["addresses"], FORWARDED, behind),
    ...lines(["tokens"], tokens()),
    ...each("tokens", [`?access_token=${token}`, `?access_token=x&access_token=${token}`], (query) =>
      request(`/public${query}`),
    ),
    ...messages().map((one): Attempt => ({ ...one, against: ["paths", "hosts"] })),
  ];
}
