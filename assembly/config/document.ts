import { JsonReader, MAX_BYTES } from "../text/json/reader";
import { utf8 } from "../text/text";
import { Writer } from "../text/writer";
import { Place } from "./place";
import { Report } from "./report";

const MIB: u64 = 1 << 20;

/** Begins to read pluginConfig, which Istio hands over as JSON: `report.reader` then reads it, step by step. */
export function beginDocument(report: Report, start: usize, length: u32): void {
  report.reader = JsonReader.begin(report.region, report.lasting, start, length);
}

/**
 * Gives the root of the document that was read, for the filter to read.
 *
 * Malformed JSON is reported; the place given then holds nothing. So it does where the configuration is empty, which
 * Istio makes of an absent pluginConfig and of `{}` alike: what that means, and what to write, the filter says.
 */
export function endDocument(report: Report, length: u32): Place {
  if (length == 0) return Place.root(report, null);
  const reader = report.reader;
  const problem = reader.problem;
  if (problem == null) return Place.root(report, reader.value);
  const writer = report.writer;
  writer.clear();
  if (length > MAX_BYTES) {
    writeTooLarge(writer, length);
  } else {
    writer.text(utf8("pluginConfig: not JSON: "));
    writer.text(problem);
    writer.text(utf8(" (byte "));
    writer.integer(reader.problemAt);
    writer.byte(0x29);
  }
  report.error();
  return Place.root(report, null);
}

/** Says how many MiB a document has, rounded up to tenths, and how many it may have. */
function writeTooLarge(writer: Writer, length: u32): void {
  const tenths = (<u64>length * 10 + (MIB - 1)) / MIB;
  writer.text(utf8("pluginConfig: "));
  writer.integer(tenths / 10);
  writer.byte(0x2e);
  writer.integer(tenths % 10);
  writer.text(utf8(" MiB, at most "));
  writer.integer(MAX_BYTES / <u32>MIB);
  writer.text(utf8(" MiB: give each workload a WasmPlugin with the rules that it needs"));
}
