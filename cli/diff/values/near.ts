import { textsOf } from "./regex.ts";
import { isObject } from "../../input/resource.ts";

/** Values for one thing that a condition asks for; null is its absence. */
export interface Values {
  /** Those that should meet the condition. */
  readonly meets: readonly (string | null)[];
  /** Those that should narrowly not. */
  readonly misses: readonly (string | null)[];
}

/** A value, and others close to it: longer, shorter, in the other case. */
function near(value: string): string[] {
  const other = value === value.toUpperCase() ? value.toLowerCase() : value.toUpperCase();
  return [`${value}x`, value.slice(0, -1), `x${value}`, other].filter((one) => one !== value);
}

/** Istio's StringMatch; `{}` and null ask for presence. */
export function stringMatch(match: unknown): Values {
  const { exact, prefix, regex } = isObject(match) ? match : {};
  if (typeof exact === "string") return { meets: [exact], misses: [...near(exact), null] };
  if (typeof prefix === "string") {
    return { meets: [prefix, `${prefix}x`, `${prefix}/x`], misses: [...near(prefix).slice(1), null] };
  }
  if (typeof regex === "string") return regexValues(regex);
  return { meets: ["x", ""], misses: [null] };
}

/** An RE2 expression that has to match the whole. */
export function regexValues(regex: string): Values {
  const meets = textsOf(regex);
  return {
    meets,
    misses: [...new Set(meets.flatMap(near)), "", null].filter((one) => one === null || !meets.includes(one)),
  };
}

/** A pattern of AuthorizationPolicy: a value, `prefix*`, `*suffix`, or `*` for presence. */
export function pattern(text: string): Values {
  if (text === "*") return { meets: ["x"], misses: [null, ""] };
  // Only one of the two is one that stands for anything; which, is the filter's to say.
  if (text.length > 1 && text.startsWith("*") && text.endsWith("*")) {
    const [before, after] = [pattern(` ${text.slice(1)}`), pattern(`${text.slice(0, -1)} `)];
    const trimmed = (values: readonly (string | null)[]): (string | null)[] =>
      values.map((one) => one?.replace(/^ /, "*").replace(/ $/, "*") ?? null);
    const [own, other] = [trimmed(before.meets), trimmed(after.meets)];
    return { meets: [...other, ...own], misses: [...trimmed(before.misses), ...trimmed(after.misses)] };
  }
  if (text.endsWith("*")) {
    const start = text.slice(0, -1);
    return { meets: [`${start}x`, start], misses: [start.slice(0, -1), `x${start}`, near(start).at(-1) ?? "", null] };
  }
  if (text.startsWith("*")) {
    const end = text.slice(1);
    return { meets: [`x${end}`, end], misses: [`${end}x`, end.slice(1), near(`x${end}`).at(-1) ?? "", null] };
  }
  return { meets: [text], misses: [...near(text), null] };
}

/** A path of AuthorizationPolicy, which can be a template with `{*}` (one segment) and `{**}` (any number). */
export function pathPattern(text: string): Values {
  if (/^\*[^/]/.test(text)) {
    const { meets, misses } = pattern(text);
    const asPath = (one: string | null): string | null => (one === null || one.startsWith("/") ? one : `/${one}`);
    return { meets: meets.map(asPath), misses: misses.map(asPath) };
  }
  if (!text.includes("{*")) return pattern(text);
  const filled = (one: string, any: string): string => text.replaceAll("{**}", any).replaceAll("{*}", one);
  const meets = [filled("a", "b"), filled("a", "b/c"), filled("a", "")];
  return {
    meets,
    misses: [filled("", "b"), filled("a/b", "b"), `${filled("a", "b")}/x`, `/x${filled("a", "b")}`, "/", "*"],
  };
}

/** A number in words, of a port: those beside it miss. */
export function portValues(port: number): Values {
  return {
    meets: [String(port)],
    misses: [String(port + 1), port > 1 ? String(port - 1) : null].filter((one) => one !== null),
  };
}

/** An address or a CIDR block: the first and last address of it meet, those beside them miss. */
export function blockValues(block: string): Values {
  const [address = "", length] = block.split("/");
  const number = numberOf(address);
  if (number === undefined) return { meets: [address], misses: [] };
  const { bits, value } = number;
  const rest = BigInt(bits - Number(length ?? bits));
  const first = (value >> rest) << rest;
  const last = first + (1n << rest) - 1n;
  const most = (1n << BigInt(bits)) - 1n;
  const beside = [first - 1n, last + 1n].filter((one) => one >= 0n && one <= most);
  return {
    meets: [...new Set([value, first, last])].map((one) => addressOf(one, bits)),
    misses: beside.map((one) => addressOf(one, bits)),
  };
}

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

function numberOf(text: string): Address | undefined {
  if (/^\d+(\.\d+){3}$/.test(text)) return { bits: 32, value: joined(text.split(".").map(Number), 8n) };
  if (!/^[0-9a-f:]+$/i.test(text) || !text.includes(":")) return undefined;
  const [before = "", after] = text.split("::");
  const groups = (one: string): string[] => one.split(":").filter((group) => group !== "");
  const [start, end] = [groups(before), groups(after ?? "")];
  const zeros = after === undefined ? 0 : 8 - start.length - end.length;
  const all = [...start, ...Array<string>(Math.max(0, zeros)).fill("0"), ...end].map((group) => parseInt(group, 16));
  return all.length === 8 ? { bits: 128, value: joined(all, 16n) } : undefined;
}

function joined(groups: readonly number[], bits: bigint): bigint {
  return groups.reduce((sum, group) => (sum << bits) | BigInt(group), 0n);
}

function addressOf(value: bigint, bits: 32 | 128): string {
  const [count, size] = bits === 32 ? [4, 8n] : [8, 16n];
  const groups = Array.from(
    { length: count },
    (_, at) => (value >> (size * BigInt(count - 1 - at))) & ((1n << size) - 1n),
  );
  return groups.map((group) => group.toString(bits === 32 ? 10 : 16)).join(bits === 32 ? "." : ":");
}
