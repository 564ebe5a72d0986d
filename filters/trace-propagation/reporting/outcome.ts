import { arenaTake } from "../../../assembly/memory/arena";
import { integerProperty, propertyLength, propertyStart, readProperty } from "../../../assembly/host/properties";
import { Status } from "../../../assembly/host/status";
import { Value } from "../../../assembly/request/value";
import { Text, utf8 } from "../../../assembly/text/text";
import { putByte, putDecimal } from "../formats/digits";
import { SpanKind } from "./span";

/** `response.flags` of a client that has gone: DownstreamConnectionTermination, DownstreamRemoteReset. */
const CLIENT_GONE: u64 = 0x4000 | 0x10000000;
/** Bytes of a flag's longest name and a comma. */
const LONGEST: usize = 6;

/** The names of Envoy's response flags, from bit 0 on, each filled up with blanks to five (`source/common/stream_info/utility.h`). */
const FLAG_NAMES: usize = 5;
const FLAGS: u32 = 30;

/** What became of a request that is over. */
@unmanaged
export class Ended {
  /** The response's status; 0 if there was none. */
  status: i64;
  /** gRPC's; -1 if the request is none of gRPC or Envoy does not know. */
  grpcStatus: i64;
  flags: u64;

  static read(isGrpc: bool): Ended {
    const ended = changetype<Ended>(arenaTake(offsetof<Ended>()));
    ended.status = integerProperty(utf8("response\0code"), 0);
    ended.grpcStatus = isGrpc ? integerProperty(utf8("response\0grpc_status"), -1) : -1;
    ended.flags = <u64>integerProperty(utf8("response\0flags"), 0);
    return ended;
  }

  /** Whether it may be an error for one kind of span and none for the other. */
  get dependsOnKind(): bool {
    return this.status >= 400 || this.grpcStatus > 0;
  }

  /**
   * `error.type` of a span of a kind; null if it is no error (OpenTelemetry, "HTTP spans": Status; "gRPC": Status). A client that went before
   * its answer is none.
   */
  error(kind: SpanKind): Value | null {
    if (this.grpcStatus >= 0) return this.isGrpcError(kind) ? decimalOf(this.grpcStatus) : null;
    if (this.status >= (kind == SpanKind.CLIENT ? 400 : 500)) return decimalOf(this.status);
    if ((this.flags & CLIENT_GONE) != 0) return null;
    if (this.status != 0 && this.flags == 0) return null;
    const details = detailsOf();
    if (this.status != 0 && (details == null || !isBrokenOff(details))) return null;
    return details == null ? Value.of(utf8("_OTHER").start, 6) : details;
  }

  /** The flags' names with commas between them, as Envoy's tracers tell them; `-` if there are none. */
  flagNames(): Value {
    const start = arenaTake(<usize>popcnt<u64>(this.flags) * LONGEST + 1);
    let at = start;
    for (let bit: u32 = 0; bit < FLAGS; bit++) {
      if (((this.flags >> bit) & 1) == 0) continue;
      if (at != start) at = putByte(at, 0x2c);
      const name = flagNames().start + <usize>bit * FLAG_NAMES;
      for (let i: usize = 0; i < FLAG_NAMES && load<u8>(name + i) != 0x20; i++) at = putByte(at, load<u8>(name + i));
    }
    if (at == start) at = putByte(at, 0x2d);
    return Value.of(start, <u32>(at - start));
  }

  /** A server's are UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE and DATA_LOSS; a client's all but OK. */
  private isGrpcError(kind: SpanKind): bool {
    const status = this.grpcStatus;
    if (kind == SpanKind.CLIENT) return status != 0;
    return status == 2 || status == 4 || (status >= 12 && status <= 15);
  }
}

function flagNames(): Text {
  return utf8(
    "LH   UH   UT   LR   UR   UF   UC   UO   NR   DI   FI   RL   UAEX RLSE DC   URX  SI   IH   DPE  UMSDRRFCF NFCF DT   UPE  NC   OM   DF   DO   DR   UDO  ",
  );
}

/** Envoy's details of the response without what stands in braces; null if it does not tell them. */
function detailsOf(): Value | null {
  if (readProperty(utf8("response\0code_details")) != Status.OK || propertyLength == 0) return null;
  let length: u32 = 0;
  while (length < propertyLength && load<u8>(propertyStart + length) != 0x7b) length++;
  return Value.of(propertyStart, length);
}

/** Whether the response began and did not come to its end. */
function isBrokenOff(details: Value): bool {
  return utf8("upstream_reset_after_response_started").is(details.start, details.length);
}

function decimalOf(value: i64): Value {
  const start = arenaTake(20);
  return Value.of(start, <u32>(putDecimal(start, <u64>value) - start));
}
