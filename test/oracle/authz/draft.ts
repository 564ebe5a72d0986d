/** One request in the making: what a policy can ask about it, of its connection and of the request itself. */
import type { Random } from "../random.ts";
import { PEERS, PLAINTEXT, STRICT_PEERS } from "./peers.ts";
import type { Claims, Token } from "./tokens.ts";
import { DIRECT_ADDRESSES } from "./loopback.ts";
import * as words from "./vocabulary.ts";

/** What is the same for all requests of a connection. */
export interface Connection {
  /** A name of `PEERS`, or `PLAINTEXT`. */
  peer: string;
  /** The server name that TLS asks for. */
  sni?: string;
  /** The address that the client connects from: `::1` or one of 127.0.0.0/8. */
  direct: string;
  /** What the PROXY protocol tells of a connection in front of this one; without it the connection's own ends count. */
  proxy?: Addresses;
}

/** The ends of a connection; both addresses are of one family. */
export interface Addresses {
  source: string;
  destination: string;
  /** The destination's. */
  port: number;
}

/** An HTTP/1.1 request; every string is bytes, one character each. */
export interface Request {
  method: string;
  /** The request target: a path with its query, mostly. */
  target: string;
  authority: string;
  /** In order, repetitions included; without `host` and `authorization`. */
  headers: [name: string, value: string][];
  token?: Token;
}

/** A request with its connection. */
export interface Draft {
  /** The mesh's own trust domains, for which `cluster.local` may stand. */
  trustDomains: readonly string[];
  /** The namespace of the policy that the request is aimed at, which a bare service account is of. */
  namespace?: string;
  connection: Connection;
  /** Whether the client is to be one of whom both sides make the same, if one fits. */
  strict?: boolean;
  /** Whether the connection is open already, so that only the request can still change. */
  open?: boolean;
  request: Request;
}

/** A request to start from: ordinary, and different each time. */
export function ordinary(random: Random, trustDomains: readonly string[]): Draft {
  const connection: Connection = {
    peer: random.percent(10) ? PLAINTEXT : random.pick(random.percent(12) ? Object.keys(PEERS) : STRICT_PEERS),
    direct: random.pick(DIRECT_ADDRESSES),
  };
  if (random.percent(40)) connection.sni = random.pick(words.SERVER_NAMES);
  if (random.percent(80)) setProxy(random, connection, {});
  const request: Request = {
    method: random.pick(["GET", "GET", "POST", ...words.METHODS]),
    target: random.pick(words.PATHS),
    authority: random.pick(words.HOSTS),
    headers: [],
  };
  return { trustDomains, connection, request };
}

/** Gives the connection an end in front of this one; what is not given is made up in the family of what is. */
export function setProxy(random: Random, connection: Connection, known: Partial<Addresses>): void {
  const given = known.source ?? known.destination ?? connection.proxy?.source;
  const isV6 = given === undefined ? random.percent(30) : given.includes(":");
  const own = (list: readonly string[], current?: string): string =>
    current !== undefined && current.includes(":") === isV6
      ? current
      : random.pick(list.filter((address) => address.includes(":") === isV6));
  connection.proxy = {
    source: known.source ?? own(words.ADDRESSES, connection.proxy?.source),
    destination: known.destination ?? own(words.ADDRESSES, connection.proxy?.destination),
    port: known.port ?? connection.proxy?.port ?? Number(random.pick(words.PORTS)),
  };
}

/** Sets a header's only value. */
export function setHeader({ request }: Draft, name: string, value: string): void {
  const key = name.toLowerCase();
  request.headers = [...request.headers.filter(([other]) => other.toLowerCase() !== key), [name, value]];
}

/** The claims of the request's token, which it has from now on. */
export function claimsOf(draft: Draft, issue: () => Claims): Claims {
  draft.request.token ??= { claims: issue() };
  return draft.request.token.claims;
}
