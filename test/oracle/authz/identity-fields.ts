/** Who the peer is: `principals`, `namespaces`, `serviceAccounts`, `trustDomains`. */
import type { Random } from "../random.ts";
import type { Draft } from "./draft.ts";
import type { Field } from "./field.ts";
import { isStrict, PEERS, PLAINTEXT } from "./peers.ts";
import { pattern, STRING_OPERATORS } from "./strings.ts";
import type { StringOperator } from "./strings.ts";

/** Everything that native RBAC compares of a client's certificate. */
function names(peer: string): string[] {
  const { uris = [], dnsNames = [], commonName } = PEERS[peer] ?? {};
  return [...uris, ...dnsNames, ...(commonName === undefined ? [] : [`CN=${commonName}`])];
}

/** Gives the connection a client of which a name is taken, by any of the regular expressions, or one of which none is. */
function setPeer(random: Random, { connection, strict }: Draft, hit: boolean, regexes: readonly string[]): void {
  const taken = new RegExp(`^(?:${regexes.join("|")})$`, "s");
  const all = [PLAINTEXT, ...Object.keys(PEERS)];
  const chosen = all.filter((peer) => names(peer).some((name) => taken.test(name)) === hit);
  const known = chosen.filter(isStrict);
  const list = known.length > 0 && (strict || random.percent(75)) ? known : chosen;
  if (list.length > 0) connection.peer = random.pick(list);
  if (connection.peer === PLAINTEXT) delete connection.sni;
}

const quote = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** What comes behind `spiffe://` in the URIs of clients, of those with a strict SPIFFE ID or of the others. */
function principals(strict: boolean): string[] {
  const uris = Object.values(PEERS).flatMap((peer) => (peer.strict === strict ? (peer.uris ?? []) : []));
  return uris.filter((uri) => /^spiffe:\/\/.{10}/.test(uri)).map((uri) => uri.slice("spiffe://".length));
}
const PRINCIPALS = principals(true);
const ODD_PRINCIPALS = principals(false);
/** Only odd ones have a star for these to take. */
const ODD_OPERATORS: readonly StringOperator[] = ["*a*", "a*b"];

/** What each trust domain has. */
const WORKLOADS = ["ns/default/sa/sleep", "ns/foo/sa/curl"];
const NAMESPACES = ["default", "foo", "foo-bar", "istio-system", "a.b", "foo/x/ns/default"];
/** Of the namespace that a bare service account mostly means, the policy's. */
const OWN_SERVICE_ACCOUNTS = ["sleep", "curl"];
const TRUST_DOMAINS = ["cluster.local", "td1.example", "old-td", "new-td"];

