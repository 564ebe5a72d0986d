/** The literal types of CEL. */
export type LiteralType = "bool" | "int" | "uint" | "double" | "string" | "bytes" | "null";

/** The macros of CEL that go through a list or a map. */
export const LOOPS = ["all", "exists", "exists_one", "map", "filter"] as const;
export type Loop = (typeof LOOPS)[number];

interface Common {
  /** Where it stands: of a call the name, of an operator the operator, in UTF-16 code units from 0. */
  readonly at: number;
  /** How deep what it consists of is nested, as Envoy's parser counts it. */
  readonly depth: number;
}

/** An expression in CEL's grammar, its macros recognised. */
export type Expr = Common &
  (
    | { readonly kind: "literal"; readonly type: LiteralType; readonly text: string }
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "select"; readonly operand: Expr; readonly field: string; readonly has: boolean }
    | { readonly kind: "index"; readonly operand: Expr; readonly index: Expr }
    | {
        readonly kind: "call";
        readonly name: string;
        /** What a function is called on, where it is; an operator is called on nothing. */
        readonly target: Expr | undefined;
        readonly args: readonly Expr[];
      }
    | { readonly kind: "and" | "or"; readonly terms: readonly Expr[] }
    | { readonly kind: "choice"; readonly condition: Expr; readonly yes: Expr; readonly no: Expr }
    | { readonly kind: "list"; readonly items: readonly Expr[] }
    | { readonly kind: "map"; readonly entries: readonly (readonly [Expr, Expr])[] }
    | { readonly kind: "message"; readonly name: string; readonly fields: readonly MessageField[] }
    | {
        readonly kind: "loop";
        readonly loop: Loop;
        readonly range: Expr;
        readonly variable: string;
        /** Of `map` with three arguments the second: for which items there is a result. */
        readonly filter: Expr | undefined;
        readonly body: Expr;
      }
  );

export interface MessageField {
  readonly name: string;
  readonly at: number;
  readonly value: Expr;
}
