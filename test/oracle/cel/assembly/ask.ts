/**
 * A module that asks its host about CEL: it compiles and evaluates the expression that a request's header `x` carries in
 * hexadecimal, and answers with a status of `Verdict`. It is for Envoy alone, and no filter.
 */
import { arenaTake, resetArena } from "../../../../assembly/memory/arena";
import { callForeign, answerLength, answerStart } from "../../../../assembly/host/foreign";
import { HeaderMap, pairsStart, readHeaderPairs } from "../../../../assembly/host/headers";
import { NO_GRPC_STATUS, sendLocalReply } from "../../../../assembly/host/local-reply";
import { writeProperty } from "../../../../assembly/host/properties";
import { Action, Status } from "../../../../assembly/host/status";
import { Text, utf8 } from "../../../../assembly/text/text";

export { malloc, proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "../../../../assembly/host/abi";

/** What became of the expression, as the status of the answer; `answers.ts` reads it. */
const enum Verdict {
  TRUE = 200,
  FALSE = 201,
  /** It has a value that is no boolean. */
  OTHER = 202,
  /** The host compiles it, and cannot evaluate it. */
  FAILED = 422,
  /** The host does not compile it. */
  REFUSED = 400,
}

export function proxy_on_context_create(_context: u32, _parent: u32): void {
  resetArena();
}

export function proxy_on_request_headers(_context: u32, _count: u32, _endOfStream: u32): Action {
  resetArena();
  // As another Wasm filter might: an expression finds it as filter state.
  writeProperty(utf8("set"), utf8("yes"));
  sendLocalReply(verdict(), utf8("asked"), utf8(""), NO_GRPC_STATUS);
  return Action.PAUSE;
}

function verdict(): Verdict {
  const digits = headerX();
  const length = digits.length / 2;
  const expression = arenaTake(length);
  for (let i: u32 = 0; i < length; i++) {
    store<u8>(expression + i, (nibble(digits.start + 2 * i) << 4) | nibble(digits.start + 2 * i + 1));
  }
  if (callForeign(utf8("expr_create"), expression, length) != Status.OK) return Verdict.REFUSED;
  const token = arenaTake(4);
  store<u32>(token, load<u32>(answerStart));
  const evaluated = callForeign(utf8("expr_evaluate"), token, 4) == Status.OK;
  const value: i32 = evaluated && answerLength == 1 ? load<u8>(answerStart) : -1;
  callForeign(utf8("expr_delete"), token, 4);
  if (!evaluated) return Verdict.FAILED;
  return value == 1 ? Verdict.TRUE : value == 0 ? Verdict.FALSE : Verdict.OTHER;
}

/** The value of the header `x`; empty where there is none. */
function headerX(): Text {
  readHeaderPairs(HeaderMap.REQUEST_HEADERS);
  const count = load<u32>(pairsStart);
  let at = pairsStart + 4 + count * 8;
  for (let i: u32 = 0; i < count; i++) {
    const nameLength = load<u32>(pairsStart + 4 + i * 8);
    const valueLength = load<u32>(pairsStart + 8 + i * 8);
    if (nameLength == 1 && load<u8>(at) == 0x78) return copied(at + 2, valueLength);
    at += nameLength + 1 + valueLength + 1;
  }
  return utf8("");
}

function copied(start: usize, length: u32): Text {
  const text = arenaTake(4 + length);
  store<u32>(text, length);
  memory.copy(text + 4, start, length);
  return changetype<Text>(text);
}

function nibble(at: usize): u8 {
  const digit = load<u8>(at);
  return digit <= 0x39 ? digit - 0x30 : digit - 0x57;
}
