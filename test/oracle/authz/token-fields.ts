/** What a token says: `requestPrincipals` and the conditions on `request.auth`. */
import type { Random } from "../random.ts";
import { claimsOf } from "./draft.ts";
import type { Draft } from "./draft.ts";
import type { Field } from "./field.ts";
import { instance, miss, nearby, pattern, STRING_OPERATORS } from "./strings.ts";
import type { Claims } from "./tokens.ts";
import * as words from "./vocabulary.ts";

/** A token to start from. */
export function someClaims(random: Random): Claims {
  const claims: Claims = { iss: random.pick(words.ISSUERS) };
  if (random.percent(85)) claims["sub"] = random.pick(words.SUBJECTS);
  if (random.percent(40))
    claims["aud"] = random.percent(50) ? random.pick(words.AUDIENCES) : random.some(words.AUDIENCES, random.int(3));
  if (random.percent(30)) claims["azp"] = random.pick(words.AUDIENCES);
  if (random.percent(30)) claims["scope"] = random.some(words.CLAIM_VALUES, random.int(4)).join(" ");
  if (random.percent(30)) claims["groups"] = random.some(words.CLAIM_VALUES, random.int(4));
  if (random.percent(30))
    claims["nested"] = { role: random.pick(words.CLAIM_VALUES), deeper: { list: random.some(words.CLAIM_VALUES, 2) } };
  return claims;
}

function claims(random: Random, draft: Draft): Claims {
  return claimsOf(draft, () => someClaims(random));
}

/** An issuer that fits; only those that jwt_authn knows get through. */
function issuer(random: Random, value: string, hit: boolean): string {
  const fits = words.ISSUERS.filter(
    (one) => value === "*" || (value.startsWith("*") && one.endsWith(value.slice(1))) || one === value,
  );
  const starts = words.ISSUERS.filter((one) => value.endsWith("*") && one.startsWith(value.slice(0, -1)));
  const others = words.ISSUERS.filter((one) => !fits.includes(one) && !starts.includes(one));
  const list = hit ? [...fits, ...starts] : others;
  return random.pick(list.length > 0 ? list : words.ISSUERS);
}

const plainIssuer = (random: Random): string => random.pick(words.ISSUERS.filter((one) => !one.includes("*")));
const plainSubject = (random: Random): string => random.pick(["jason", "Jason", "kate"]);

/** `requestPrincipals`: issuer and subject, divided at the last slash. */
export const REQUEST_PRINCIPAL_FIELD: Field = {
  name: "requestPrincipals",
  filler: (index) => `issuer.example/filler-${index}`,
  place: "source",
  key: () => "requestPrincipals",
  operators: {
    "*": () => "*",
    "*/sub": (random) => `*/${plainSubject(random)}`,
    "*x/sub": (random) =>
      `*${random.pick([".example", "example/realms/one", "@secure.example"])}/${plainSubject(random)}`,
    "*x": (random) => random.pick(["*son", "*te", "*a*", "*jason"]),
    "iss/*": (random) => `${plainIssuer(random)}/*`,
    "iss/x*": (random) => `${plainIssuer(random)}/${random.pick(["ja", "ka", "Ja", "jason"])}*`,
    "x*": (random) => random.pick(["issuer*", "testing@*", "issuer.example*", "https:*", "a*"]),
    "*/*": () => "*/*",
    iss: (random) => random.pick(["issuer.example", "testing@secure.example"]),
    "a*b": (random) => random.pick(["issuer.example/a*b", "testing@secure.example/a*b", "a*/jason"]),
    exact: (random) => `${plainIssuer(random)}/${plainSubject(random)}`,
  },
  aim: (random, draft, values, hit) => {
    const value = random.pick(values);
    const token = claims(random, draft);
    const slash = value.lastIndexOf("/");
    const isStart = value.endsWith("*") && slash < 0;
    const [iss, sub] =
      slash >= 0
        ? [value.slice(0, slash), value.slice(slash + 1)]
        : value.startsWith("*")
          ? ["*", value]
          : [value, isStart ? "*" : ""];
    const wrong = hit ? "" : random.pick(value === "*" ? ["missing"] : ["iss", "sub", "both", "missing"]);
    token["iss"] = issuer(random, iss, wrong !== "iss" && wrong !== "both");
    const subject =
      value.startsWith("*") && slash >= 0 ? sub : instance(random, sub, words.SUBJECTS, ["son", "x", "ja"]);
    token["sub"] = wrong === "sub" || wrong === "both" ? nearby(random, subject) : subject;
    if (wrong === "missing") delete token["sub"];
    if (!hit && random.percent(15)) delete draft.request.token;
  },
};

/** Strings of a list, and for most claims what is no string. */
function surroundings(random: Random, name: string): unknown[] {
  return name === "aud" ? [] : random.some(words.OTHER_CLAIM_VALUES, random.int(2));
}

/** A claim with a value that a condition takes, alone or in a list or, for those that are lists of words, among words. */
function holding(random: Random, name: string, text: string): unknown {
  if (words.WORD_CLAIMS.includes(name)) {
    return random.percent(70) ? [...random.some(words.CLAIM_VALUES, 1), text].join(" ") : text;
  }
  if (random.percent(50)) return text;
  return [...random.some(words.CLAIM_VALUES, random.int(2)), text, ...surroundings(random, name)];
}

function setClaim(token: Claims, path: readonly string[], value: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) {
    token[name] = value;
    return;
  }
  const inner = token[name];
  const next: Claims = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? { ...inner } : {};
  token[name] = next;
  setClaim(next, rest, value);
}

/** A condition on the claim of that path. */
function claimField(
  name: string,
  key: (random: Random) => string,
  all: readonly string[],
  path: (key: string) => string[],
): Field {
  const last = (used: string): string => path(used).slice(-1)[0] ?? "";
  const list = (used: string): readonly string[] =>
    words.WORD_CLAIMS.includes(last(used)) ? all.filter((word) => !word.includes(" ")) : all;
  return {
    name,
    filler: (index) => `filler-${index}`,
    place: "when",
    key,
    operators: Object.fromEntries(
      STRING_OPERATORS.map((one) => [one, (random: Random, used: string) => pattern(random, one, list(used))]),
    ),
    aim: (random, draft, values, hit, used) => {
      const token = claims(random, draft);
      const more = ["x", "son", "min"];
      const text = instance(random, random.pick(values), list(used), more);
      // Of another `aud` jwt_authn would refuse the token.
      const others = used === "request.auth.audiences" ? ["", []] : words.OTHER_CLAIM_VALUES;
      const other = random.percent(60) ? miss(random, values, list(used), more) : random.pick(others);
      const missed = Array.isArray(other) || random.percent(50) ? other : [other];
      setClaim(token, path(used), hit ? holding(random, last(used), text) : missed);
      if (typeof token["sub"] !== "string") delete token["sub"];
      if (!hit && random.percent(10)) delete draft.request.token;
    },
  };
}

/** Audiences, presenter and claims. */
export const TOKEN_CONDITIONS: readonly Field[] = [
  claimField(
    "request.auth.audiences",
    () => "request.auth.audiences",
    words.AUDIENCES,
    () => ["aud"],
  ),
  claimField(
    "request.auth.presenter",
    () => "request.auth.presenter",
    words.AUDIENCES,
    () => ["azp"],
  ),
  claimField(
    "request.auth.claims",
    (random) => random.pick(words.CLAIM_KEYS),
    words.CLAIM_VALUES,
    (key) => [...key.matchAll(/\[([^\]]*)\]/g)].map(([, name]) => name ?? ""),
  ),
];
