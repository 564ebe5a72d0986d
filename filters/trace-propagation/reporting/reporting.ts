import { OrderedIndex } from "../../../assembly/match/ordered-index";
import { SlotTable } from "../../../assembly/request/slots";
import { Text } from "../../../assembly/text/text";
import { Exporter } from "./exporter";
import { KeepPolicy } from "./keep";

/** Stands for the slot of a tag that no header gives. */
export const NO_HEADER: u32 = 0xffffffff;

/** One of `customTags`: a header's value where the request has it, else one that is always the same, if there is one. */
@unmanaged
export class CustomTag {
  name: Text;
  slot: u32;
  otherwise: Text | null;
  next: CustomTag | null;
}

/** What is read of a request when it is over, by slot of `Reporting.slots`. */
@unmanaged
export class SpanSlots {
  method: u32;
  path: u32;
  originalPath: u32;
  scheme: u32;
  authority: u32;
  userAgent: u32;
  requestId: u32;
  tracestate: u32;
}

/** `reporting`: which requests have spans, what those say, and where they go. */
@unmanaged
export class Reporting {
  /** What spans call the service. */
  serviceName: Text;
  /** `match.mode`. */
  reportsServer: bool;
  reportsClient: bool;
  /** Whether the proxy is a gateway, at which a request has both spans. */
  isGateway: bool;
  /** `rules`: whether a request has no span (1). Null if there are none, as the next one. */
  rules: OrderedIndex | null;
  /** `operations`: the name (a `Text`) of what a request asks for. */
  operations: OrderedIndex | null;
  /** What a request is known by to carry spans itself: its path and its user agent; and to be one of gRPC. */
  path: u32;
  userAgent: u32;
  contentType: u32;
  /** `keep`: of what is not sampled. */
  keep: KeepPolicy | null;
  /** Slots for when the request is over; those of the request are not filled for them. */
  slots: SlotTable;
  ended: SpanSlots;
  firstTag: CustomTag | null;
  maxTagLength: u32;
  exporter: Exporter;

  /** Which policies of `keep`, by their bits from the lowest on, may keep the current request. */
  candidates(): u32 {
    let candidates: u32 = 0;
    let bit: u32 = 1;
    let policy = this.keep;
    while (policy != null) {
      if (policy.mayKeep()) candidates |= bit;
      bit <<= 1;
      policy = policy.next;
    }
    return candidates;
  }
}
