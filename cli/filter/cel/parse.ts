import { CelSyntaxError } from "./finding.ts";
import { LOOPS, type Expr, type LiteralType, type Loop, type MessageField } from "./syntax.ts";
import { tokensOf, type Token } from "./tokens.ts";

/** How deep Envoy's parser goes (cel-cpp's `kDefaultMaxRecursionDepth`), and how long an expression may be, in code points. */
const MAX_DEPTH = 32;
const MAX_CHARACTERS = 100_000;

const RELATIONS = ["<", "<=", ">=", ">", "==", "!=", "in"];
const SUMS = ["+", "-"];
const PRODUCTS = ["*", "/", "%"];
/** Words of the grammar. */
const KEYWORDS = new Set(["in", "true", "false", "null"]);
/** Names that the language keeps for itself. */
const RESERVED = new Set(
  "as break const continue else for function if import let loop package namespace return var void while".split(" "),
);
const INT_MAX = 2n ** 63n - 1n;
const UINT_MAX = 2n ** 64n - 1n;

/**
 * Reads an expression by the grammar that Envoy's parser has (cel-cpp's `parser/internal/Cel.g4` and `parser/parser.cc`, with
 * its limits). The parser of @bufbuild/cel is no judge of it: it takes texts that Envoy refuses, refuses some that Envoy takes
 * (comments, names between back quotes), and seldom says where the mistake is.
 *
 * @throws CelSyntaxError where Envoy would not read it
 */
export function parseCel(expression: string): Expr {
  if ([...expression].length > MAX_CHARACTERS) {
    throw new CelSyntaxError(`more than ${MAX_CHARACTERS} characters`, MAX_CHARACTERS);
  }
  return new Parser(tokensOf(expression)).whole();
}

class Parser {
  private next = 0;
  private nested = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Expr {
    const expr = this.expr();
    if (this.token.kind !== "end") this.expected("an operator or the end");
    return expr;
  }

  private get token(): Token {
    return this.tokens[this.next] as Token;
  }

  private is(text: string, ahead = 0): boolean {
    const token = this.tokens[Math.min(this.next + ahead, this.tokens.length - 1)] as Token;
    return token.text === text && (token.kind === "symbol" || (token.kind === "word" && KEYWORDS.has(text)));
  }

  private take(): Token {
    return this.tokens[this.next++] as Token;
  }

  private took(text: string): boolean {
    const there = this.is(text);
    if (there) this.next++;
    return there;
  }

  private need(text: string): void {
    if (!this.took(text)) this.expected(`"${text}"`);
  }

  private expected(what: string): never {
    const { kind, text, at } = this.token;
    throw new CelSyntaxError(`expected ${what}, got ${kind === "end" ? "the end" : JSON.stringify(text)}`, at);
  }

  private expr(): Expr {
    if (this.nested++ > MAX_DEPTH) throw new CelSyntaxError(`nested deeper than ${MAX_DEPTH}`, this.token.at);
    const condition = this.terms("or", "||", () => this.terms("and", "&&", () => this.relation()));
    if (!this.is("?")) {
      this.nested--;
      return condition;
    }
    const { at } = this.take();
    const yes = this.terms("or", "||", () => this.terms("and", "&&", () => this.relation()));
    this.need(":");
    const no = this.expr();
    this.nested--;
    return deeper({ kind: "choice", at, condition, yes, no }, [condition, yes, no]);
  }

  private terms(kind: "and" | "or", operator: string, term: () => Expr): Expr {
    const first = term();
    if (!this.is(operator)) return first;
    const { at } = this.token;
    const terms = [first];
    while (this.took(operator)) terms.push(term());
    return deeper({ kind, at, terms }, terms);
  }

  private relation(): Expr {
    return this.operators(RELATIONS, () => this.operators(SUMS, () => this.operators(PRODUCTS, () => this.unary())));
  }

  private operators(operators: readonly string[], operand: () => Expr): Expr {
    let left = operand();
    while (operators.some((operator) => this.is(operator))) {
      const { text, at } = this.take();
      const args = [left, operand()];
      left = deeper({ kind: "call", at, name: text === "in" ? "@in" : `_${text}_`, target: undefined, args }, args);
    }
    return left;
  }

