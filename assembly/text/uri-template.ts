import { Region } from "../memory/region";
import { Text, utf8 } from "./text";

const STAR: u8 = 0x2a;
const SLASH: u8 = 0x2f;
const OPENING: u8 = 0x7b;
const CLOSING: u8 = 0x7d;

/** What stands for bytes of the path. */
const enum Operator {
  /** Nothing: the template ends. */
  NONE,
  /** `{*}`: one byte or more, none of them a slash. */
  ONE,
  /** `{**}`: any number of bytes, slashes included. */
  ANY,
}

/** A stretch of a template: bytes that must stand there, then an operator. */
@unmanaged
class Piece {
  literal: Text;
  operator: Operator;
  next: Piece | null;

  /** Reads a template's pieces; gives the first of them. The last is the only one without an operator. */
  static read(region: Region, start: usize, end: usize): Piece {
    const first = Piece.readOne(region, start, end);
    let last = first;
    let from = start;
    while (last.operator != Operator.NONE) {
      from += last.literal.length + lengthOf(last.operator);
      const next = Piece.readOne(region, from, end);
      last.next = next;
      last = next;
    }
    return first;
  }

  private static readOne(region: Region, start: usize, end: usize): Piece {
    let at = start;
    while (at < end && operatorAt(at, end) == Operator.NONE) at++;
    const piece = changetype<Piece>(region.take(offsetof<Piece>()));
    piece.literal = Text.copy(region, start, <u32>(at - start));
    piece.operator = operatorAt(at, end);
    return piece;
  }
}

/**
 * A path template of AuthorizationPolicy's `paths`: `/tenants/{*}/files/{**}`. It matches as Envoy's does, which istiod
 * makes of it (`source/extensions/path/uri_template_lib/uri_template_internal.cc`): the whole path, and an operator stands
 * for the bytes that `isOperand` names alone.
 *
 * No operator can follow `{**}`, and `{*}` ends where a slash or the path does, so there is never a choice to come back
 * to: a match looks at each byte twice at most.
 */
@unmanaged
export class UriTemplate {
  private first: Piece;

  /** Compiles a template in `region`. `pathProblem` must have found nothing wrong with it. */
  static compile(region: Region, template: Text): UriTemplate {
    const compiled = changetype<UriTemplate>(region.take(offsetof<UriTemplate>()));
    compiled.first = Piece.read(region, template.start, template.start + template.length);
    return compiled;
  }

  /** The bytes that every match starts with: those before the first operator. */
  get literalPrefix(): Text {
    return this.first.literal;
  }

  /** Whether the template matches this path, which must be without its query and fragment. */
  matches(start: usize, length: u32): bool {
    const end = start + length;
    let at = start;
    let piece: Piece | null = this.first;
    while (piece != null) {
      const literal = piece.literal;
      if (end - at < literal.length || memory.compare(at, literal.start, literal.length) != 0) return false;
      at += literal.length;
      if (piece.operator == Operator.NONE) return at == end;
      if (piece.operator == Operator.ANY) return matchesRest(at, end, piece.next);
      const from = at;
      while (at < end && isOperand(load<u8>(at))) at++;
      if (at == from) return false;
      piece = piece.next;
    }
    return false;
  }
}

/** Whether `{**}` and the literal behind it match all that is left. */
function matchesRest(start: usize, end: usize, last: Piece | null): bool {
  let stop = end;
  if (last != null) {
    const literal = last.literal;
    if (end - start < literal.length) return false;
    stop = end - literal.length;
    if (memory.compare(stop, literal.start, literal.length) != 0) return false;
  }
  for (let at = start; at < stop; at++) {
    const byte = load<u8>(at);
    if (byte != SLASH && !isOperand(byte)) return false;
  }
  return true;
}

/** Whether a value of `paths` is a template and no pattern (istio `pkg/config/security: ContainsPathTemplate`). */
export function isPathTemplate(path: Text): bool {
  if (!path.contains(OPENING)) return false;
  const end = path.start + path.length;
  for (let at = path.start; at < end; at++) {
    if (operatorAt(at, end) != Operator.NONE) return true;
  }
  return false;
}

/**
 * What is wrong with a value of `paths`, be it a template or not; null where nothing is.
 *
 * First what Istio refuses (`pkg/config/security: CheckValidPathTemplate`), then what it lets pass and Envoy refuses, and
 * with it the whole listener: a template that does not start with exactly one slash, or ends with several.
 */
export function pathProblem(path: Text): Text | null {
  if (!path.contains(OPENING) && !path.contains(CLOSING)) return null;
  const isTemplate = isPathTemplate(path);
  let start = path.start;
  let end = start + path.length;
  while (start < end && load<u8>(start) == SLASH) start++;
  while (start < end && load<u8>(end - 1) == SLASH) end--;
  let seenAny = false;
  for (let at = start; at <= end; at++) {
    let stop = at;
    while (stop < end && load<u8>(stop) != SLASH) stop++;
    const operator = operatorAt(at, stop);
    if (operator != Operator.NONE && at + lengthOf(operator) == stop) {
      if (seenAny) return utf8("{**} must be the last operator of a path template");
      seenAny = operator == Operator.ANY;
    } else {
      const problem = segmentProblem(at, stop, isTemplate);
      if (problem != null) return problem;
    }
    at = stop;
  }
  return isTemplate ? envoyProblem(path) : null;
}

function segmentProblem(start: usize, end: usize, isTemplate: bool): Text | null {
  let isLiteral = start < end;
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at);
    if (byte == OPENING || byte == CLOSING)
      return utf8("{ and } are allowed only as {*} or {**}, each a whole segment");
    if (byte == STAR || !isOperand(byte)) isLiteral = false;
  }
  if (isLiteral || !isTemplate) return null;
  return utf8(
    "a segment of a path template must not be empty, and may have only letters, digits and -._~%!$&'()+,;=:@",
  );
}

function envoyProblem(template: Text): Text | null {
  const start = template.start;
  const end = start + template.length;
  const from = load<u8>(start) == SLASH ? start + 1 : end;
  const to = load<u8>(end - 1) == SLASH ? end - 1 : end;
  if (from >= to || load<u8>(from) == SLASH || load<u8>(to - 1) == SLASH) {
    return utf8("a path template must start with one slash, and end with at most one");
  }
  return null;
}

/** The operator that starts there and ends at or before `end`. */
function operatorAt(at: usize, end: usize): Operator {
  const one = utf8("{*}");
  const any = utf8("{**}");
  if (end - at >= one.length && memory.compare(at, one.start, one.length) == 0) return Operator.ONE;
  if (end - at >= any.length && memory.compare(at, any.start, any.length) == 0) return Operator.ANY;
  return Operator.NONE;
}

function lengthOf(operator: Operator): u32 {
  return operator == Operator.ONE ? 3 : 4;
}

/**
 * Whether an operator may stand for that byte: RFC 3986's `pchar`. The `=` and `*` are among them, as Envoy 1.36 to 1.40
 * showed; they were not in Envoy's first versions of this.
 */
function isOperand(byte: u32): bool {
  if ((byte | 0x20) - 0x61 < 26) return true;
  // From $ to ; all are but the slash.
  if (byte - 0x24 <= 0x3b - 0x24) return byte != SLASH;
  return byte == 0x21 || byte == 0x3d || byte == 0x40 || byte == 0x5f || byte == 0x7e;
}
