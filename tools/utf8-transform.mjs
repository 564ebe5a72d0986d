/**
 * An AssemblyScript transform: the literal in `utf8("…")` becomes the address of its UTF-8 bytes, their count before
 * them as a u32, in the module's data (`assembly/text/text.ts` says what a `Text` is).
 *
 * It fails the compilation where the argument is anything but one string literal.
 */
import { Transform } from "assemblyscript/transform";
import { Node, NodeKind } from "assemblyscript";

const NAME = "utf8";

export default class Utf8Transform extends Transform {
  /** @param {import("assemblyscript").Parser} parser */
  afterParse(parser) {
    for (const source of parser.sources) {
      if (source.text.includes(`${NAME}(`)) walk(source, new Set());
    }
  }
}

/** Visits every AST node below `node` once; asc has no public visitor, and its nodes are plain objects. */
function walk(node, seen) {
  if (seen.has(node)) return;
  seen.add(node);
  for (const key of Object.keys(node)) {
    const child = node[key];
    if (Array.isArray(child)) child.forEach((item) => isNode(item) && walk(item, seen));
    else if (isNode(child) && key !== "source") walk(child, seen);
  }
  if (node.kind === NodeKind.Call && node.expression.text === NAME) replace(node);
}

function isNode(value) {
  return value !== null && typeof value === "object" && typeof value.kind === "number" && "range" in value;
}

/** Turns the call `utf8("…")` into `utf8(memory.data<u8>([…], 4))`, in place. */
function replace(call) {
  const [literal] = call.args;
  if (call.args.length !== 1 || literal.kind !== NodeKind.Literal || typeof literal.value !== "string") {
    throw new Error(
      `${call.range.source.normalizedPath}:${call.range.source.lineAt(call.range.start)}: ${NAME}() takes one string literal`,
    );
  }
  const { range } = call;
  const bytes = Buffer.from(literal.value, "utf8");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  const identifier = (name) => Node.createIdentifierExpression(name, range);
  const type = (name) => Node.createNamedType(Node.createSimpleTypeName(name, range), null, false, range);
  const integer = (value) => Node.createIntegerLiteralExpression({ low: value, high: 0, unsigned: false }, range);
  const values = Node.createArrayLiteralExpression([...length, ...bytes].map(integer), range);
  const data = Node.createCallExpression(
    Node.createPropertyAccessExpression(identifier("memory"), identifier("data"), range),
    [type("u8")],
    [values, integer(4)],
    range,
  );
  call.args = [data];
}
