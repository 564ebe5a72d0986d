import { HeaderMap, pairsSize, pairsStart, readHeaderPairs } from "../../assembly/host/headers";
import { Status } from "../../assembly/host/status";
import { isDigit } from "../../assembly/text/ascii";
import { utf8 } from "../../assembly/text/text";

/** There is no such header, or nothing in it. */
export const NO_NUMBER: u32 = u32.MAX_VALUE;
/** There is one, and it is no number. */
const NOT_A_NUMBER: u32 = u32.MAX_VALUE - 1;

/** Of the response that comes: `:status`, `grpc-status` and `retry-after` in seconds. */
export let httpStatus: u32 = 0;
export let grpcStatus: u32 = NO_NUMBER;
export let retryAfter: u32 = 0;
/** Whether Envoy's router says how long the upstream took, which it says of no other answers. */
export let isTimed: bool = false;

/** Reads of the response's headers what says how the call went. False if the host does not give them. */
export function readAnswer(): bool {
  forgetAnswer();
  if (readHeaderPairs(HeaderMap.RESPONSE_HEADERS) != Status.OK || pairsSize < 4) return false;
  const end = pairsStart + pairsSize;
  const count = load<u32>(pairsStart);
  let lengths = pairsStart + 4;
  if (<u64>count * 8 > <u64>(pairsSize - 4)) return false;
  let at = lengths + count * 8;
  for (let i: u32 = 0; i < count; i++) {
    const nameLength = load<u32>(lengths);
    const valueLength = load<u32>(lengths, 4);
    lengths += 8;
    if (<u64>nameLength + valueLength + 2 > <u64>(end - at)) return false;
    take(at, nameLength, at + nameLength + 1, valueLength);
    at += nameLength + valueLength + 2;
  }
  return httpStatus != 0;
}

/** The lengths of the names tell most headers apart. */
function take(name: usize, nameLength: u32, value: usize, valueLength: u32): void {
  switch (nameLength) {
    case 7:
      if (utf8(":status").is(name, nameLength)) httpStatus = numberAt(value, valueLength);
      break;
    case 11:
      if (utf8("grpc-status").is(name, nameLength)) grpcStatus = numberAt(value, valueLength);
      else if (utf8("retry-after").is(name, nameLength)) retryAfter = secondsAt(value, valueLength);
      break;
    case 29:
      if (utf8("x-envoy-upstream-service-time").is(name, nameLength)) isTimed = true;
      break;
  }
}

/** A date or what is no number is 0. */
function secondsAt(start: usize, length: u32): u32 {
  const seconds = numberAt(start, length);
  return seconds >= NOT_A_NUMBER ? 0 : seconds;
}

function numberAt(start: usize, length: u32): u32 {
  if (length == 0) return NO_NUMBER;
  let number: u64 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(start + i);
    if (!isDigit(byte)) return NOT_A_NUMBER;
    number = min<u64>(number * 10 + (byte - 0x30), NOT_A_NUMBER - 1);
  }
  return <u32>number;
}

/** Nothing is known of a response: its headers cannot be read any more. */
export function forgetAnswer(): void {
  httpStatus = 0;
  grpcStatus = NO_NUMBER;
  retryAfter = 0;
  isTimed = false;
}
