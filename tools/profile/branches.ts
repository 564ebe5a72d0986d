import { flagOf } from "./functions.ts";
import { assembled, textOf } from "../wasm-text.ts";

/** Which way a branch goes, as the proposal "Branch Hinting" of WebAssembly encodes it. */
export const HINT = { unlikely: 0, likely: 1 } as const;
export type Hint = (typeof HINT)[keyof typeof HINT];

/** A line of Binaryen's text at which a branch begins: an `if` or a `br_if`. Its operands have lines of their own. */
const BRANCH = /^( *)\((if|br_if)\b/;

/** The lines of an operand in Binaryen's text, from the first to the last. */
interface Operand {
  first: number;
  last: number;
}

/** A branch in Binaryen's text: the line at which it begins, and its condition. */
interface Branch {
  line: number;
  condition: Operand;
}

/**
 * The same module with two flags for each branch, exported globals as those of `withFlags`. `flagOf(2 * branch)` is 1 if the branch was not
 * taken since the flag was last 0, `flagOf(2 * branch + 1)` if it was taken. Branches have numbers in the order of the module's text.
 */
export function withBranchFlags(bytes: Uint8Array): Uint8Array {
  const lines = textOf(bytes).split("\n");
  const branches = branchesOf(lines);
  for (const [number, { condition }] of branches.entries()) {
    const raise = (side: number): string =>
      `(global.set $${flagOf(2 * number + side)} (i32.const 1)) (i32.const ${side})`;
    lines[condition.first] = `(if (result i32)\n${lines[condition.first]}`;
    lines[condition.last] += `\n(then ${raise(1)}) (else ${raise(0)}))`;
  }
  const flags = branches.flatMap((_, number) => [flagOf(2 * number), flagOf(2 * number + 1)]);
  const globals = flags.map((flag) => `(global $${flag} (mut i32) (i32.const 0)) (export "${flag}" (global $${flag}))`);
  const end = lines.lastIndexOf(")");
  return assembled([...lines.slice(0, end), ...globals, ")"].join("\n"));
}

/**
 * The same module with a hint for each branch that has one in `hints`, in the order of `withBranchFlags`: a custom section
 * `metadata.code.branch_hint`. V8 lays code that is unlikely down behind all other code of its function, and keeps values in registers where
 * the likely code needs them. A host that does not know the section leaves it out, and the module does the same with it and without.
 *
 * @throws RangeError if there is not one entry for each branch
 */
export function withHints(bytes: Uint8Array, hints: readonly (Hint | undefined)[]): Uint8Array {
  const lines = textOf(bytes).split("\n");
  const branches = branchesOf(lines);
  if (branches.length !== hints.length) throw new RangeError(`${branches.length} branches, ${hints.length} hints`);
  for (const [number, { line }] of branches.entries()) {
    const hint = hints[number];
    if (hint !== undefined) lines[line] = `(@metadata.code.branch_hint "\\0${hint}")\n${lines[line]}`;
  }
  return assembled(lines.join("\n"));
}

function branchesOf(lines: readonly string[]): Branch[] {
  const branches: Branch[] = [];
  for (const [line, text] of lines.entries()) {
    const [, indent, kind] = BRANCH.exec(text) ?? [];
    if (indent === undefined) continue;
    const operands = operandsOf(lines, line, indent);
    // An `if` begins with its condition, a `br_if` ends with it: a value that it hands on comes before.
    const condition = kind === "if" ? operands[0] : operands.at(-1);
    if (condition === undefined) throw new Error(`not Binaryen's text: ${text}`);
    branches.push({ line, condition });
  }
  return branches;
}

/** The operands of what begins at a line: each is indented by one blank more, and either a line or ends with such a bracket. */
function operandsOf(lines: readonly string[], line: number, indent: string): Operand[] {
  const operands: Operand[] = [];
  for (let at = line + 1; lines[at] !== `${indent})`; at++) {
    const text = lines[at];
    if (text === undefined) throw new Error(`not Binaryen's text: ${lines[line]}`);
    if (text.startsWith(`${indent} (`)) operands.push({ first: at, last: at });
    else operands.at(-1)!.last = at;
  }
  return operands;
}
