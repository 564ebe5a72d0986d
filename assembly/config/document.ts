import { JsonReader, MAX_BYTES } from "../text/json/reader";
import { utf8 } from "../text/text";
import { Writer } from "../text/writer";
import { Place } from "./place";
import { Report } from "./report";

const MIB: u64 = 1 << 20;

/** Reads a document at once and strictly: gives what `endDocument` gives. */
export function readDocument(report: Report, start: usize, length: u32): Place {
  report.reader = JsonReader.begin(report.region, report.lasting, start, length, true);
  while (readDocumentOn(report, length, length)) continue;
  return endDocument(report, length);
}

/**
 * Begins to read pluginConfig, which Istio hands over as JSON: `readDocumentOn` then reads it, step by step. Whether all of it is JSON is
 * known when the filter has read it: `beginCheck`.
 */
export function beginDocument(report: Report, start: usize, length: u32): void {
  report.reader = JsonReader.begin(report.region, report.lasting, start, length, false);
}

/** Reads about `most` bytes more; false if nothing is left to read. */
export function readDocumentOn(report: Report, length: u32, most: usize): bool {
  return length != 0 && report.reader.step(most);
}

/**
 * Gives the root of the document that was read, for the filter to read.
 *
 * If something is known to be malformed, it is reported and the place holds nothing. What is malformed in a long list may only show later
 * (`beginCheck`). The place holds nothing if the configuration is empty, too, which Istio makes of an absent pluginConfig and of `{}`
 * alike: what that means, and what to write, the filter says.
 */
export function endDocument(report: Report, length: u32): Place {
  if (length == 0) return Place.root(report, null);
  const reader = report.reader;
  if (reader.problem == null) return Place.root(report, reader.value);
  reportProblem(report, length);
  return Place.root(report, null);
}

/**
 * Begins to read a document again, strictly, when the filter has read it: false if there is no need. `readDocumentOn` goes on. `endCheck` ends
 * it in either case.
 */
export function beginCheck(report: Report): bool {
  const reader = report.reader;
  if (reader.isSure) return false;
  reader.check();
  return true;
}

/** Reports what is malformed, and nothing else, if something is. */
export function endCheck(report: Report, length: u32): void {
  if (report.reader.problem == null) return;
  report.clear();
  reportProblem(report, length);
}

function reportProblem(report: Report, length: u32): void {
  const problem = report.reader.problem;
  if (problem == null) return;
  const writer = report.writer;
  writer.clear();
  if (length > MAX_BYTES) {
    writeTooLarge(writer, length);
  } else {
    writer.text(utf8("pluginConfig: not JSON: "));
    writer.text(problem);
    writer.text(utf8(" (byte "));
    writer.integer(report.reader.problemAt);
    writer.byte(0x29);
  }
  report.error();
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