  /** Two signs cancel out, whatever they stand before; that before a number belongs to it. */
  private unary(): Expr {
    const operator = ["!", "-"].find((sign) => this.is(sign));
    if (operator === undefined || this.isSigned()) return this.member();
    const { at } = this.token;
    let signs = 0;
    while (this.is(operator) && !(signs % 2 === 1 && this.isSigned())) {
      this.take();
      signs++;
    }
    const operand = this.member();
    if (signs % 2 === 0) return limited({ ...operand, depth: operand.depth + 1 });
    return deeper({ kind: "call", at, name: `${operator}_`, target: undefined, args: [operand] }, [operand]);
  }

  private isSigned(): boolean {
    return this.is("-") && ["int", "double"].includes(this.tokens[this.next + 1]?.kind ?? "");
  }

  private member(): Expr {
    let expr = this.primary();
    for (;;) {
      if (this.took("[")) {
        const { at } = this.token;
        this.noOptional("[?");
        const index = this.expr();
        this.need("]");
        expr = deeper({ kind: "index", at, operand: expr, index }, [expr, index]);
      } else if (this.took(".")) {
        this.noOptional(".?");
        expr = this.field(expr);
      } else return expr;
    }
  }

  private field(operand: Expr): Expr {
    const { kind, text, at } = this.name("the name of a field");
    if (kind === "quoted" || !this.took("(")) {
      return deeper({ kind: "select", at, operand, field: text, has: false }, [operand]);
    }
    const args = this.args();
    return loopOf(text, at, operand, args) ?? callOf(text, at, operand, args);
  }

  private noOptional(written: string): void {
    if (this.is("?")) throw new CelSyntaxError(`"${written}": Envoy has no optional values`, this.token.at);
  }

  /** A name, which no word of the grammar is. */
  private name(what: string): Token {
    const { kind, text } = this.token;
    if (kind !== "quoted" && (kind !== "word" || KEYWORDS.has(text))) this.expected(what);
    return this.take();
  }

  private primary(): Expr {
    const { kind, text, at } = this.token;
    if (this.isSigned()) return this.literal();
    if (kind === "word" && !KEYWORDS.has(text)) return this.named("");
    if (kind === "word" && text !== "in") return leaf(text === "null" ? "null" : "bool", this.take());
    if (kind !== "symbol" && kind !== "word" && kind !== "quoted" && kind !== "end") return this.literal();
    if (this.took("(")) {
      const inner = this.expr();
      this.need(")");
      return inner;
    }
    if (this.took("[")) return this.list(at);
    if (this.took("{")) return this.map(at);
    if (this.is(".")) {
      this.take();
      return this.named(".");
    }
    return this.expected("a value");
  }

  /** A variable, a function that is called on nothing, or a message. */
  private named(dot: string): Expr {
    const name = this.name("a name");
    const { text, at } = name;
    if (name.kind === "quoted") throw new CelSyntaxError("a name between back quotes can only follow a dot", at);
    const message = this.messageName(text);
    if (message !== undefined) return this.message(dot + message, at);
    if (RESERVED.has(text)) throw new CelSyntaxError(`"${text}" is a reserved word of CEL`, at);
    if (!this.took("(")) return { kind: "name", at, depth: 1, name: dot + text };
    const args = this.args();
    return (dot === "" ? hasOf(text, args) : undefined) ?? callOf(dot + text, at, undefined, args);
  }

  /** The whole name where `{` follows it; only then it has been read. */
  private messageName(first: string): string | undefined {
    let ahead = 0;
    const names = [first];
    while (this.is(".", ahead)) {
      const { kind, text } = this.tokens[this.next + ahead + 1] as Token;
      if (kind !== "word" || KEYWORDS.has(text)) return undefined;
      names.push(text);
      ahead += 2;
    }
    if (!this.is("{", ahead)) return undefined;
    this.next += ahead + 1;
    return names.join(".");
  }

  private message(name: string, at: number): Expr {
    const fields: MessageField[] = [];
    this.items("}", () => {
      this.noOptional("{?");
      const field = this.name("the name of a field");
      this.need(":");
      fields.push({ name: field.text, at: field.at, value: this.expr() });
    });
    const values = fields.map(({ value }) => value);
    return deeper({ kind: "message", at, name, fields }, values);
  }

