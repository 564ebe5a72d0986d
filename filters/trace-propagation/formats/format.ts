import { Region } from "../../../assembly/memory/region";
import { SlotTable } from "../../../assembly/request/slots";
import { Text, utf8 } from "../../../assembly/text/text";
import { TraceContext } from "../context";
import { putSingle, readSingle } from "./b3";
import { putCloudTrace, readCloudTrace } from "./cloud-trace";
import { Header } from "./headers";
import { putUberTraceId, readUberTraceId } from "./jaeger";
import { readB3Headers, writeB3Headers } from "./b3-headers";
import { readDatadogHeaders, writeDatadogHeaders } from "./datadog-headers";
import { Reading } from "./reading";
import { putTraceparent, readTraceparent } from "./w3c";
import { putXray, readXray } from "./xray";

/** The formats, in the order in which they are told in messages. */
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

/** A value is put together here; the longest is X-Ray's, of 78 bytes. */
const line: usize = memory.data(128, 8);

/** A format in which a trace's context goes from service to service: its headers, as a plan knows them. */
@unmanaged
export class Format {
  id: FormatId;
  private first: Header;

  /** Takes the slots of the format's headers. */
  static open(id: FormatId, region: Region, slots: SlotTable): Format {
    const format = changetype<Format>(region.take(offsetof<Format>()));
    format.id = id;
    format.first = openHeaders(id, region, slots);
    return format;
  }

  /** Reads the context from the current request. */
  read(into: TraceContext): Reading {
    if (this.id == FormatId.B3) return readB3Headers(this.first, into);
    if (this.id == FormatId.DATADOG) return readDatadogHeaders(this.first, into);
    const value = this.first.value;
    if (value == null) return Reading.ABSENT;
    // Which of several is right nobody can tell (W3C Trace Context §3.2.1 has it for traceparent).
    if (value.next != null) return Reading.INVALID;
    switch (this.id) {
      case FormatId.B3_SINGLE:
        return readSingle(value.start, value.length, into);
      case FormatId.JAEGER:
        return readUberTraceId(value.start, value.length, into);
      case FormatId.XRAY:
        return readXray(value.start, value.length, into);
      case FormatId.CLOUD_TRACE:
        return readCloudTrace(value.start, value.length, into);
    }
    return readTraceparent(value.start, value.length, into);
  }

  /** Makes the current request's headers of the format say a context, and nothing of another. */
  write(context: TraceContext): void {
    if (this.id == FormatId.B3) writeB3Headers(this.first, context);
    else if (this.id == FormatId.DATADOG) writeDatadogHeaders(this.first, context);
    else this.first.set(line, this.put(context));
  }

  /** Takes the format's headers away. */
  remove(): void {
    let header: Header | null = this.first;
    while (header != null) {
      header.remove();
      header = header.next;
    }
  }

  private put(context: TraceContext): usize {
    switch (this.id) {
      case FormatId.B3_SINGLE:
        return putSingle(line, context);
      case FormatId.JAEGER:
        return putUberTraceId(line, context);
      case FormatId.XRAY:
        return putXray(line, context);
      case FormatId.CLOUD_TRACE:
        return putCloudTrace(line, context);
    }
    return putTraceparent(line, context);
  }
}

/** The headers of a format; tracestate, which is no format's own, is not among them. */
function openHeaders(id: FormatId, region: Region, slots: SlotTable): Header {
  const first = Header.open(nameOf(id), region, slots);
  let last = first;
  if (id == FormatId.B3) {
    last = add(last, utf8("x-b3-spanid"), region, slots);
    last = add(last, utf8("x-b3-parentspanid"), region, slots);
    last = add(last, utf8("x-b3-sampled"), region, slots);
    add(last, utf8("x-b3-flags"), region, slots);
  } else if (id == FormatId.DATADOG) {
    last = add(last, utf8("x-datadog-parent-id"), region, slots);
    last = add(last, utf8("x-datadog-sampling-priority"), region, slots);
    add(last, utf8("x-datadog-tags"), region, slots);
  }
  return first;
}

function add(last: Header, name: Text, region: Region, slots: SlotTable): Header {
  const header = Header.open(name, region, slots);
  last.next = header;
  return header;
}

function nameOf(id: FormatId): Text {
  switch (id) {
    case FormatId.B3:
      return utf8("x-b3-traceid");
    case FormatId.B3_SINGLE:
      return utf8("b3");
    case FormatId.JAEGER:
      return utf8("uber-trace-id");
    case FormatId.DATADOG:
      return utf8("x-datadog-trace-id");
    case FormatId.XRAY:
      return utf8("x-amzn-trace-id");
    case FormatId.CLOUD_TRACE:
      return utf8("x-cloud-trace-context");
  }
  return utf8("traceparent");
}
