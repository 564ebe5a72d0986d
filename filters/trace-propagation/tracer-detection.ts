import { LogLevel, log } from "../../assembly/host/log";
import { readProperty } from "../../assembly/host/properties";
import { Status } from "../../assembly/host/status";
import { Region } from "../../assembly/memory/region";
import { openRequest, readRequestHeaders, reserveSlots, slotsOfRequest } from "../../assembly/request/request";
import { SlotTable } from "../../assembly/request/slots";
import { Text, utf8 } from "../../assembly/text/text";
import { TraceContext } from "./context";
import { Format, FormatId } from "./formats/format";
import { ExtractResult } from "./formats/extract-result";

/** How many requests are watched: if none of them gets to an upstream, nothing is told. */
const MAX_WATCHED: u32 = 100;

/** A format that a tracer of Envoy's writes, and what the watched request went on with in it. */
@unmanaged
class Watched {
  format: Format;
  result: ExtractResult;
  context: TraceContext;
  next: Watched | null;
}

/**
 * How the filter stands to Envoy's own tracer, which it tells once per configuration, in the log, as soon as a request shows it.
 *
 * A tracer writes its headers when the router sends a request on, behind all HTTP filters (Envoy `router/upstream_request.cc`): so
 * what it wrote shows when the request is over and no sooner. Filters of the upstream come behind it; they alone know the upstream's address
 * when the headers come (tried with 1.40).
 */
@unmanaged
export class TracerDetection {
  private slots: SlotTable;
  private formats: Watched | null;
  /** For what was read last. */
  private read: TraceContext;
  private told: bool;
  private watching: bool;
  private watched: u32;

  /** Slots of its own, so that requests that are not watched do not pay for them. */
  static open(region: Region): TracerDetection {
    const detection = changetype<TracerDetection>(region.take(offsetof<TracerDetection>()));
    detection.slots = SlotTable.open(region, false);
    detection.read = changetype<TraceContext>(region.take(offsetof<TraceContext>()));
    // What Envoy's Zipkin and OpenTelemetry tracers write.
    detection.add(FormatId.W3C, region);
    detection.add(FormatId.B3, region);
    detection.add(FormatId.B3_SINGLE, region);
    reserveSlots(detection.slots.count);
    return detection;
  }

  /** Whether the current request is to be watched until it is over; the last thing that the filter does with it. */
  watch(): bool {
    if (this.told || this.watching || this.watched == MAX_WATCHED) return false;
    this.watched++;
    if (hasUpstream()) {
      this.tell(
        LogLevel.INFO,
        utf8(
          "trace-propagation runs as an upstream filter: it changes the headers that Envoy's tracer sends, but not Envoy's own span",
        ),
      );
      return false;
    }
    const slots = slotsOfRequest();
    this.watching = this.remember();
    // For the filters that follow, which read the headers anew.
    openRequest(slots);
    return this.watching;
  }

  private remember(): bool {
    if (!this.readHeaders()) return false;
    let watched = this.formats;
    while (watched != null) {
      watched.result = watched.format.read(watched.context);
      watched = watched.next;
    }
    return true;
  }

  /** The watched request is over: what the router sent on tells whether there is a tracer. In `proxy_on_log`. */
  end(): void {
    this.watching = false;
    // A request that never got to an upstream shows nothing.
    if (this.told || !hasUpstream()) return;
    if (!this.readHeaders()) return;
    let watched = this.formats;
    while (watched != null) {
      if (this.isChanged(watched)) {
        return this.tell(
          LogLevel.WARN,
          utf8(
            "Envoy's tracer overwrites the trace headers of trace-propagation on this listener; Envoy's span may be in another trace (README.md: Beside Envoy's tracer)",
          ),
        );
      }
      watched = watched.next;
    }
    this.tell(
      LogLevel.INFO,
      utf8("no Envoy tracer writes trace headers after trace-propagation: its headers are sent as they are"),
    );
  }

  private add(id: FormatId, region: Region): void {
    const watched = changetype<Watched>(region.take(offsetof<Watched>()));
    watched.format = Format.open(id, region, this.slots);
    watched.context = changetype<TraceContext>(region.take(offsetof<TraceContext>()));
    watched.next = this.formats;
    this.formats = watched;
  }

  private readHeaders(): bool {
    openRequest(this.slots);
    return readRequestHeaders();
  }

  private isChanged(watched: Watched): bool {
    const result = watched.format.read(this.read);
    if (result != watched.result) return true;
    if (result != ExtractResult.FOUND) return false;
    const now = this.read;
    const then = watched.context;
    return now.spanId != then.spanId || now.traceLow != then.traceLow;
  }

  private tell(level: LogLevel, what: Text): void {
    this.told = true;
    log(level, what);
  }
}

function hasUpstream(): bool {
  return readProperty(utf8("upstream\0address")) == Status.OK;
}
