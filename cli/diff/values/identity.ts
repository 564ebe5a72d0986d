import { pattern, type Values } from "./near.ts";

/** The identity that stands for any. */
const ANY = ["cluster.local", "ns", "default", "sa", "default"];

/** A pattern of SPIFFE IDs: identities that it takes, such that differ from these in one part, and none at all. */
export function principalPattern(text: string): Values {
  if (/^\*.+\*$/.test(text)) return pattern(text);
  const id = completed(text);
  const parts = id.split("/");
  const changed = parts.flatMap((part, at) =>
    at === 1 || at === 3
      ? []
      : [`${part}x`, part.slice(0, -1)].filter((one) => one !== "").map((one) => withPart(parts, at, one)),
  );
  return { meets: [id], misses: [null, ...changed, `${id}/x`] };
}

function withPart(parts: readonly string[], at: number, part: string): string {
  return parts.map((one, place) => (place === at ? part : one)).join("/");
}

/** The pattern with something of an identity in place of its `*`. */
function completed(text: string): string {
  if (text === "*") return ANY.join("/");
  if (text.endsWith("*")) {
    const given = text.slice(0, -1).split("/");
    const last = given.at(-1) ?? "";
    const whole = ANY.map((usual, at) =>
      at < given.length - 1
        ? given[at]
        : at === given.length - 1 && last !== ""
          ? `${last}${usual.startsWith(last) ? usual.slice(last.length) : "x"}`
          : usual,
    );
    return given.length > ANY.length ? `${text.slice(0, -1)}x` : whole.join("/");
  }
  if (text.startsWith("*")) {
    const given = text.slice(1).split("/");
    if (given.length > ANY.length) return `x${text.slice(1)}`;
    const first = given[0] ?? "";
    const start = ANY.slice(0, ANY.length - given.length);
    const usual = ANY[ANY.length - given.length] ?? "";
    const own = first === "" ? usual : usual.endsWith(first) ? usual : `x${first}`;
    return [...start, own, ...given.slice(1)].join("/");
  }
  return text;
}

/** A pattern of `iss/sub`. */
export function requestPrincipalPattern(text: string): Values {
  if (text === "*") return { meets: ["issuer.example.com/anna"], misses: [null] };
  const { meets, misses } = pattern(text);
  const whole = (one: string | null): string | null => {
    if (one === null || one.includes("/")) return one;
    return text.startsWith("*") ? `issuer.example.com/${one}` : `${one}/anna`;
  };
  return { meets: meets.map(whole), misses: misses.map(whole) };
}
