import { suggestion } from "../../schema/problem.ts";
import { ATTRIBUTES, TOO_EARLY } from "./attributes.ts";
import { checkCall } from "./calls.ts";
import { CelSyntaxError, type CelFinding } from "./finding.ts";
import { WELL_KNOWN_NAMES, messageType } from "./messages.ts";
import { parseCel } from "./parse.ts";
import type { Expr } from "./syntax.ts";
import { tokensOf } from "./tokens.ts";
import { BOOL, DYN, INT, NULL, STRING, TYPE, common, listOf, mapOf, named, neverEqual, type CelType } from "./types.ts";

/** The names of types, which are values of CEL. */
const TYPE_NAMES = new Set("bool bytes double int list map null_type string type uint".split(" "));
/** The one value of an enum that Envoy's expressions know. */
const NULL_VALUE = "google.protobuf.NullValue.NULL_VALUE";
const KEYS = ["bool", "int", "uint", "string", "dyn"];
const INDEXES = ["int", "uint", "double", "dyn"];

type Of<Kind extends Expr["kind"]> = Extract<Expr, { kind: Kind }>;
type Scope = ReadonlyMap<string, CelType>;

/**
 * What is wrong with an expression, as the Envoy sees it that evaluates it when a request's headers come: its grammar, its
 * functions and their arguments, its attributes, and that it comes to true or false. What only a request shows (whether a
 * header is there, what metadata holds) is taken to be right.
 */
export function checkCel(expression: string): CelFinding[] {
  try {
    const checker = new Checker();
    checker.whole(parseCel(expression));
    return [...checker.findings, ...quotedNames(expression)];
  } catch (error) {
    if (!(error instanceof CelSyntaxError)) throw error;
    return [{ kind: "refused", message: error.message, at: error.at }];
  }
}

function quotedNames(expression: string): CelFinding[] {
  const quoted = tokensOf(expression).filter(({ kind }) => kind === "quoted");
  return quoted.map(({ text, at }) => {
    const message = `Envoy before 1.40 compiles no name between back quotes (write it as [${JSON.stringify(text)}])`;
    return { kind: "warning", message, at };
  });
}

class Checker {
  readonly findings: CelFinding[] = [];

  whole(expr: Expr): void {
    const type = this.check(expr, new Map());
    if (type.kind === "bool" || type.kind === "dyn") return;
    this.fails(`the result is ${named(type)}, expected true or false`, 0);
  }

  private fails(message: string, at: number): CelType {
    this.findings.push({ kind: "fails", message, at });
    return DYN;
  }

  private check(expr: Expr, scope: Scope): CelType {
    switch (expr.kind) {
      case "literal":
        return expr.type === "null" ? NULL : { kind: expr.type };
      case "name":
        return this.name(expr, scope);
      case "select":
        return this.select(expr, scope);
      case "index":
        return this.index(expr, scope);
      case "call": {
        const parts = expr.target === undefined ? expr.args : [expr.target, ...expr.args];
        const types = parts.map((part) => this.check(part, scope));
        return checkCall(expr, types, (finding) => this.findings.push(finding));
      }
      case "and":
      case "or":
        for (const term of expr.terms) this.condition(term, scope, expr.kind === "and" ? `"&&"` : `"||"`);
        return BOOL;
      case "choice":
        this.condition(expr.condition, scope, `"?"`);
        return common([this.check(expr.yes, scope), this.check(expr.no, scope)]);
      case "list":
        return listOf(expr.items.length === 0 ? DYN : common(expr.items.map((item) => this.check(item, scope))));
      case "map":
        return this.map(expr, scope);
      case "message":
        return this.message(expr, scope);
      case "loop":
        return this.loop(expr, scope);
    }
  }

  private condition(expr: Expr, scope: Scope, whose: string): void {
    const type = this.check(expr, scope);
    if (type.kind !== "bool" && type.kind !== "dyn") {
      this.fails(`${whose} takes true or false, got ${named(type)}`, expr.at);
    }
  }

  private name({ name, at }: Of<"name">, scope: Scope): CelType {
    const plain = name.replace(/^\./, "");
    const type = scope.get(plain) ?? (TYPE_NAMES.has(plain) ? TYPE : ownOf(ATTRIBUTES, plain));
    if (type !== undefined) return type;
    // What is as short as a variable is near to every other.
    const near = plain.length < 3 ? "" : suggestion(plain, [...scope.keys(), ...Object.keys(ATTRIBUTES)]);
    const other = near === "" ? ` (what another Wasm filter has set is filter_state["wasm.${plain}"])` : near;
    return this.fails(`no attribute "${plain}"${other}`, at);
  }

  private select(expr: Of<"select">, scope: Scope): CelType {
    if (pathOf(expr) === NULL_VALUE) return INT;
    const { field, at, has } = expr;
    const type = this.check(expr.operand, scope);
    const found = this.field(type, field, at, has);
    return has ? BOOL : found;
  }

