import { beginLine } from "../../assembly/text/line";
import { LogLevel, logBytes, logs } from "../../assembly/host/log";
import { propertyLength, propertyStart, readProperty } from "../../assembly/host/properties";
import { Status } from "../../assembly/host/status";
import { Text, utf8 } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";
import { Change } from "./change";
import { Circuit } from "./circuit";
import { Reason } from "./reason";
import { CircuitState } from "./record";
import { NANOSECONDS_PER_MILLISECOND } from "../../assembly/text/nanoseconds";

/**
 * Writes a line that says which circuit changed its state, and why: what Envoy's event log says of an ejection. `calls` and `share` (of
 * a million) are what a rate was of; of errors in a row `calls` is how many there were.
 */
export function logTransition(circuit: Circuit, change: Change, reason: Reason, calls: u64, share: u64): void {
  if (!logs(LogLevel.INFO)) return;
  const record = change.record;
  const name = circuit.breaker.name;
  const writer = beginLine();
  writer.text(utf8("circuit-breaking: "));
  writer.quoted(name.start, name.length, name.length);
  if (circuit.place != 0) {
    writer.text(utf8(" key "));
    writer.integer(circuit.place);
  }
  writer.byte(0x20);
  writer.text(nameOf(change.from));
  writer.text(utf8(" -> "));
  writer.text(nameOf(<CircuitState>record.state));
  writer.text(utf8(": "));
  writer.text(wordOf(reason));
  if (reason <= Reason.CONSECUTIVE_LOCAL) {
    writer.byte(0x20);
    writer.integer(calls);
  } else if (reason <= Reason.SLOW_CALL_RATE) {
    writer.byte(0x20);
    writePercent(writer, share);
    writer.text(utf8(" of "));
    writer.integer(calls);
  }
  if (record.state == CircuitState.OPEN) {
    writer.text(utf8(", for "));
    writer.integer((record.until - change.now) / NANOSECONDS_PER_MILLISECOND);
    writer.text(utf8("ms, opening "));
    writer.integer(record.openings);
    writer.text(utf8(" in a row"));
    if (readProperty(utf8("upstream\0address")) == Status.OK && propertyLength > 0) {
      writer.text(utf8(", last upstream "));
      writer.plain(propertyStart, propertyLength, propertyLength);
    }
  }
  logBytes(LogLevel.INFO, writer.start, writer.length);
}

/** A share of a million in per cent, with one digit behind the point. */
function writePercent(writer: Writer, share: u64): void {
  const tenths = (share + 500) / 1000;
  writer.integer(tenths / 10);
  writer.byte(0x2e);
  writer.integer(tenths % 10);
  writer.text(utf8("%"));
}

function nameOf(state: CircuitState): Text {
  if (state == CircuitState.CLOSED) return utf8("closed");
  return state == CircuitState.OPEN ? utf8("open") : utf8("half-open");
}

function wordOf(reason: Reason): Text {
  switch (reason) {
    case Reason.CONSECUTIVE_5XX:
      return utf8("consecutive_5xx");
    case Reason.CONSECUTIVE_GATEWAY:
      return utf8("consecutive_gateway_failure");
    case Reason.CONSECUTIVE_LOCAL:
      return utf8("consecutive_local_origin_failure");
    case Reason.FAILURE_RATE:
      return utf8("failure_rate");
    case Reason.SLOW_CALL_RATE:
      return utf8("slow_call_rate");
    case Reason.PROBE_FAILED:
      return utf8("a probe failed");
    case Reason.PROBES_LOST:
      return utf8("a probe has no answer");
    case Reason.PROBES_SUCCEEDED:
      return utf8("probes succeeded");
  }
  return utf8("its time is over");
}
