import type { Patch } from "../parts.ts";
import type { Condition, Write } from "./condition.ts";
import {
  PLAINTEXT,
  writeHeader,
  writeHost,
  writeMethod,
  writePath,
  writePort,
  writePrincipal,
  writeRemoteIp,
  writeSni,
} from "./write.ts";

const LITERAL = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|\b(\d+)u?\b/g;

/** What CEL expressions ask a request for, as they write it, and what a literal of it is to a request. */
const ATTRIBUTES: readonly (readonly [RegExp, (name: string) => Write])[] = [
  [/request\.headers(?:\[["']([^"']+)["']\]|\.([a-z_]\w*))|["']([\w:-]+)["']\s+in\s+request\.headers/g, writeHeader],
  [/request\.(?:url_)?path\b/g, () => writePath],
  [/request\.method\b/g, () => writeMethod],
  [/request\.host\b/g, () => writeHost],
  [
    /connection\.uri_san_peer_certificate\b|source\.principal\b/g,
    () => (value) => writePrincipal((value ?? "").replace(/^spiffe:\/\//, "")),
  ],
  [/connection\.requested_server_name\b/g, () => writeSni],
  [/destination\.port\b/g, () => (value) => (/^\d+$/.test(value ?? "") ? writePort(value) : undefined)],
  [/source\.address\b/g, () => (value) => (/^[\d.]+$|:/.test(value ?? "") ? writeRemoteIp(value) : undefined)],
];

/** How many literals are tried for each attribute. */
const MOST = 16;

/**
 * What an expression may ask for: each attribute in it can have each literal in it, the one that comes after it first. No
 * expression is understood here; the host evaluates it.
 */
export function expressionConditions(expression: string): Condition[] {
  const literals = [...expression.matchAll(LITERAL)].map((match) => ({
    at: match.index,
    text: match[1] ?? match[2] ?? match[3] ?? "",
  }));
  return ATTRIBUTES.flatMap(([written, writeOf]) =>
    [...expression.matchAll(written)].map((match) => {
      const write = writeOf(match[1] ?? match[2] ?? match[3] ?? "");
      const end = match.index + match[0].length;
      const sorted = [...literals.filter(({ at }) => at >= end), ...literals.filter(({ at }) => at < match.index)];
      const patches = (texts: readonly string[]): Patch[] =>
        texts
          .map(write)
          .filter((one) => one !== undefined)
          .slice(0, MOST);
      const texts = sorted.map(({ text }) => text);
      const absent = write(null);
      return {
        meets: patches([...texts, ...texts.map((text) => `${text}x`), "x"]),
        misses: [...(absent === undefined ? [] : [absent]), ...patches(texts.map((text) => `x${text}`)), PLAINTEXT],
      };
    }),
  );
}
