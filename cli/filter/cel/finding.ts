/** Something that is wrong with an expression, or that a reader should know of it. */
export interface CelFinding {
  /**
   * `refused`: Envoy does not compile the expression. `fails`: Envoy compiles it, and this part cannot be evaluated for any
   * request, or the result is no boolean. `warning`: it can be evaluated, and is hardly what was meant.
   */
  readonly kind: "refused" | "fails" | "warning";
  readonly message: string;
  /** Where in the expression, in UTF-16 code units from 0. */
  readonly at: number;
}

/** An expression that breaks the grammar: nothing more can be said of it. */
export class CelSyntaxError extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

/** A finding in one line: `no function "startWith" (did you mean "startsWith"?) at character 14`. */
export function shown(expression: string, { message, at }: CelFinding): string {
  const before = expression.slice(0, at).split("\n");
  const line = before.length;
  const character = [...(before[line - 1] as string)].length + 1;
  return `${message} at ${line > 1 ? `line ${line}, ` : ""}character ${character}`;
}
