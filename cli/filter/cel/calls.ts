import { anyOf, suggestion } from "../../schema/problem.ts";
import type { CelFinding } from "./finding.ts";
import { FUNCTION_NAMES, OVERLOADS, takes, type Overload } from "./functions.ts";
import { literalProblem } from "./literals.ts";
import { LOOPS, type Expr } from "./syntax.ts";
import { DYN, common, listOf, named, neverEqual, type CelType } from "./types.ts";

type Call = Extract<Expr, { kind: "call" }>;

/**
 * The type that a call has, by the types of what it is called with (the target first), and what is wrong with it: Envoy
 * compiles it if there is a function of that name, way and number of arguments, and finds the types out at each request.
 */
export function checkCall(call: Call, types: readonly CelType[], report: (finding: CelFinding) => void): CelType {
  const name = call.name.replace(/^\./, "");
  const onValue = call.target !== undefined;
  const ofName = OVERLOADS.filter((overload) => overload.name === name);
  const possible = ofName.filter((one) => one.onValue === onValue && one.parameters.length === types.length);
  if (possible.length === 0) {
    report({ kind: "refused", message: whyNone(name, onValue, call.args.length, ofName), at: call.at });
    return DYN;
  }
  const fitting = possible.filter(({ parameters }) => parameters.every((one, at) => takes(one, types[at] as CelType)));
  if (fitting.length === 0) report({ kind: "fails", ...mismatch(call, name, types, possible) });
  else checkValues(call, name, types, report);
  const results = fitting.map(({ result }) => result);
  const [left, right] = types;
  if (name === "_+_" && left?.kind === "list" && right?.kind === "list") return listOf(common([left.item, right.item]));
  return common(results);
}

/** What the types allow, and what cannot be meant all the same. */
function checkValues(call: Call, name: string, types: readonly CelType[], report: (finding: CelFinding) => void): void {
  const [left = DYN, right = DYN] = types;
  const { at } = call;
  if ((name === "_==_" || name === "_!=_") && neverEqual(left, right)) {
    const always = name === "_==_" ? "false" : "true";
    report({ kind: "warning", message: `always ${always}: ${named(left)} never equals ${named(right)}`, at });
  }
  const member = right.kind === "list" ? right.item : right.kind === "map" ? right.key : DYN;
  if (name === "@in" && neverEqual(left, member)) {
    report({ kind: "warning", message: `always false: ${named(left)} never equals ${named(member)}`, at });
  }
  const last = call.args.at(-1);
  if (last?.kind === "literal" && last.type === "string") {
    const problem = literalProblem(name, last.text);
    if (problem !== undefined) report({ kind: "fails", message: problem, at: last.at });
  }
}

function whyNone(name: string, onValue: boolean, count: number, ofName: readonly Overload[]): string {
  if (name === "has") return `"has" is written has(request.headers.x)`;
  if ((LOOPS as readonly string[]).includes(name)) return `"${name}" is written values.${name}(value, …)`;
  if (ofName.length === 0) return `no function "${name}"${suggestion(name, FUNCTION_NAMES)}`;
  const sameWay = ofName.filter((one) => one.onValue === onValue);
  if (sameWay.length === 0) {
    const rest = (ofName[0] as Overload).parameters.length > 1 ? "…" : "";
    return `"${name}" is ${onValue ? `called on nothing: ${name}(…)` : `called on a value: value.${name}(${rest})`}`;
  }
  const counts = [...new Set(sameWay.map(({ parameters }) => parameters.length - (onValue ? 1 : 0)))].sort();
  const taken = counts.map((one) => (one === 0 ? "no" : String(one)));
  return `"${name}" takes ${anyOf(taken)} argument${counts.at(-1) === 1 ? "" : "s"}, got ${count}`;
}

/** The first part of a call that no function takes, given those before it. */
function mismatch(
  call: Call,
  name: string,
  types: readonly CelType[],
  possible: readonly Overload[],
): { message: string; at: number } {
  const operator = operatorOf(name);
  if (operator === "in") {
    const [, right] = call.args;
    const inText = types[1]?.kind === "string" ? " (for a part of a text, write text.contains(…))" : "";
    const isBad = !["list", "map", "group", "dyn"].includes((types[1] as CelType).kind);
    const message = isBad
      ? `"in" asks a list or a map, got ${named(types[1] as CelType)}${inText}`
      : `${named(types[0] as CelType)} is no key of a map`;
    return { message, at: isBad ? (right as Expr).at : call.at };
  }
  if (operator !== undefined) {
    return { message: `no operator "${operator}" for ${types.map(named).join(" and ")}`, at: call.at };
  }
  const parts = call.target === undefined ? call.args : [call.target, ...call.args];
  let left = possible;
  for (const [at, type] of types.entries()) {
    const fitting = left.filter(({ parameters }) => takes(parameters[at] as "dyn", type));
    if (fitting.length === 0) {
      const wanted = [...new Set(left.map(({ parameters }) => parameters[at] as string))];
      const verb = at === 0 && call.target !== undefined ? "is called on" : "takes";
      const message = `"${name}" ${verb} ${anyOf(wanted.map((kind) => named({ kind } as CelType)))}, got ${named(type)}`;
      return { message, at: (parts[at] as Expr).at };
    }
    left = fitting;
  }
  return { message: `"${name}" does not take ${types.map(named).join(" and ")}`, at: call.at };
}

/** `<` of `_<_`; undefined for a function. */
function operatorOf(name: string): string | undefined {
  if (name === "@in" || name === "_in_") return "in";
  return /^_?([^\w@]+)_$/.exec(name)?.[1];
}
