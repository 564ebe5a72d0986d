/** What the request says: `hosts`, `methods`, `paths`, and the conditions on headers, server name and metadata. */
import type { Random } from "../random.ts";
import { setHeader } from "./draft.ts";
import type { Draft } from "./draft.ts";
import type { Field } from "./field.ts";
import { PLAINTEXT, STRICT_PEERS } from "./peers.ts";
import { instance, miss, pattern, STRING_OPERATORS } from "./strings.ts";
import * as words from "./vocabulary.ts";

function stringOperators(list: (key: string) => readonly string[]): Field["operators"] {
  return Object.fromEntries(
    STRING_OPERATORS.map((one) => [one, (random: Random, key: string) => pattern(random, one, list(key))]),
  );
}

/** Only what an HTTP/1 request line can carry. */
function encode(value: string): string {
  return value.replaceAll(/[^!"$-~]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

function setPath(random: Random, { request }: Draft, path: string): void {
  const target = encode(path.startsWith("/") ? path : `/${path}`);
  request.target = target + (random.percent(20) ? random.pick(words.QUERIES) : "");
}

function setAuthority({ request }: Draft, value: string): void {
  if (value !== "") request.authority = value;
}

function setMethod({ request }: Draft, value: string): void {
  if (value !== "" && value !== "CONNECT") request.method = value;
}

const lower = (text: string): string => text.toLowerCase();

/** `hosts`. */
export const HOST_FIELD: Field = {
  name: "hosts",
  filler: (index) => `filler-${index}`,
  place: "operation",
  key: () => "hosts",
  operators: {
    ...stringOperators(() => words.HOSTS),
    "with port": (random) => random.pick(words.HOSTS.filter((one) => /:\d+$/.test(one))),
  },
  aim: (random, draft, values, hit) => {
    const more = ["a.", ".example", "x", ":80"];
    const host = instance(random, random.pick(values), words.HOSTS, more);
    const near = [`${host}:80`, `${host}.`, host.replace(/:\d+$/, ""), random.pick(words.HOSTS)];
    const missed = random.percent(75) ? miss(random, values, words.HOSTS, more, lower) : random.pick(near);
    const meant = hit ? host : missed;
    setAuthority(draft, (random.percent(20) ? meant.toUpperCase() : meant).replaceAll(/[^!-~]/g, ""));
  },
};

/** `methods`. */
export const METHOD_FIELD: Field = {
  name: "methods",
  filler: (index) => `FILLER-${index}`,
  place: "operation",
  key: () => "methods",
  operators: stringOperators(() => words.METHODS),
  aim: (random, draft, values, hit) => {
    const more = ["X", "GET"];
    const missed = miss(random, values, words.METHODS, more);
    setMethod(draft, hit ? instance(random, random.pick(values), words.METHODS, more) : missed);
  },
};

const TEMPLATES = Object.values(words.TEMPLATES).flat();

/** `paths`, templates among them. */
export const PATH_FIELD: Field = {
  name: "paths",
  filler: (index) => `/filler/${index}`,
  place: "operation",
  key: () => "paths",
  operators: {
    ...stringOperators(() => words.PATHS),
    ...Object.fromEntries(
      Object.entries(words.TEMPLATES).map(([form, templates]) => [form, (random) => random.pick(templates).template]),
    ),
    "x/": () => "/reviews/",
    never: (random) => random.pick(["reviews", "/./", "/a/../b", "/reviews?user=1", "/reviews#x"]),
  },
  alone: ["/{**}"],
  aim: (random, draft, values, hit) => {
    const value = random.pick(values);
    const template = TEMPLATES.find((one) => one.template === value);
    const more = ["/", "/x", "x", "/reviews"];
    if (template) setPath(random, draft, random.pick(hit ? template.taken : template.missed));
    else
      setPath(
        random,
        draft,
        hit ? instance(random, value, words.PATHS, more) : miss(random, values, words.PATHS, more),
      );
  },
};

/** Sets a header, sometimes repeated, in odd case, or twice in one line. */
function setHeaders(random: Random, draft: Draft, name: string, value: string): void {
  const spelled = random.percent(15) ? name.toUpperCase() : name;
  const other = random.pick(words.HEADER_VALUES);
  setHeader(draft, spelled, random.percent(8) ? random.pick([`${value},${other}`, `${other}, ${value}`, ""]) : value);
  if (random.percent(12)) draft.request.headers.push([name, other]);
  if (random.percent(12)) draft.request.headers.unshift([name.toLowerCase(), other]);
}

const headerName = (key: string): string => key.slice("request.headers[".length, -1);

/** `request.headers[name]` of headers that can be absent or repeated. */
export const HEADER_FIELD: Field = {
  name: "request.headers",
  filler: (index) => `filler-${index}`,
  place: "when",
  key: (random) => `request.headers[${random.pick(words.HEADER_NAMES)}]`,
  operators: stringOperators(() => words.HEADER_VALUES),
  aim: (random, draft, values, hit, key) => {
    const name = headerName(key);
    const more = ["x", "/", "son", "1"];
    if (hit) {
      setHeaders(random, draft, name, instance(random, random.pick(values), words.HEADER_VALUES, more).trim());
    } else if (values.includes("*") || random.percent(30)) {
      draft.request.headers = draft.request.headers.filter(([other]) => lower(other) !== lower(name));
    } else {
      setHeaders(random, draft, name, miss(random, values, words.HEADER_VALUES, more).trim());
    }
  },
};

const PSEUDO_HEADERS: Record<string, readonly string[]> = {
  ":path": [...words.PATHS, ...words.PATHS.map((path) => `${path}?user=1`)],
  ":method": words.METHODS,
  ":authority": words.HOSTS,
  host: words.HOSTS,
};
const pseudoWords = (key: string): readonly string[] => PSEUDO_HEADERS[headerName(key)] ?? [];

/** `request.headers[…]` of what every request has once. */
export const PSEUDO_HEADER_FIELD: Field = {
  name: "request.headers[:…]",
  filler: (index, key) => `${headerName(key) === ":path" ? "/" : ""}filler-${index}`,
  place: "when",
  key: (random) => `request.headers[${random.pick(Object.keys(PSEUDO_HEADERS))}]`,
  operators: stringOperators(pseudoWords),
  aim: (random, draft, values, hit, key) => {
    const name = headerName(key);
    const list = pseudoWords(key);
    const text = hit ? instance(random, random.pick(values), list, ["x", "1"]) : miss(random, values, list, ["x", "1"]);
    if (name === ":path") setPath(random, draft, text);
    else if (name === ":method") setMethod(draft, text.replaceAll(/[^A-Za-z0-9*-]/g, ""));
    else setAuthority(draft, text.replaceAll(/[^!-~]/g, ""));
  },
};

/** `connection.sni`, which Envoy reads in lower case. */
export const SERVER_NAME_FIELD: Field = {
  name: "connection.sni",
  filler: (index) => `filler-${index}`,
  ofConnection: true,
  place: "when",
  key: () => "connection.sni",
  operators: stringOperators(() => words.SERVER_NAMES),
  aim: (random, { connection }, values, hit) => {
    if (connection.peer === PLAINTEXT) connection.peer = random.pick(STRICT_PEERS);
    const more = ["a.", "x", ".example"];
    const missed = random.percent(30) ? "" : miss(random, values, words.SERVER_NAMES, more, lower);
    const name = hit ? instance(random, random.pick(values), words.SERVER_NAMES, more) : missed;
    if (name === "") delete connection.sni;
    else connection.sni = name;
  },
};

/** `experimental.envoy.filters.…[key]` with a string. */
export const METADATA_STRING_FIELD: Field = {
  name: "experimental.envoy.filters",
  filler: (index) => `filler-${index}`,
  place: "when",
  key: () => words.METADATA_STRING,
  operators: stringOperators(() => words.METADATA_VALUES),
  aim: (random, draft, values, hit) => {
    const more = ["x", "beta"];
    const missed = random.percent(20) ? "" : miss(random, values, words.METADATA_VALUES, more);
    const text = hit ? instance(random, random.pick(values), words.METADATA_VALUES, more) : missed;
    if (text !== "") setHeader(draft, words.METADATA_HEADER, text);
  },
};

/** The same with `[value]`, which asks for an element of a list. */
export const METADATA_LIST_FIELD: Field = {
  name: "experimental.envoy.filters list",
  filler: (index) => `[filler-${index}]`,
  place: "when",
  key: () => words.METADATA_LIST,
  operators: {
    ...Object.fromEntries(
      STRING_OPERATORS.map((one) => [
        `[${one}]`,
        (random: Random) => `[${pattern(random, one, words.METADATA_VALUES)}]`,
      ]),
    ),
    "[[x]]": (random) => `[[${pattern(random, "exact", words.METADATA_VALUES)}]]`,
  },
  aim: (random, draft, values, hit) => {
    const more = ["x", "beta"];
    const inside = values.map((value) => value.replace(/^\[+|\]+$/g, ""));
    const text = instance(random, random.pick(inside), words.METADATA_VALUES, more);
    const missed = random.percent(20) ? "" : miss(random, inside, words.METADATA_VALUES, more);
    const list = hit ? [...random.some(words.METADATA_VALUES, random.int(3)), text] : [missed];
    if (list[0] !== "") setHeader(draft, words.METADATA_LIST_HEADER, list.join(";"));
    if (!hit && random.percent(20)) setHeader(draft, words.METADATA_HEADER, text);
  },
};
