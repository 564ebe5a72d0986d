import { tokensOf } from "./tokens.ts";

/**
 * The same expression without what the parser of @bufbuild/cel does not read, though CEL has it: comments, and names between
 * back quotes after a dot, which then stand in brackets.
 */
export function plainCel(expression: string): string {
  let plain = "";
  let after = 0;
  for (const { kind, text, at, end } of tokensOf(expression)) {
    // White space and comments; a comment would go on into what follows it.
    plain += at > after ? " " : "";
    if (kind === "quoted") plain = `${plain.trimEnd().replace(/\.$/, "")}[${JSON.stringify(text)}]`;
    else plain += expression.slice(at, end);
    after = end;
  }
  return plain.trimEnd();
}
