/**
 * The four decisions of the suite `module`, written for its one configuration: the names and values that decide stand in the code, so there are no
 * plan, no rules and no index. It makes the host calls of `module-calls.ts`. No filter that reads a configuration can cost less.
 */
import { proxy_send_local_response } from "@solo-io/proxy-runtime/assembly/imports";
import { incrementMetric, pairs, readPairs, replaceHeader, reset } from "./host-calls";

export {
  malloc,
  proxy_abi_version_0_2_1,
  proxy_on_configure,
  proxy_on_context_create,
  proxy_on_done,
  proxy_on_log,
  proxy_on_response_headers,
} from "./module-calls";

const CONTINUE = 0;
const STOP = 1;
const BILLION: u64 = 1_000_000_000;
/** One request in a million is aborted. */
const SHARE: u64 = 1_000;
const DENIED = memory.data<u8>([82, 66, 65, 67, 58, 32, 97, 99, 99, 101, 115, 115, 32, 100, 101, 110, 105, 101, 100]); // RBAC: access denied
const ABORTED = memory.data<u8>([102, 97, 117, 108, 116, 32, 102, 105, 108, 116, 101, 114, 32, 97, 98, 111, 114, 116]); // fault filter abort
let draws: u64 = 1;

const enum Region {
  NONE,
  /** `another`: always aborted. */
  ALWAYS,
  /** `eu-west-1`: one request in a million. */
  SOMETIMES,
}

export function proxy_on_request_headers(_context: u32, _headers: u32, _endOfStream: u32): u32 {
  reset();
  readPairs();
  const start = pairs();
  const count = load<u32>(start);
  let at = start + 4 + count * 8;
  let traced = false;
  let isGet = false;
  let isBelow = false;
  let isHost = false;
  let isTenant = false;
  let isUser = false;
  let region = Region.NONE;
  for (let lengths = start + 4, end = at; lengths < end; lengths += 8) {
    const nameLength = load<u32>(lengths);
    const length = load<u32>(lengths, 4);
    const value = at + nameLength + 1;
    if (nameLength == 11) {
      if (is(at, 0x7261706563617274, 8) && is(at + 8, 0x746e65, 3)) traced = isTraceparent(value, length);
    } else if (nameLength == 7) {
      if (is(at, 0x646f6874656d3a, 7)) isGet = length == 3 && is(value, 0x544547, 3);
    } else if (nameLength == 5) {
      if (is(at, 0x687461703a, 5)) isBelow = length >= 8 && is(value, 0x737765697665722f, 8);
    } else if (nameLength == 10) {
      if (is(at, 0x69726f687475613a, 8)) isHost = length == 7 && is(value, 0x73776569766572, 7);
    } else if (nameLength == 8) {
      if (is(at, 0x746e616e65742d78, 8)) isTenant = length == 4 && is(value, 0x656d6361, 4);
      else if (is(at, 0x726573752d646e65, 8)) isUser = length == 5 && is(value, 0x6e6f73616a, 5);
      else if (is(at, 0x6e6f696765722d78, 8)) region = regionOf(value, length);
    }
    at = value + length + 1;
  }
  if (traced) incrementMetric();
  if (!isGet || !isBelow || !isTenant) return answer(403, DENIED, 19);
  incrementMetric();
  incrementMetric();
  if (isHost && isUser) replaceHeader();
  if (isHost && (region == Region.ALWAYS || (region == Region.SOMETIMES && draw() < SHARE)))
    return answer(503, ABORTED, 18);
  return CONTINUE;
}

/** Whether the first `length` of the eight bytes there, the lowest first, are those. There are always as many left in the arena. */
function is(at: usize, bytes: u64, length: u32): bool {
  return (load<u64>(at) & ((<u64>-1) >> (64 - length * 8))) == bytes;
}

function regionOf(at: usize, length: u32): Region {
  if (length == 7 && is(at, 0x726568746f6e61, 7)) return Region.ALWAYS;
  return length == 9 && is(at, 0x2d747365772d7565, 8) && load<u8>(at, 8) == 49 ? Region.SOMETIMES : Region.NONE;
}

/** Whether a value is one of W3C's version 00, with ids that are not 0. */
function isTraceparent(at: usize, length: u32): bool {
  if (length != 55 || !is(at, 0x2d3030, 3) || load<u8>(at, 35) != 45 || load<u8>(at, 52) != 45) return false;
  return (hex(at + 3) | hex(at + 19)) != 0 && hex(at + 36) != 0;
}

/** The number that 16 lower-case hexadecimal digits are; 0 if there is another character. */
function hex(at: usize): u64 {
  let number: u64 = 0;
  for (let i: u32 = 0; i < 16; i++) {
    const digit: u32 = load<u8>(at + i);
    const value = digit - 48 < 10 ? digit - 48 : digit - 97 < 6 ? digit - 87 : 16;
    if (value == 16) return 0;
    number = (number << 4) | value;
  }
  return number;
}

function draw(): u64 {
  draws += 0x9e3779b97f4a7c15;
  let bits = draws;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return (((bits ^ (bits >> 31)) >> 32) * BILLION) >> 32;
}

function answer(status: u32, body: usize, length: u32): u32 {
  proxy_send_local_response(status, 0, 0, body, length, 0, 0, -1);
  return STOP;
}
