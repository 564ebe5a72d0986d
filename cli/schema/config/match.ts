import type { Schema } from "../problem.ts";
import {
  CHANGEABLE_HEADER,
  FEW,
  FILLED,
  HEADER_NAME,
  anyText,
  flag,
  integer,
  list,
  map,
  object,
  regex,
  required,
  resourceName,
  text,
  type Fields,
} from "./types.ts";

/** Istio's StringMatch; `uri` alone may have an empty prefix. */
function stringMatch(description: string, examples: readonly string[], emptyPrefix = false): Schema {
  return object(
    description,
    {
      exact: anyText("the whole value", examples),
      prefix: (emptyPrefix ? anyText : text)("how the value starts", examples),
      regex: regex("an RE2 expression of 1 to 1024 bytes that the whole value must match"),
    },
    { maxProperties: 1 },
  );
}

/** A map to StringMatches, in which `null` asks for presence as `{}` does. */
function matches(description: string, what: string, rules: Schema = {}): Schema {
  return map(description, { ...stringMatch(what, ["jason", "beta"]), type: ["object", "null"] }, rules);
}

const CLAIM = "^@request\\.auth\\.claims((\\.[^.]+)+|(\\[[^\\]]+\\])+)$";
const HEADER_OR_CLAIM = {
  propertyNames: {
    anyOf: [{ pattern: HEADER_NAME }, { pattern: CLAIM }],
    examples: ["end-user", ":method", "@request.auth.claims.sub"],
  },
};

/** A pattern of a principal, as AuthorizationPolicy's `source.principals` has them. */
const principalPattern = text("a SPIFFE ID without spiffe://; * at its start or end stands for anything", [
  "cluster.local/ns/default/sa/sleep",
  "*/sa/sleep",
  "*",
]);

/** A list of patterns of principals, not empty; `rules` such as `FEW`. */
export const principals = (description: string, rules: Schema = {}): Schema =>
  list(description, principalPattern, { ...FILLED, ...rules });

/** Istio's HTTPMatchRequest, and what the filters have beside it. */
export const httpMatch = object("all that is written in one match must hold", {
  name: anyText("nothing: a label for people", ["jason"]),
  uri: stringMatch(
    "`:path` up to `?` or `#`, not decoded; a prefix is one of characters, not of segments",
    ["/ratings", "/"],
    true,
  ),
  ignoreUriCase: flag("whether letters' case (ASCII) counts in `uri`: for `exact` and `prefix`, not for `regex`"),
  scheme: stringMatch("`:scheme`", ["http", "https"]),
  method: stringMatch("`:method`; letters' case counts", ["GET", "POST"]),
  authority: stringMatch("`:authority` with its port, if it has one; letters' case counts", [
    "reviews",
    "reviews:9080",
  ]),
  headers: matches(
    "a header, a pseudo-header, `host` (which is `:authority`), or a claim: `@request.auth.claims.a.b` or `@request.auth.claims[a][b]`",
    "what the header or claim must be; {} asks for its presence",
    HEADER_OR_CLAIM,
  ),
  withoutHeaders: matches("the same, turned round", "what the header or claim must not be", HEADER_OR_CLAIM),
  queryParams: matches(
    "the first parameter of that name, not decoded; one without `=` has the empty value",
    "what the parameter must be; {} asks for its presence",
  ),
  cookies: matches(
    "the first cookie of that name, without quotes around its value",
    "what the cookie must be; {} asks for its presence",
  ),
  port: integer("the port that the connection was made to (`destination.port`)", 1, 65535),
  principals: principals("the source's identity without `spiffe://`, as in AuthorizationPolicy; any of the patterns"),
  sourceNamespace: text("this proxy's NAMESPACE (node metadata), compared when configured", ["default"]),
  sourceLabels: map(
    "this proxy's LABELS (node metadata), compared when configured; all of them must be there",
    anyText("the label's value", ["productpage"]),
  ),
});

/** Requests that a filter leaves alone. */
export const exempt = (description: string): Schema => list(description, httpMatch);

/** A host of a VirtualService or DestinationRule. */
export const host = (description: string): Schema =>
  text(description, ["reviews", "*.example.org", "ratings.default.svc.cluster.local"], {
    maxLength: 255,
    pattern: "^(\\*|(\\*\\.?)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*)$",
  });

/** What tells requests apart: one of some objects with one field, or a word. */
export function requestKey(
  description: string,
  fields: readonly ("header" | "cookie" | "claim")[],
  words: readonly string[],
): Schema {
  const all: Fields = {
    header: text("the name of a header", ["x-user"], { pattern: HEADER_NAME }),
    cookie: text("the name of a cookie", ["session"]),
    claim: text("a claim at the top of the verified token", ["sub"]),
  };
  const chosen = Object.fromEntries(fields.map((name) => [name, all[name] as Schema]));
  return {
    description,
    anyOf: [{ type: "string", enum: words }, object(description, chosen, { minProperties: 1, maxProperties: 1 })],
  };
}

/** What a filter says of fields of its VirtualServices. */
interface Descriptions {
  readonly all: string;
  readonly name: string;
  readonly gateways: string;
  readonly http: string;
}

/** Istio's VirtualServices; `http` is the schema of an entry. */
export function virtualServices(described: Descriptions, http: Schema): Schema {
  return list(
    described.all,
    object("a VirtualService, without spec and metadata", {
      name: anyText(described.name, ["reviews"], { maxLength: 253 }),
      namespace: resourceName("where a host without a dot is a Service", ["default", "bookinfo"], "default"),
      hosts: required(list("whose requests these are", host("a host, or * at its start"), FILLED)),
      gateways: list(described.gateways, { type: "string", enum: ["mesh"] }, FEW),
      http: required(list(described.http, http)),
    }),
  );
}

/** How a destination becomes a header, as header-routing has it; `authority`: whether `:authority` may be that header. */
export const steering = (description: string, authority: boolean): Schema =>
  object(description, {
    header: text(
      `the header that is written; \`:authority\` may ${authority ? "be one" : "not be one here"}, \`host\` and other pseudo-headers may not`,
      authority ? ["x-subset", ":authority"] : ["x-subset"],
      { pattern: authority ? `^:authority$|${CHANGEABLE_HEADER}` : CHANGEABLE_HEADER, default: "x-subset" },
    ),
    value: text("its value", ["{subset}", "{host}-{subset}"], {
      maxLength: 1024,
      pattern: "^([^{}\\u0000-\\u001f\\u007f]|\\{(host|subset|port)\\})*$",
      default: "{subset}",
    }),
  });
