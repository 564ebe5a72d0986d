import type { PropertyValue } from "../../../../../emulator/index.ts";
import type { Random } from "../../../../../test/oracle/random.ts";
import type { Claims, Request } from "./request.ts";
import * as words from "./vocabulary.ts";

/** A request with a well-formed identity or none; sometimes on the path of one of so many tenants. */
export function generateRequest(random: Random, tenants: number): Request {
  const mtls = random.percent(75);
  return {
    headers: generateHeaders(random, tenants),
    mtls,
    ...(mtls && { san: `spiffe://${random.pick(words.IDENTITIES)}` }),
    ...(!mtls && random.percent(30) && { forwarded: forwardedPeer(random) }),
    ...(random.percent(60) && { claims: generateClaims(random) }),
    metadata: random.percent(50) ? { [words.FILTER]: { group: claimValue(random), other: "admin" } } : {},
    remote: endpoint(random),
    direct: endpoint(random),
    local: endpoint(random),
    port: random.pick(words.PORTS),
    serverName: random.pick(words.SERVER_NAMES),
  };
}

function generateHeaders(random: Random, tenants: number): [string, string][] {
  const tenant = tenants > 0 && random.percent(90);
  const path = tenant
    ? `/tenants/${random.int(tenants)}${random.pick(["", "/x", "/x/b", "/x/y/z"])}`
    : random.pick(words.PATHS);
  const headers: [string, string][] = [
    [":method", random.pick(words.METHODS)],
    [":authority", random.pick(words.HOSTS)],
    [":path", path + random.pick(words.QUERIES)],
    [":scheme", "http"],
  ];
  for (let count = random.int(4); count > 0; count--) {
    headers.push([random.pick(["x-user", "x-role", "x-empty"]), random.pick(words.HEADER_VALUES)]);
  }
  return headers.filter(() => !random.percent(2));
}

function generateClaims(random: Random): Claims {
  return {
    ...(random.percent(90) && { iss: random.pick(words.ISSUERS) }),
    ...(random.percent(90) && { sub: random.percent(95) ? random.pick(words.SUBJECTS) : ["sub"] }),
    aud: claimValue(random),
    azp: claimValue(random),
    group: claimValue(random),
    nested: random.percent(80) ? { group: claimValue(random) } : claimValue(random),
  };
}

/** A string, a list, or what matches nothing. */
function claimValue(random: Random): PropertyValue {
  const text = (): string => random.pick(words.CLAIM_VALUES);
  if (random.percent(60)) return text();
  if (random.percent(70)) return random.times(0, 3, text);
  return random.pick<PropertyValue>([1, true, null, { admin: "admin" }, [["admin"]], [1, "dev"]]);
}

/** What another listener says of the peer; `-` where that has no certificate either. */
function forwardedPeer(random: Random): string {
  return random.percent(30) ? "-" : `spiffe://${random.pick(words.IDENTITIES)}`;
}

function endpoint(random: Random): string {
  if (random.percent(3)) return "/run/pipe.sock";
  const address = random.pick(words.ADDRESSES);
  return address.includes(":") ? `[${address}]:443` : `${address}:443`;
}
