/**
 * Reads from sources every text that a person may read: errors, warnings, log lines, help.
 *
 * A literal counts as a text where it has a blank or is handed to a function that reports. Texts that are written one
 * after the other, as a message with values in it is, make one, with `…` where a value comes.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { PROJECT } from "./project.ts";

/** Functions whose texts are shown to somebody, whatever they look like, by what they are called. */
const REPORTS = new Set(["error", "warn", "warning", "expected", "refuse", "fail", "log", "info"]);

/** A text at a place of a source file. */
export interface Message {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** The name of the function that the literal is handed to; empty if it goes another way. */
  readonly by: string;
}

/** The texts of one source file, in its order. */
export function messagesOf(file: string): Message[] {
  const source = ts.createSourceFile(file, readFileSync(join(PROJECT, file), "utf8"), ts.ScriptTarget.Latest, true);
  const messages: Message[] = [];
  const add = (node: ts.Node, text: string): void => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    messages.push({ file, line: line + 1, text, by: reporterOf(node)?.name ?? "" });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isBlock(node) || ts.isSourceFile(node)) return visitStatements(node.statements);
    const text = literalText(node);
    if (text === undefined) ts.forEachChild(node, visit);
    else if (isMessage(node, text)) add(node, text);
  };
  const visitStatements = (statements: ts.NodeArray<ts.Statement>): void => {
    let first: ts.Node | undefined;
    let parts = "";
    const end = (): void => {
      if (first !== undefined && isSentence(parts)) add(first, parts.trim());
      first = undefined;
      parts = "";
    };
    for (const statement of statements) {
      const written = writtenPart(statement);
      if (written === undefined) {
        end();
        visit(statement);
      } else {
        first ??= statement;
        parts += written;
      }
    }
    end();
  };
  visit(source);
  return messages;
}

/** What a statement such as `writer.text(utf8("…"))` or `writer.integer(n)` adds to a message; undefined of others. */
function writtenPart(statement: ts.Statement): string | undefined {
  if (!ts.isExpressionStatement(statement) || !ts.isCallExpression(statement.expression)) return undefined;
  const call = statement.expression;
  if (!ts.isPropertyAccessExpression(call.expression)) return undefined;
  const object = call.expression.expression;
  if (!/writer$|begin\(\)$|beginLine\(\)$/i.test(object.getText())) return undefined;
  const method = call.expression.name.text;
  if (method === "text") return call.arguments.map((argument) => partOf(argument)).join("");
  return ["integer", "quoted", "plain", "bytes", "byte", "number"].includes(method) ? "…" : undefined;
}

function partOf(argument: ts.Expression): string {
  if (ts.isConditionalExpression(argument)) return `(${partOf(argument.whenTrue)}|${partOf(argument.whenFalse)})`;
  const inner =
    ts.isCallExpression(argument) && argument.expression.getText() === "utf8" ? argument.arguments[0] : argument;
  return (inner !== undefined ? literalText(inner) : undefined) ?? "…";
}

/** The text of a literal, with `…` where a template has a value; undefined of any other node. */
function literalText(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join("");
}

/** Whether a text has a letter and a blank: names of fields, headers and counters have none. */
function isSentence(text: string): boolean {
  return /[a-z]/i.test(text) && text.includes(" ");
}

/** The call that a literal is an argument of, perhaps as `utf8("…")`; undefined if there is none. */
function reporterOf(node: ts.Node): { name: string; call: ts.CallExpression; argument: ts.Node } | undefined {
  let argument = node;
  if (ts.isCallExpression(node.parent) && node.parent.expression.getText() === "utf8") argument = node.parent;
  const call = argument.parent;
  if (!ts.isCallExpression(call)) return undefined;
  const name = ts.isPropertyAccessExpression(call.expression) ? call.expression.name.text : call.expression.getText();
  return { name, call, argument };
}

function isMessage(node: ts.Node, text: string): boolean {
  if (isSentence(text)) return true;
  const reporter = reporterOf(node);
  if (reporter === undefined || text.trim() === "") return false;
  const { name, call, argument } = reporter;
  // The first argument of `refuse` is a field's name.
  return REPORTS.has(name) && !(name === "refuse" && call.arguments[0] === argument);
}
