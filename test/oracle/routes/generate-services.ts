/** Generated lists of VirtualServices: valid for Istio and for the filter, and full of edge cases. */
import type { Random } from "../random.ts";
import { appliesTo } from "./translate.ts";
import { domainsOf, resolveHost } from "./translate-hosts.ts";
import type {
  Destination,
  Headers,
  HTTPMatchRequest,
  HTTPRoute,
  HTTPRouteDestination,
  StringMatch,
  VirtualService,
} from "./virtual-service.ts";
import * as words from "./vocabulary.ts";
import type { Pattern } from "./vocabulary.ts";

/** What a run may contain. */
export interface Scope {
  /** Without bytes beyond ASCII, for versions of Envoy that read regular expressions as UTF-8. */
  asciiOnly: boolean;
}

/** The ports that a generated `match[].port` and a generated listener can have. */
export const PORTS = [80, 9080];
/** The proxy's own labels and namespace, of which generated conditions name some. */
export const LABELS = { app: "sleep", version: "v1" };
export const NAMESPACE = "default";

type Words = { values: readonly string[]; prefixes?: readonly string[]; patterns: readonly Pattern[] };

/** A condition on a string; never an empty prefix unless the words have one, because Istio refuses it except for `uri`. */
function stringMatch(random: Random, { values, prefixes, patterns }: Words, presence: boolean): StringMatch {
  const kind = random.int(presence ? 10 : 8);
  if (kind < 3) return { exact: random.pick(values) };
  if (kind < 5) return { prefix: random.pick(prefixes ?? values.filter((value) => value !== "")) };
  if (kind < 8) return { regex: random.pick(patterns).regex };
  return {};
}

function headerWords({ asciiOnly }: Scope): Words {
  if (asciiOnly) return { values: words.VALUES, patterns: words.HEADER_PATTERNS };
  return {
    values: [...words.VALUES, ...words.UNICODE_VALUES],
    patterns: [...words.HEADER_PATTERNS, ...words.LATIN1_PATTERNS],
  };
}

const PATH_WORDS: Words = { values: words.PATHS, prefixes: words.PATH_PREFIXES, patterns: words.PATH_PATTERNS };
const METHOD_WORDS: Words = {
  values: words.METHODS,
  prefixes: ["P", "G", "GET", "get"],
  patterns: [
    { regex: "GET|HEAD", near: ["GET", "HEAD", "GETS"] },
    { regex: "P.*", near: ["POST", "PUT"] },
  ],
};
const SCHEME_WORDS: Words = {
  values: ["http", "https", "HTTP"],
  prefixes: ["http", "https"],
  patterns: [{ regex: "https?", near: ["http", "https"] }],
};
const AUTHORITY_WORDS: Words = {
  values: ["reviews", "reviews:9080", "example.com", "Example.com", "www.example.com:80"],
  prefixes: ["rev", "reviews:", "www."],
  patterns: [
    { regex: "reviews(:\\d+)?", near: ["reviews", "reviews:80", "Reviews", "reviews:"] },
    { regex: ".*\\.com", near: ["example.com", "example.com:80", "EXAMPLE.COM"] },
  ],
};

/** The words that fit a header key: a pseudo-header is compared with what it really holds. */
function wordsFor(name: string, scope: Scope): Words {
  if (name === "host" || name === ":authority") return AUTHORITY_WORDS;
  if (name === ":path") return { ...PATH_WORDS, prefixes: words.PATH_PREFIXES.filter((prefix) => prefix !== "") };
  if (name === ":method") return METHOD_WORDS;
  if (name === ":scheme") return SCHEME_WORDS;
  return headerWords(scope);
}

function headerConditions(random: Random, scope: Scope, without: boolean): Record<string, StringMatch> {
  const names = random.some(words.HEADER_NAMES, 1 + random.int(2));
  return Object.fromEntries(
    names.map((name) => {
      if (without && random.percent(10)) return [name, { regex: "*" }];
      return [name, stringMatch(random, wordsFor(name, scope), true)];
    }),
  );
}

function claimConditions(random: Random): Record<string, StringMatch> {
  const claim: Words = { values: words.CLAIM_VALUES, patterns: words.HEADER_PATTERNS };
  const keys = random.some(words.CLAIM_KEYS, 1 + random.int(2));
  return Object.fromEntries(keys.map((key) => [key, stringMatch(random, claim, false)]));
}

function queryConditions(random: Random): Record<string, StringMatch> {
  const names = random.some(words.QUERY_NAMES, 1 + random.int(2));
  const query: Words = { values: words.QUERY_VALUES, patterns: words.HEADER_PATTERNS };
  return Object.fromEntries(names.map((name) => [name, stringMatch(random, query, true)]));
}

