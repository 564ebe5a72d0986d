import { Report, ReportLines } from "../config/report";
import { Text, utf8 } from "../text/text";
import { Writer } from "../text/writer";
import { LogLevel, logBytes } from "../host/log";

/**
 * Logs what a configuration's reading found, a line each, `filter` before it: errors as critical; warnings as such, and
 * only where there are no errors, as what was misread may be warned of for no reason.
 */
export function logReport(filter: Text, report: Report): void {
  const writer = report.writer;
  if (report.failed) logLines(filter, report.errors, LogLevel.CRITICAL, writer);
  else logLines(filter, report.warnings, LogLevel.WARN, writer);
}

function logLines(filter: Text, lines: ReportLines, level: LogLevel, writer: Writer): void {
  let line = lines.first;
  while (line != null) {
    writer.clear();
    writer.text(filter);
    writer.text(utf8(": "));
    writer.text(line.text);
    logBytes(level, writer.start, writer.length);
    line = line.next;
  }
  if (lines.omitted == 0) return;
  writer.clear();
  writer.text(filter);
  writer.text(utf8(": and "));
  writer.integer(lines.omitted);
  writer.text(utf8(" more"));
  logBytes(level, writer.start, writer.length);
}
