import { tokensOf } from "./tokens.ts";

/**
 * The same expression without what the parser of @bufbuild/cel does not read, though CEL has it: comments, and names between
 * back quotes after a dot, which then stand in brackets.
 */
export function plainCel(expression: string): string {
  const parts: string[] = [];
  for (const { kind, text, at, end } of tokensOf(expression)) {
    if (kind === "quoted" && parts.at(-1) === ".") parts.splice(-1, 1, `[${JSON.stringify(text)}]`);
    else parts.push(expression.slice(at, end));
  }
  return parts.join(" ");
}