/** One block with zero to five conditions. */
function matchRequest(random: Random, scope: Scope): HTTPMatchRequest {
  const match: HTTPMatchRequest = {};
  if (random.percent(55)) match.uri = stringMatch(random, PATH_WORDS, true);
  if (random.percent(15)) match.ignoreUriCase = random.percent(80);
  if (random.percent(15)) match.method = stringMatch(random, METHOD_WORDS, true);
  if (random.percent(8)) match.scheme = stringMatch(random, SCHEME_WORDS, true);
  if (random.percent(12)) match.authority = stringMatch(random, AUTHORITY_WORDS, true);
  if (random.percent(45)) match.headers = headerConditions(random, scope, false);
  if (random.percent(12)) match.headers = { ...match.headers, ...claimConditions(random) };
  if (random.percent(25)) match.withoutHeaders = headerConditions(random, scope, true);
  if (random.percent(12)) match.withoutHeaders = { ...match.withoutHeaders, ...claimConditions(random) };
  if (random.percent(20)) match.queryParams = queryConditions(random);
  if (random.percent(8)) match.port = random.pick(PORTS);
  if (random.percent(6)) match.sourceNamespace = random.pick([NAMESPACE, "other"]);
  if (random.percent(6)) {
    match.sourceLabels = random.pick<Record<string, string>>([
      { app: "sleep" },
      { app: "sleep", version: "v1" },
      { app: "other" },
      { none: "" },
    ]);
  }
  if (random.percent(15)) match.name = `block${random.int(10)}`;
  return match;
}

const OPERATION_NAMES = ["x-added", "X-Twice", "end-user", "x-canary", "user-agent", "x-gone"];
const RESPONSE_NAMES = ["x-added", "x-up", "x-keep", "set-cookie", "server", "content-type"];
const OPERATION_VALUES = ["one", "two", "", "a, b", "x y", "100%%"];

function operations(random: Random, names: readonly string[]) {
  const values = (): Record<string, string> =>
    Object.fromEntries(random.some(names, 1 + random.int(2)).map((name) => [name, random.pick(OPERATION_VALUES)]));
  return {
    ...(random.percent(50) && { set: values() }),
    ...(random.percent(50) && { add: values() }),
    ...(random.percent(40) && { remove: random.some(names, 1 + random.int(2)) }),
  };
}

function headers(random: Random): Headers {
  return {
    ...(random.percent(70) && { request: operations(random, OPERATION_NAMES) }),
    ...(random.percent(50) && { response: operations(random, RESPONSE_NAMES) }),
  };
}

/** A destination whose subset is unique in the list, so that the steering header tells which one was chosen. */
function destination(random: Random, unique: () => number, weight: number | undefined): HTTPRouteDestination {
  const host = random.pick(["reviews", "reviews.default.svc.cluster.local", "example.com"]);
  const target: Destination = { host };
  if (random.percent(93)) target.subset = `s${unique()}`;
  if (random.percent(60)) target.port = { number: random.pick([80, 9080, 65535]) };
  return {
    destination: target,
    ...(weight !== undefined && { weight }),
    ...(random.percent(25) && { headers: headers(random) }),
  };
}

/** One destination, or several of which mostly one alone has a weight, so that the choice is known. */
function destinations(random: Random, unique: () => number): HTTPRouteDestination[] {
  if (random.percent(65))
    return [destination(random, unique, random.percent(30) ? random.pick([0, 1, 100]) : undefined)];
  const count = 2 + random.int(2);
  const only = random.percent(70) ? random.int(count) : undefined;
  return Array.from({ length: count }, (_, index) => {
    const weight = only === undefined ? random.pick([1, 30, 70]) : index === only ? random.pick([1, 100]) : 0;
    return destination(random, unique, weight);
  });
}

function httpRoute(random: Random, scope: Scope, name: string | undefined, unique: () => number): HTTPRoute {
  const route: HTTPRoute = { route: destinations(random, unique) };
  if (name !== undefined) route.name = name;
  if (random.percent(88)) route.match = random.times(0, 3, () => matchRequest(random, scope));
  if (random.percent(30)) route.headers = headers(random);
  return route;
}

/** The hosts of a VirtualService, without those of which another one has a name already (`differences.ts`); else `alone`. */
function hosts(random: Random, namespace: string, taken: Set<string>, alone: string): string[] {
  const free = random.some(words.HOSTS, 1 + random.int(3)).filter((host) => {
    const names = domainsOf(resolveHost(host, namespace).toLowerCase(), NAMESPACE);
    const isFree = !names.some((name) => taken.has(name));
    if (isFree) names.forEach((name) => taken.add(name));
    return isFree;
  });
  return free.length > 0 ? free : [alone];
}

/**
 * Takes `port` out of the blocks of a VirtualService that might have no route for a port: the filter learns the port from
 * the request, too late to leave the hosts to another VirtualService as istiod does (`differences.ts`).
 */
function withRoutesForEachPort(http: HTTPRoute[]): HTTPRoute[] {
  const proxy = { namespace: NAMESPACE, labels: LABELS };
  const applies = (listenerPort: number): boolean =>
    http.some(({ match }) => !match?.length || match.some((block) => appliesTo(block, { ...proxy, listenerPort })));
  if (!PORTS.every(applies)) http.forEach(({ match }) => match?.forEach((block) => delete block.port));
  return http;
}

/** A list of one to three VirtualServices; routes may follow a catch-all, and no route may apply to the proxy. */
export function generateVirtualServices(random: Random, scope: Scope): VirtualService[] {
  let count = 0;
  const unique = (): number => count++;
  const taken = new Set<string>();
  return random.times(1, 3, (index) => {
    const namespace = random.percent(85) ? NAMESPACE : "other";
    return {
      name: `vs${index}`,
      namespace,
      hosts: hosts(random, namespace, taken, `vs${index}.example.net`),
      http: withRoutesForEachPort(
        random.times(1, 6, (position) =>
          httpRoute(random, scope, random.percent(80) ? `vs${index}-route${position}` : undefined, unique),
        ),
      ),
    };
  });
}
