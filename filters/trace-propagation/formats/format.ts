import { Region } from "../../../assembly/memory/region";
import { SlotTable } from "../../../assembly/request/slots";
import { Text, utf8 } from "../../../assembly/text/text";
import { TraceContext } from "../context";
import { readB3, writeB3 } from "./b3";
import { putB3Single, readB3Single } from "./b3-single";
import { putCloudTrace, readCloudTrace } from "./cloud-trace";
import { readDatadog, writeDatadog } from "./datadog";
import { Header, line } from "./header";
import { putUberTraceId, readUberTraceId } from "./jaeger";
import { ExtractResult } from "./extract-result";
import { putTraceparent, readTraceparent } from "./w3c";
import { readXray, writeXray } from "./xray";

/** The formats, in the order in which messages tell them. */
export const enum FormatId {
  W3C = 0,
  B3 = 1,
  B3_SINGLE = 2,
  JAEGER = 3,
  DATADOG = 4,
  XRAY = 5,
  CLOUD_TRACE = 6,
}

/** How many there are. */
export const FORMATS: u32 = 7;

/** B3 has the most headers. */
const MAX_HEADERS: u32 = 5;

/** What a request's headers said, for `write`. */
const came: TraceContext = changetype<TraceContext>(memory.data(offsetof<TraceContext>(), 8));

/**
 * A format in which a trace's context goes from service to service, with the slots of its headers in a plan. W3C's is
 * `traceparent`; tracestate and baggage are lists, and not read here.
 */
@unmanaged
export class Format {
  id: FormatId;
  private count: u32;
  private row: usize;

  /** A format as a plan knows it; takes the slots of its headers. */
  static open(id: FormatId, region: Region, slots: SlotTable): Format {
    const format = changetype<Format>(region.take(offsetof<Format>()));
    format.id = id;
    format.row = region.take(MAX_HEADERS * offsetof<Header>());
    switch (id) {
      case FormatId.W3C:
        format.add(utf8("traceparent"), slots);
        break;
      case FormatId.B3:
        format.add(utf8("x-b3-traceid"), slots);
        format.add(utf8("x-b3-spanid"), slots);
        format.add(utf8("x-b3-parentspanid"), slots);
        format.add(utf8("x-b3-sampled"), slots);
        format.add(utf8("x-b3-flags"), slots);
        break;
      case FormatId.B3_SINGLE:
        format.add(utf8("b3"), slots);
        break;
      case FormatId.JAEGER:
        format.add(utf8("uber-trace-id"), slots);
        break;
      case FormatId.DATADOG:
        format.add(utf8("x-datadog-trace-id"), slots);
        format.add(utf8("x-datadog-parent-id"), slots);
        format.add(utf8("x-datadog-sampling-priority"), slots);
        format.add(utf8("x-datadog-tags"), slots);
        break;
      case FormatId.XRAY:
        format.add(utf8("x-amzn-trace-id"), slots);
        break;
      case FormatId.CLOUD_TRACE:
        format.add(utf8("x-cloud-trace-context"), slots);
        break;
    }
    return format;
  }

  private add(name: Text, slots: SlotTable): void {
    Header.at(this.row, this.count++).open(name, slots);
  }

  /**
   * Reads the context from the current request. What `into` holds then is all that the format says where that is `FOUND`, the
   * decision where it is `DECISION`, and means nothing otherwise.
   */
  read(into: TraceContext): ExtractResult {
    into.clear();
    if (this.id == FormatId.B3) return readB3(this.row, into);
    if (this.id == FormatId.DATADOG) return readDatadog(this.row, into);
    const value = Header.at(this.row, 0).value;
    if (value == null) return ExtractResult.ABSENT;
    // Nobody can tell which of several is right (for traceparent, W3C's own tests have the trace restarted).
    if (value.next != null) return ExtractResult.INVALID;
    switch (this.id) {
      case FormatId.B3_SINGLE:
        return readB3Single(value.start, value.length, into);
      case FormatId.JAEGER:
        return readUberTraceId(value.start, value.length, into);
      case FormatId.XRAY:
        return readXray(value.start, value.length, into);
      case FormatId.CLOUD_TRACE:
        return readCloudTrace(value.start, value.length, into);
    }
    return readTraceparent(value.start, value.length, into);
  }

  /**
   * Makes the format's headers in the current request say a context, whose ids are not 0, and nothing of another one. To be called
   * once for a request, as its slots still tell what came. What the host refuses stays as it came: nothing more can be done about it.
   */
  write(context: TraceContext): void {
    const first = Header.at(this.row, 0);
    switch (this.id) {
      case FormatId.B3:
        writeB3(this.row, context);
        break;
      case FormatId.DATADOG:
        writeDatadog(this.row, context, this.isOf(context) ? came : null);
        break;
      case FormatId.XRAY:
        writeXray(first, context, this.isOf(context));
        break;
      default:
        first.set(line, this.put(context));
    }
  }

  /** Takes the format's headers away, where they are there. */
  remove(): void {
    for (let i: u32 = 0; i < this.count; i++) Header.at(this.row, i).remove();
  }

  /** Whether the headers that came are of the context's trace, by the half of its id that all formats have; reads them. */
  private isOf(context: TraceContext): bool {
    return this.read(came) == ExtractResult.FOUND && came.traceLow == context.traceLow;
  }

  private put(context: TraceContext): usize {
    switch (this.id) {
      case FormatId.B3_SINGLE:
        return putB3Single(line, context);
      case FormatId.JAEGER:
        return putUberTraceId(line, context);
      case FormatId.CLOUD_TRACE:
        return putCloudTrace(line, context);
    }
    return putTraceparent(line, context);
  }
}
