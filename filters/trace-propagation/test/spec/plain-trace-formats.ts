/**
 * The formats of trace contexts once more, read as plainly as can be from strings: for comparison with the filter's parsers.
 * What each gives is what `outcome` (trace-contexts.ts) is to give.
 */
import { FormatId } from "../../formats/format";
import { valuesNamed } from "./header-host";

const LOWER = "0123456789abcdef";
const ZERO_TRACE = "0".repeat(32);
const ZERO_SPAN = "0".repeat(16);
const INVALID = "invalid";

/** What a format says in the request of header-host.ts. */
export function plainRead(id: FormatId): string {
  if (id == FormatId.B3) return plainB3();
  if (id == FormatId.DATADOG) return plainDatadog();
  const values = valuesNamed(headerOf(id));
  if (values.length == 0) return "absent";
  if (values.length > 1) return INVALID;
  if (id == FormatId.W3C) return plainTraceparent(values[0]);
  if (id == FormatId.B3_SINGLE) return plainB3Single(values[0]);
  if (id == FormatId.JAEGER) return plainJaeger(values[0]);
  return id == FormatId.XRAY ? plainXray(values[0]) : plainCloudTrace(values[0]);
}

/** The header of a format that has one. */
export function headerOf(id: FormatId): string {
  if (id == FormatId.W3C) return "traceparent";
  if (id == FormatId.B3_SINGLE) return "b3";
  if (id == FormatId.JAEGER) return "uber-trace-id";
  return id == FormatId.XRAY ? "x-amzn-trace-id" : "x-cloud-trace-context";
}

/** Whether a string is of so many of the characters of another. */
function isOf(text: string, alphabet: string, least: i32, most: i32): bool {
  for (let i = 0; i < text.length; i++) if (!alphabet.includes(text.charAt(i))) return false;
  return text.length >= least && text.length <= most;
}

function isLowerHex(text: string, digits: i32): bool {
  return isOf(text, LOWER, digits, digits);
}

function isHex(text: string, least: i32, most: i32): bool {
  return isOf(text, LOWER + "ABCDEF", least, most);
}

function isDecimal(text: string): bool {
  return isOf(text, "0123456789", 1, 20) && text.padStart(20, "0") <= "18446744073709551615";
}

/** A decimal id as 16 hexadecimal digits, by long division of its digits. */
function decimalAsHex(text: string): string {
  let rest = text;
  let digits = "";
  while (digits.length < 16) {
    let quotient = "";
    let remainder = 0;
    for (let i = 0; i < rest.length; i++) {
      remainder = remainder * 10 + (rest.charCodeAt(i) - 0x30);
      quotient += (remainder >> 4).toString();
      remainder &= 15;
    }
    digits = LOWER.charAt(remainder) + digits;
    rest = quotient;
  }
  return digits;
}

/** A context whose trace is not 0, with a span that may be. */
function found(trace: string, span: string, sampling: string): string {
  const padded = trace.toLowerCase().padStart(32, "0");
  if (padded == ZERO_TRACE) return INVALID;
  return padded + " " + span.toLowerCase().padStart(16, "0") + " " + sampling;
}

/** A context whose span is not 0 either. */
function foundWithSpan(trace: string, span: string, sampling: string): string {
  return span.padStart(16, "0") == ZERO_SPAN ? INVALID : found(trace, span, sampling);
}

function plainTraceparent(value: string): string {
  const parts = value.split("-");
  if (parts.length < 4) return INVALID;
  if (!isLowerHex(parts[0], 2) || parts[0] == "ff" || (parts[0] == "00" && parts.length > 4)) return INVALID;
  if (!isLowerHex(parts[1], 32) || !isLowerHex(parts[2], 16) || !isLowerHex(parts[3], 2)) return INVALID;
  const flags = LOWER.indexOf(parts[3].charAt(1));
  const context = foundWithSpan(parts[1], parts[2], flags % 2 == 1 ? "yes" : "no");
  return context != INVALID && flags % 4 > 1 ? context + " random" : context;
}

/** The decision that a character of `b3` stands for; empty where it is none. */
function b3Decision(state: string): string {
  return state == "0" ? "no" : state == "1" ? "yes" : state == "d" ? "debug" : "";
}

function plainB3Single(value: string): string {
  const parts = value.split("-");
  if (parts.length == 1) return b3Decision(value) != "" ? "decision: " + b3Decision(value) : INVALID;
  if (parts.length > 4) return INVALID;
  if ((!isLowerHex(parts[0], 16) && !isLowerHex(parts[0], 32)) || !isLowerHex(parts[1], 16)) return INVALID;
  if (parts.length == 2) return foundWithSpan(parts[0], parts[1], "undecided");
  const decision = b3Decision(parts[2]);
  if (parts.length == 3 && isLowerHex(parts[2], 16)) return foundWithSpan(parts[0], parts[1], "undecided");
  if (decision == "" || (parts.length == 4 && !isLowerHex(parts[3], 16))) return INVALID;
  return foundWithSpan(parts[0], parts[1], decision);
}

