import { struct, type PropertyValue, type StreamOptions } from "../../../emulator/index.ts";

/** How many rules there are of a shape. */
export const MANY = 5000;
/** The number of the last of them. */
export const LAST = MANY - 1;
/**
 * How many steps more the many may cost a request than one rule alone, which is tried as it is: if its values lead to the rule that it meets; if
 * they are looked for by each of 100 lengths that the rules' starts have; and if many of what the rules ask for must be looked at.
 */
export const LED = 120;
export const EACH_LENGTH = 420;
export const SIFTED = 600;
/** What a circuit must have. */
export const DETECTION = '"outlierDetection":{"consecutive5xxErrors":5}';
/** The path of a request of which nothing else is said. */
export const PATH = "/orders/17";

/** Rules of one kind, and a request that only the last of them meets. */
export interface Shape {
  readonly filter: string;
  readonly what: string;
  /** A configuration of so many rules; the last is the same however many there are. */
  readonly document: (count: number) => string;
  readonly request: StreamOptions;
}

/** A shape of rules that an index leads to. */
export interface LedShape extends Shape {
  /** How many steps more than with one rule alone the request may cost with `MANY`. */
  readonly more: number;
}

/** The last `count` of `MANY` rules, with commas between. */
export function lastOf(count: number, rule: (n: number) => string): string {
  return Array.from({ length: count }, (_, i) => rule(MANY - count + i)).join(",");
}

/** The request headers that usual requests have, and further ones. */
export function usualHeaders(path: string, headers: readonly [string, string][]): [string, string][] {
  return [
    [":authority", "reviews"],
    [":path", path],
    [":method", "GET"],
    [":scheme", "https"],
    ["user-agent", "curl/8.5.0"],
    ["accept", "*/*"],
    ["x-request-id", "8b7a2c3e-1f60-4b3a-9d2e-6c5b4a392817"],
    ["x-forwarded-proto", "https"],
    ...headers,
  ];
}

/** The properties by which Envoy's JWT filter tells the claims of a token; none without a token. */
export function tokenOf(claims?: Readonly<Record<string, PropertyValue>>): NonNullable<StreamOptions["properties"]> {
  if (claims === undefined) return {};
  return { metadata: { filter_metadata: { "envoy.filters.http.jwt_authn": { payload: struct(claims) } } } };
}
