import { readMilliseconds } from "../../assembly/config/duration";
import { Place } from "../../assembly/config/place";
import { NO_GRPC_STATUS } from "../../assembly/host/local-reply";
import { MatchCompiler } from "../../assembly/match/compiler";
import { Condition } from "../../assembly/match/condition";
import { readPrincipals } from "../../assembly/match/principals";
import { Region } from "../../assembly/memory/region";
import { HeaderMap } from "../../assembly/host/headers";
import { dropHeader } from "../../assembly/request/header-writes";
import { firstValue, isPresent } from "../../assembly/request/request";
import { Fact, SlotTable } from "../../assembly/request/slots";
import { isDigit } from "../../assembly/text/ascii";
import { Text, utf8 } from "../../assembly/text/text";
import { RouteCounters } from "./counters";
import { drawAtRandom, drawHolds } from "./draws";
import { Fault } from "./fault";
import { plainAbort } from "./read-abort";

const NONE: u32 = 0xffffffff;
const PER_CENT: u32 = 10_000;

/** One of the headers, and its slot. */
@unmanaged
class ControlHeader {
  name: Text;
  slot: u32;
  next: ControlHeader | null;
}

/**
 * Envoy's `x-envoy-fault-*` request headers (Envoy `source/extensions/filters/common/fault/fault_config.cc`): a request of one
 * of the principals says itself what befalls it; everyone else's are taken away.
 */
@unmanaged
export class HeaderControl {
  /** Of which one must be met. */
  private principals: Condition | null;
  /** In milliseconds. */
  private maxDelay: u32;
  private headers: ControlHeader | null;
  private delay: u32;
  private delayShare: u32;
  private abort: u32;
  private abortGrpc: u32;
  private abortShare: u32;
  /** What a request's own fault is told by. */
  fault: Fault;

  /**
   * What the current request says itself: `controlledDelay` and so on; true where it says anything that can be understood. Takes
   * the headers away where its principal may not send them.
   */
  draw(): bool {
    if (!this.anyIsPresent()) return false;
    const principals = this.principals;
    if (principals == null || !principals.holds()) {
      this.removeAll(true);
      return false;
    }
    drawAtRandom();
    const delay = numberOf(this.delay);
    const status = numberOf(this.abort);
    const grpc = numberOf(this.abortGrpc);
    const byStatus = status >= 200 && status < 600;
    const aborts = byStatus || grpc <= 16;
    if (delay == NONE && !aborts) return false;
    controlledDelay = delay != NONE && holds(this.delayShare) ? min(delay, this.maxDelay) : 0;
    controlledAbort = aborts && holds(this.abortShare);
    controlledStatus = byStatus ? status : 200;
    controlledGrpcStatus = byStatus ? NO_GRPC_STATUS : grpc;
    return true;
  }

  /** Takes the headers away: those that are known to be there, or whichever are. */
  removeAll(known: bool): void {
    let header = this.headers;
    while (header != null) {
      if (!known || isPresent(header.slot)) dropHeader(HeaderMap.REQUEST_HEADERS, header.name);
      header = header.next;
    }
  }

  add(region: Region, slots: SlotTable, name: Text): u32 {
    const header = changetype<ControlHeader>(region.take(offsetof<ControlHeader>()));
    header.name = name;
    header.slot = slots.slot(Fact.HEADER, name);
    header.next = this.headers;
    this.headers = header;
    return header.slot;
  }

  private anyIsPresent(): bool {
    let header = this.headers;
    while (header != null) {
      if (isPresent(header.slot)) return true;
      header = header.next;
    }
    return false;
  }

  /** Reads `{principals, maxDelay}`; null where nothing stands there. */
  static read(place: Place, compiler: MatchCompiler): HeaderControl | null {
    if (!place.object()) return null;
    const region = compiler.region;
    const control = changetype<HeaderControl>(region.take(offsetof<HeaderControl>()));
    const principals = place.field(utf8("principals"));
    control.principals = principals.required() ? readPrincipals(principals, compiler) : null;
    control.maxDelay = readMilliseconds(place.field(utf8("maxDelay")), u32.MAX_VALUE);
    place.noOtherFields();
    const slots = compiler.slots;
    control.delay = control.add(region, slots, utf8("x-envoy-fault-delay-request"));
    control.delayShare = control.add(region, slots, utf8("x-envoy-fault-delay-request-percentage"));
    control.abort = control.add(region, slots, utf8("x-envoy-fault-abort-request"));
    control.abortGrpc = control.add(region, slots, utf8("x-envoy-fault-abort-grpc-request"));
    control.abortShare = control.add(region, slots, utf8("x-envoy-fault-abort-request-percentage"));
    control.add(region, slots, utf8("x-envoy-fault-throughput-response"));
    control.add(region, slots, utf8("x-envoy-fault-throughput-response-percentage"));
    control.fault = controlledFault(region);
    return control;
  }
}

/** What the last request that said it asked for; the delay in milliseconds, 0 for none. */
export let controlledDelay: u32 = 0;
export let controlledAbort: bool = false;
export let controlledStatus: u32 = 0;
export let controlledGrpcStatus: u32 = 0;

function controlledFault(region: Region): Fault {
  const name = utf8("headerControl");
  const fault = changetype<Fault>(region.take(offsetof<Fault>()));
  fault.name = name;
  fault.counters = RouteCounters.open(region);
  fault.abort = plainAbort(region, name);
  return fault;
}

/** A percentage that the request gives holds for it; without one that can be understood it is 100 (Envoy `HeaderPercentageProvider`). */
function holds(slot: u32): bool {
  const percentage = numberOf(slot);
  return percentage == NONE || drawHolds(min<u32>(percentage, 100) * PER_CENT);
}

/** The whole number that a header's first value is, one below 2^32 - 1 where it is larger; `NONE` where it is none. */
function numberOf(slot: u32): u32 {
  const value = firstValue(slot);
  if (value == null || value.length == 0) return NONE;
  let number: u64 = 0;
  for (let i: u32 = 0; i < value.length; i++) {
    const byte = <u32>load<u8>(value.start + i);
    if (!isDigit(byte)) return NONE;
    number = min<u64>(number * 10 + (byte - 0x30), NONE - 1);
  }
  return <u32>number;
}