function plainB3(): string {
  const traces = valuesNamed("x-b3-traceid");
  const spans = valuesNamed("x-b3-spanid");
  const parents = valuesNamed("x-b3-parentspanid");
  const states = valuesNamed("x-b3-sampled");
  const flags = valuesNamed("x-b3-flags");
  let decision = "undecided";
  if (states.length > 0) {
    if (states[0] == "0" || states[0] == "false") decision = "no";
    else if (states[0] == "1" || states[0] == "true") decision = "yes";
    else return INVALID;
  }
  if (flags.length > 0 && flags[0] == "1") decision = "debug";
  // An empty first one counts as none.
  if (parents.length > 0 && parents[0].length == 0) parents.length = 0;
  if (traces.length + spans.length + parents.length == 0) {
    return decision == "undecided" ? "absent" : "decision: " + decision;
  }
  if (traces.length != 1 || spans.length != 1 || parents.length > 1) return INVALID;
  if (parents.length == 1 && !isLowerHex(parents[0], 16)) return INVALID;
  if ((!isLowerHex(traces[0], 16) && !isLowerHex(traces[0], 32)) || !isLowerHex(spans[0], 16)) return INVALID;
  return foundWithSpan(traces[0], spans[0], decision);
}

function plainJaeger(value: string): string {
  const parts = value.replaceAll("%3A", ":").replaceAll("%3a", ":").split(":");
  if (parts.length != 4) return INVALID;
  if (!isHex(parts[0], 1, 32) || !isHex(parts[1], 1, 16) || !isHex(parts[2], 1, 16) || !isHex(parts[3], 1, 2)) {
    return INVALID;
  }
  const flags = LOWER.indexOf(parts[3].charAt(parts[3].length - 1).toLowerCase());
  return foundWithSpan(parts[0], parts[1], flags % 2 == 0 ? "no" : flags % 4 == 1 ? "yes" : "debug");
}

function plainXray(value: string): string {
  const fields = value.split(";");
  const roots: string[] = [];
  const parents: string[] = [];
  const decisions: string[] = [];
  for (let i = 0; i < fields.length; i++) {
    let field = fields[i];
    while (field.startsWith(" ")) field = field.substring(1);
    if (field.startsWith("Root=")) roots.push(field.substring(5));
    if (field.startsWith("Parent=")) parents.push(field.substring(7));
    if (field.startsWith("Sampled=")) decisions.push(field.substring(8));
  }
  if (roots.length != 1 || parents.length > 1 || decisions.length > 1) return INVALID;
  const parts = roots[0].split("-");
  if (parts.length != 3 || parts[0] != "1" || !isHex(parts[1], 8, 8) || !isHex(parts[2], 24, 24)) return INVALID;
  if (parents.length == 1 && (!isHex(parents[0], 16, 16) || parents[0] == ZERO_SPAN)) return INVALID;
  const decision = decisions.length == 0 ? "?" : decisions[0];
  if (decision != "?" && decision != "0" && decision != "1") return INVALID;
  const span = parents.length == 1 ? parents[0] : ZERO_SPAN;
  return found(parts[1] + parts[2], span, decision == "?" ? "undecided" : decision == "1" ? "yes" : "no");
}

function plainCloudTrace(value: string): string {
  let decision = "undecided";
  let ids = value;
  const options = value.indexOf(";");
  if (options >= 0) {
    const written = value.substring(options);
    if (!written.startsWith(";o=")) return INVALID;
    const mask = written.substring(3);
    if (mask != "") {
      if (!isDecimal(mask) || mask.padStart(20, "0") > "00000000000000000255") return INVALID;
      decision = "13579".includes(mask.charAt(mask.length - 1)) ? "yes" : "no";
    }
    ids = value.substring(0, options);
  }
  const slash = ids.indexOf("/");
  const trace = slash < 0 ? ids : ids.substring(0, slash);
  const span = slash < 0 ? "" : ids.substring(slash + 1);
  if (!isHex(trace, 32, 32) || (span != "" && !isDecimal(span))) return INVALID;
  return found(trace, span == "" ? ZERO_SPAN : decimalAsHex(span), decision);
}

function plainDatadog(): string {
  const traces = valuesNamed("x-datadog-trace-id");
  const parents = valuesNamed("x-datadog-parent-id");
  const priorities = valuesNamed("x-datadog-sampling-priority");
  if (traces.length == 0) return parents.length == 0 ? "absent" : INVALID;
  if (traces.length > 1 || parents.length > 1 || priorities.length > 1) return INVALID;
  if (!isDecimal(traces[0]) || (parents.length == 1 && !isDecimal(parents[0]))) return INVALID;
  let decision = "undecided";
  if (priorities.length == 1) {
    const isNegative = priorities[0].startsWith("-");
    const number = isNegative ? priorities[0].substring(1) : priorities[0];
    if (!isDecimal(number)) return INVALID;
    const least = decimalAsHex(number);
    decision = isNegative || least == ZERO_SPAN ? "no" : least == ZERO_SPAN.substring(1) + "2" ? "debug" : "yes";
  }
  const span = parents.length == 1 ? decimalAsHex(parents[0]) : ZERO_SPAN;
  return found(upperHalf() + decimalAsHex(traces[0]), span, decision);
}

/** The last `_dd.p.tid` among the tags that is of 16 hexadecimal digits. */
function upperHalf(): string {
  const tags = valuesNamed("x-datadog-tags").join(",").split(",");
  let upper = ZERO_SPAN;
  for (let i = 0; i < tags.length; i++) {
    let tag = tags[i];
    while (tag.startsWith(" ")) tag = tag.substring(1);
    if (tag.startsWith("_dd.p.tid=") && isHex(tag.substring(10), 16, 16)) upper = tag.substring(10);
  }
  return upper;
}