/** `principals`. */
export const PRINCIPAL_FIELD: Field = {
  name: "principals",
  filler: (index) => `filler/ns/filler/sa/${index}`,
  ofIdentity: true,
  ofConnection: true,
  place: "source",
  key: () => "principals",
  operators: {
    ...Object.fromEntries(
      STRING_OPERATORS.map((one) => {
        const list = ODD_OPERATORS.includes(one) ? ODD_PRINCIPALS : PRINCIPALS;
        return [one, (random: Random) => pattern(random, one, list)];
      }),
    ),
    odd: (random) => random.pick(ODD_PRINCIPALS),
    "*/ns/…": (random) => `*/${random.pick(WORKLOADS)}`,
    "*x/ns/…": (random) => `*${random.pick(["-td", "local", "example"])}/${random.pick(WORKLOADS)}`,
    // A star behind a trust domain of the mesh is lost when istiod writes the mesh's trust domains in its place.
    "x*/ns/…": (random) => `${random.pick(["cluster*", "c*", "cluster.local*"])}/${random.pick(WORKLOADS)}`,
    "cluster.local/…": (random) => `cluster.local/${random.pick(WORKLOADS)}`,
    "other td/…": (random) => `${random.pick(["old-td", "new-td", "td1.example"])}/${random.pick(WORKLOADS)}`,
  },
  alone: [...ODD_OPERATORS, "odd"],
  aim: (random, draft, values, hit) => {
    const own = `(${draft.trustDomains.map(quote).join("|")})/`;
    const regexes = values.map((value) => {
      if (value === "*") return ".+";
      if (value.startsWith("*")) return `spiffe://.*${quote(value.slice(1))}`;
      const start = quote(value)
        .replace(/\\\*$/, ".*")
        .replace(/^([\w\\.]*)\\\*\//, "$1[^/]*/");
      const [domain = ""] = value.split("/");
      const isOwn = domain === "cluster.local" || draft.trustDomains.includes(domain);
      return `spiffe://${isOwn && value.split("/").length === 5 ? start.replace(/^[^/]*\//, () => own) : start}`;
    });
    setPeer(random, draft, hit, regexes);
  },
};

/** `namespaces`, in which a star anywhere stands for anything. */
export const NAMESPACE_FIELD: Field = {
  name: "namespaces",
  filler: (index) => `filler-${index}`,
  ofIdentity: true,
  ofConnection: true,
  place: "source",
  key: () => "namespaces",
  operators: {
    "*": () => "*",
    "x*": (random) => random.pick(["foo*", "def*", "istio-*", "a.*"]),
    "*x": (random) => random.pick(["*bar", "*ault", "*.b", "*-system"]),
    "*a*": (random) => random.pick(["*oo*", "*.*", "*stio*", "*-*"]),
    "a*b": (random) => random.pick(["f*r", "d*t", "istio*em", "foo*default", "a*b"]),
    exact: (random) => random.pick(NAMESPACES),
  },
  aim: (random, draft, values, hit) => {
    const regexes = values.map((value) => `.*/ns/${value.split("*").map(quote).join(".*")}/.*`);
    setPeer(random, draft, hit, regexes);
  },
};

/** `serviceAccounts`, which know no star. */
export const SERVICE_ACCOUNT_FIELD: Field = {
  name: "serviceAccounts",
  filler: (index) => `filler/sa-${index}`,
  ofIdentity: true,
  ofConnection: true,
  place: "source",
  key: () => "serviceAccounts",
  operators: {
    sa: (random) => random.pick(OWN_SERVICE_ACCOUNTS),
    "ns/sa": (random) =>
      random.pick(["default/sleep", "default/curl", "foo/sleep", "foo-bar/httpbin", "a.b/sleep.v1", "foo/curl"]),
  },
  aim: (random, draft, values, hit) => {
    const regexes = values.map((value) => {
      const [first = "", second] = value.split("/");
      const namespace = quote(second === undefined ? (draft.namespace ?? "default") : first);
      return `spiffe://.+/ns/${namespace}/(.+/|)sa/${quote(second ?? first)}(/.+)?`;
    });
    setPeer(random, draft, hit, regexes);
  },
};

/** `trustDomains`. */
export const TRUST_DOMAIN_FIELD: Field = {
  name: "trustDomains",
  filler: (index) => `filler-${index}`,
  ofIdentity: true,
  ofConnection: true,
  place: "source",
  key: () => "trustDomains",
  operators: {
    "*": () => "*",
    "x*": (random) => random.pick(["cluster*", "td1.*", "old-*", "new-td*"]),
    "*x": (random) => random.pick(["*.local", "*-td", "*.example", "*td"]),
    exact: (random) => random.pick(TRUST_DOMAINS),
  },
  aim: (random, draft, values, hit) => {
    const names = values.flatMap((value) => (draft.trustDomains.includes(value) ? draft.trustDomains : [value]));
    const regex = (value: string): string => `spiffe://${value.split("*").map(quote).join("[^/]*")}/.*`;
    setPeer(
      random,
      draft,
      hit,
      names.map((value) => (value === "*" ? "spiffe://.*" : regex(value))),
    );
  },
};
