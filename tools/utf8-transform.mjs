/**
 * An AssemblyScript transform: the literal in `utf8("…")` becomes the address of its UTF-8 bytes, their count before
 * them as a u32, in the module's data (`assembly/text/text.ts` says what a `Text` is).
 *
 * The literal `<build>` is replaced by what `SIGNALBOX_BUILD` in the environment says of the build (`assembly/text/build-id.ts`).
 *
 * It fails the compilation where the argument is anything but one string literal.
 */
import { Transform } from "assemblyscript/transform";
import { Node, NodeKind } from "assemblyscript";

const NAME = "utf8";
const BUILD = "<build>";

/** Where the literals lie: a file of globals that there is only while compiling. */
const LITERALS = "assembly/text/literals.ts";

export default class Utf8Transform extends Transform {
  /** @param {import("assemblyscript").Parser} parser */
  afterParse(parser) {
    const literals = new Map();
    for (const source of parser.sources) {
      if (source.text.includes(`${NAME}(`)) walk(source, new Set(), literals);
    }
    const globals = [...literals].map(([literal, name]) => `@global @lazy const ${name}: usize = ${dataOf(literal)};`);
    parser.parseFile(globals.join("\n"), LITERALS, false);
  }
}

/** Visits every AST node below `node` once; asc has no public visitor, and its nodes are plain objects. */
function walk(node, seen, literals) {
  if (seen.has(node)) return;
  seen.add(node);
  for (const key of Object.keys(node)) {
    const child = node[key];
    if (Array.isArray(child)) child.forEach((item) => isNode(item) && walk(item, seen, literals));
    else if (isNode(child) && key !== "source") walk(child, seen, literals);
  }
  if (node.kind === NodeKind.Call && node.expression.text === NAME) replace(node, literals);
}

function isNode(value) {
  return value !== null && typeof value === "object" && typeof value.kind === "number" && "range" in value;
}

/** Turns the call `utf8("…")` into one of the global that has the literal's bytes, in place. The same literal is there once. */
function replace(call, literals) {
  const [literal] = call.args;
  if (call.args.length !== 1 || literal.kind !== NodeKind.Literal || typeof literal.value !== "string") {
    throw new Error(
      `${call.range.source.normalizedPath}:${call.range.source.lineAt(call.range.start)}: ${NAME}() takes one string literal`,
    );
  }
  if (!literals.has(literal.value)) literals.set(literal.value, `__utf8_${literals.size}`);
  call.args = [Node.createIdentifierExpression(literals.get(literal.value), call.range)];
}

/** The expression for the literal's bytes in the module's data. They are not aligned: no engine needs it, and it would cost 1.5 bytes each. */
function dataOf(literal) {
  const bytes = Buffer.from(literal === BUILD ? (process.env["SIGNALBOX_BUILD"] ?? BUILD) : literal, "utf8");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return `memory.data<u8>([${[...length, ...bytes].join(",")}], 1)`;
}
