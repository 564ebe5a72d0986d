import { HeaderMap, pairsSize, pairsStart, readHeaderPairs } from "../../../assembly/host/headers";
import { callBody, callBodyLength, readCallBody } from "../../../assembly/host/http-call";
import { wallTime } from "../../../assembly/host/clock";
import { Status } from "../../../assembly/host/status";
import { ProtobufReader } from "../../../assembly/request/protobuf";
import { Value } from "../../../assembly/request/value";
import { NANOSECONDS_PER_MILLISECOND } from "../../../assembly/text/nanoseconds";
import { Text, utf8 } from "../../../assembly/text/text";
import { INVALID_TIMESTAMP, parseHttpDate } from "../../../assembly/text/timestamp";
import { decimal, isNumber } from "../formats/digits";

/** What a collector's answer says of the batch (OTLP, `docs/specification.md`: "OTLP/HTTP Response"). */
export const enum Verdict {
  TAKEN,
  /** 429, 502, 503, 504, or no answer: it may be sent again. */
  LATER,
  /** All else: it must not be. */
  REFUSED,
}

/** What the last answer said beside its verdict: the status, 0 if there was none; how many milliseconds to wait, 0 for as long as one likes; how many spans were refused of a batch that was taken; the collector's words, or null. */
export let answeredStatus: u32 = 0;
export let retryAfter: u32 = 0;
export let refusedSpans: u64 = 0;
export let answeredWords: Value | null = null;

/** Of a body so much is read. */
const MAX_BODY: u32 = 4096;
/** Nobody waits longer for a collector that says when it can be asked again. */
const LONGEST_WAIT: u64 = 5 * 60 * 1000;

/** An answer that was taken is refused after all: its words are what is wrong with it. */
export function blame(problem: Text): void {
  answeredWords = Value.of(problem.start, problem.length);
}

/** Reads the answer; in `proxy_on_http_call_response` alone. */
export function readVerdict(headers: u32, bodySize: u32, isZipkin: bool): Verdict {
  answeredStatus = 0;
  retryAfter = 0;
  refusedSpans = 0;
  answeredWords = null;
  if (headers == 0 || readHeaderPairs(HeaderMap.HTTP_CALL_RESPONSE_HEADERS) != Status.OK) return Verdict.LATER;
  const status = headerOf(utf8(":status"));
  if (status != null) answeredStatus = <u32>decimal(status.start, status.length);
  if (answeredStatus == 429 || (answeredStatus >= 502 && answeredStatus <= 504)) {
    const wait = headerOf(utf8("retry-after"));
    if (wait != null) retryAfter = <u32>min(millisecondsTo(wait), LONGEST_WAIT);
    readWords(bodySize, isZipkin);
    return Verdict.LATER;
  }
  if (answeredStatus - 200 >= 100) {
    readWords(bodySize, isZipkin);
    return Verdict.REFUSED;
  }
  if (!isZipkin && readCallBody(min(bodySize, MAX_BODY))) readPartialSuccess();
  return Verdict.TAKEN;
}

/** `Retry-After`: seconds, or a date (RFC 9110 §10.2.3); 0 for what is neither. */
function millisecondsTo(wait: Value): u64 {
  const seconds = decimal(wait.start, wait.length);
  if (isNumber) return min(seconds, LONGEST_WAIT) * 1000;
  const date = parseHttpDate(wait.start, wait.length);
  const now = <i64>wallTime();
  return date == INVALID_TIMESTAMP || date <= now ? 0 : <u64>(date - now) / NANOSECONDS_PER_MILLISECOND;
}

/** The first header of that name; null if there is none. */
function headerOf(name: Text): Value | null {
  if (pairsSize < 4) return null;
  const count = load<u32>(pairsStart);
  const end = pairsStart + pairsSize;
  if (<u64>count * 8 > <u64>(pairsSize - 4)) return null;
  let lengths = pairsStart + 4;
  let at = lengths + count * 8;
  for (let i: u32 = 0; i < count; i++) {
    const nameLength = load<u32>(lengths);
    const length = load<u32>(lengths, 4);
    if (<u64>nameLength + length + 2 > <u64>(end - at)) return null;
    if (name.is(at, nameLength)) return Value.of(at + nameLength + 1, length);
    at += nameLength + length + 2;
    lengths += 8;
  }
  return null;
}

/** The words of an error: of a `google.rpc.Status`, the message (2), else the body as it is. */
function readWords(bodySize: u32, isZipkin: bool): void {
  if (!readCallBody(min(bodySize, MAX_BODY)) || callBodyLength == 0) return;
  const reader = ProtobufReader.over(callBody, callBody + callBodyLength);
  if (!isZipkin && reader.into(2) && reader.size > 0) answeredWords = Value.of(reader.from, reader.size);
  else answeredWords = Value.of(callBody, callBodyLength);
}

/** `ExportTraceServiceResponse.partial_success` (1): `rejected_spans` (1, a number) and `error_message` (2). */
function readPartialSuccess(): void {
  const reader = ProtobufReader.over(callBody, callBody + callBodyLength);
  if (!reader.into(1)) return;
  refusedSpans = numberFirst(reader.from, reader.from + reader.size);
  if (reader.into(2) && reader.size > 0) answeredWords = Value.of(reader.from, reader.size);
}

/** The number that a message has as its field 1; 0 if it does not begin with it, as fields are written in their order. */
function numberFirst(start: usize, end: usize): u64 {
  if (start >= end || load<u8>(start) != 0x08) return 0;
  let value: u64 = 0;
  let at = start + 1;
  for (let shift: u64 = 0; at < end && shift < 64; shift += 7) {
    const byte = <u64>load<u8>(at++);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return 0;
}