  private list(at: number): Expr {
    const items: Expr[] = [];
    this.items("]", () => {
      this.noOptional("[?");
      items.push(this.expr());
    });
    return deeper({ kind: "list", at, items }, items, true);
  }

  private map(at: number): Expr {
    const entries: [Expr, Expr][] = [];
    this.items("}", () => {
      this.noOptional("{?");
      const key = this.expr();
      this.need(":");
      entries.push([key, this.expr()]);
    });
    return deeper({ kind: "map", at, entries }, entries.flat());
  }

  /** Items with a comma between, which may also stand before the bracket that ends them. */
  private items(bracket: string, item: () => void): void {
    while (!this.is(bracket) && !this.is(",")) {
      item();
      if (!this.is(",") || this.is(bracket, 1)) break;
      this.take();
      if (this.is(",")) this.expected("a value");
    }
    this.took(",");
    this.need(bracket);
  }

  private args(): Expr[] {
    const args: Expr[] = [];
    if (this.took(")")) return args;
    do args.push(this.expr());
    while (this.took(","));
    this.need(")");
    return args;
  }

  private literal(): Expr {
    const sign = this.is("-") ? this.take() : undefined;
    const token = this.take();
    const at = sign?.at ?? token.at;
    const type = token.kind as LiteralType;
    const digits = token.text.replace(/[uU]$/, "");
    if (type === "int" && BigInt(digits) > INT_MAX + (sign === undefined ? 0n : 1n)) {
      throw new CelSyntaxError("a whole number beyond 64 bits", at);
    }
    if (type === "uint" && BigInt(digits) > UINT_MAX) throw new CelSyntaxError("a whole number beyond 64 bits", at);
    return leaf(type, { ...token, at });
  }
}

function leaf(type: LiteralType, { text, at }: Token): Expr {
  return { kind: "literal", at, depth: 1, type, text };
}

type Without<Node> = Node extends Expr ? Omit<Node, "depth"> : never;

/**
 * A node that is one deeper than the deepest of its parts.
 *
 * @param listed whether the parts are items or arguments, of which Envoy does not count a choice itself
 */
function deeper(node: Without<Expr>, parts: readonly Expr[], listed = false): Expr {
  const depths = parts.map((part) => (listed && part.kind === "choice" ? part.depth - 1 : part.depth));
  return limited({ ...node, depth: 1 + Math.max(0, ...depths) } as Expr);
}

function limited(expr: Expr): Expr {
  if (expr.depth > MAX_DEPTH) throw new CelSyntaxError(`nested deeper than ${MAX_DEPTH}`, expr.at);
  return expr;
}

function callOf(name: string, at: number, target: Expr | undefined, args: readonly Expr[]): Expr {
  const all = deeper({ kind: "call", at, name, target, args }, args, true);
  return target === undefined ? all : limited({ ...all, depth: Math.max(all.depth, target.depth + 1) });
}

function hasOf(name: string, args: readonly Expr[]): Expr | undefined {
  const [field] = args;
  if (name !== "has" || args.length !== 1 || field === undefined) return undefined;
  if (field.kind === "select" && !field.has) return limited({ ...field, has: true, depth: field.depth + 1 });
  const how = `expected a field, such as has(request.headers.x); of other names, such as 'x-a' in request.headers`;
  throw new CelSyntaxError(how, field.at);
}

function loopOf(name: string, at: number, range: Expr, args: readonly Expr[]): Expr | undefined {
  const [variable, ...rest] = args;
  const known = LOOPS.includes(name as Loop) && (args.length === 2 || (name === "map" && args.length === 3));
  if (!known || variable === undefined) return undefined;
  if (variable.kind !== "name" || variable.name.startsWith(".") || variable.name === "__result__") {
    throw new CelSyntaxError(`expected the name of a variable, such as in ${exampleOf(name)}`, variable.at);
  }
  const [filter, body] = rest.length === 2 ? [rest[0], rest[1] as Expr] : [undefined, rest[0] as Expr];
  const all = callOf(name, at, range, args);
  return { kind: "loop", at, depth: all.depth, loop: name as Loop, range, variable: variable.name, filter, body };
}

function exampleOf(loop: string): string {
  return `request.headers.${loop}(name, name.startsWith("x-"))`;
}