  private field(type: CelType, field: string, at: number, has: boolean): CelType {
    switch (type.kind) {
      case "dyn":
        return DYN;
      case "map":
        if (!neverEqual(type.key, STRING)) return type.value;
        return this.fails(`no field "${field}": the keys of this map are not strings`, at);
      case "group": {
        const path = `${type.name}.${field}`;
        if (!has && TOO_EARLY.has(path)) {
          const message = `no request has ${path} yet when it is decided`;
          this.findings.push({ kind: "warning", message, at });
        }
        return ownOf(type.fields, field) ?? this.unknown("attribute", `${type.name}.`, field, type.fields, at);
      }
      case "message":
        if (type.fields === undefined) return DYN;
        return ownOf(type.fields, field) ?? this.unknown("field", `${type.name}.`, field, type.fields, at);
      default:
        return this.fails(`${named(type)} has no field "${field}"`, at);
    }
  }

  private unknown(what: string, before: string, name: string, known: object, at: number): CelType {
    const paths = Object.keys(known).map((one) => before + one);
    const near = suggestion(name, Object.keys(known)) === "" ? "" : suggestion(before + name, paths);
    return this.fails(`no ${what} "${before}${name}"${near}`, at);
  }

  private index({ operand, index, at }: Of<"index">, scope: Scope): CelType {
    const type = this.check(operand, scope);
    const by = this.check(index, scope);
    switch (type.kind) {
      case "dyn":
        return DYN;
      case "list":
        if (INDEXES.includes(by.kind)) return type.item;
        return this.fails(`a list is indexed by an int, got ${named(by)}`, at);
      case "map":
        if (isKey(by) && !neverEqual(type.key, by)) return type.value;
        return this.fails(`the keys of this map are of the type ${type.key.kind}, got ${named(by)}`, at);
      case "group":
        if (index.kind === "literal" && index.type === "string") return this.field(type, index.text, at, false);
        if (by.kind === "string" || by.kind === "dyn") return DYN;
        return this.fails(`the keys of ${type.name} are strings, got ${named(by)}`, at);
      case "message":
        return this.fails(`${named(type)} has fields, which are written after a dot`, at);
      default:
        return this.fails(`${named(type)} cannot be indexed`, at);
    }
  }

  private map({ entries }: Of<"map">, scope: Scope): CelType {
    const keys = entries.map(([key]) => {
      const type = this.check(key, scope);
      if (!KEYS.includes(type.kind)) this.fails(`${named(type)} is no key of a map`, key.at);
      return type;
    });
    const values = entries.map(([, value]) => this.check(value, scope));
    return entries.length === 0 ? mapOf(DYN, DYN) : mapOf(common(keys), common(values));
  }

  private message({ name, fields, at }: Of<"message">, scope: Scope): CelType {
    for (const { value } of fields) this.check(value, scope);
    const known = messageType(name.replace(/^\./, ""));
    if (known === undefined) {
      this.findings.push({ kind: "refused", message: `no message "${name}"${suggestion(name, WELL_KNOWN_NAMES)}`, at });
      return DYN;
    }
    for (const field of fields.filter((one) => known.fields?.includes(one.name) === false)) {
      const message = `no field "${field.name}" in ${name}${suggestion(field.name, known.fields ?? [])}`;
      this.findings.push({ kind: "refused", message, at: field.at });
    }
    return known.type;
  }

  private loop({ loop, range, variable, filter, body }: Of<"loop">, scope: Scope): CelType {
    const type = this.check(range, scope);
    const item = itemOf(type);
    if (item === undefined) this.fails(`"${loop}" goes through a list or a map, got ${named(type)}`, range.at);
    const within = new Map([...scope, [variable, item ?? DYN]]);
    if (filter !== undefined) this.condition(filter, within, `"${loop}"`);
    if (loop === "map") return listOf(this.check(body, within));
    this.condition(body, within, `"${loop}"`);
    return loop === "filter" ? listOf(item ?? DYN) : BOOL;
  }
}

function ownOf(types: Readonly<Record<string, CelType>>, name: string): CelType | undefined {
  return Object.hasOwn(types, name) ? types[name] : undefined;
}

function isKey({ kind }: CelType): boolean {
  return KEYS.includes(kind) || kind === "double";
}

/** What a variable is that goes through the value; undefined where nothing can. */
function itemOf(type: CelType): CelType | undefined {
  if (type.kind === "list") return type.item;
  if (type.kind === "map") return type.key;
  if (type.kind === "group") return STRING;
  return type.kind === "dyn" ? DYN : undefined;
}

/** The names and dots of an expression that is nothing else. */
function pathOf(expr: Expr): string | undefined {
  if (expr.kind === "name") return expr.name.replace(/^\./, "");
  if (expr.kind !== "select" || expr.has) return undefined;
  const before = pathOf(expr.operand);
  return before === undefined ? undefined : `${before}.${expr.field}`;
}
