import { Chain } from "../memory/chain";
import { Region } from "../memory/region";
import { JsonReader } from "../text/json/reader";
import { Text, utf8 } from "../text/text";
import { Writer } from "../text/writer";

/** Past this many problems of one kind only their count is kept: a list of thousands helps nobody. */
const MAX_LINES: u32 = 100;
/** Reading ends where it has taken this much memory: a document of many tiny parts must not exhaust the VM's. */
const MAX_MEMORY: usize = 128 << 20;

/** One line of a report. */
@unmanaged
export class ReportLine {
  text: Text;
  next: ReportLine | null;
}

/** Lines of one severity, in the order in which they were found. */
@unmanaged
export class ReportLines extends Chain<ReportLine> {
  /** How many were found, those past the limit included. */
  count: u32;

  write(region: Region, writer: Writer): void {
    this.count++;
    if (this.count > MAX_LINES) return;
    const line = changetype<ReportLine>(region.take(offsetof<ReportLine>()));
    line.text = Text.copy(region, writer.start, writer.length);
    this.add(line);
  }

  /** How many lines were counted and not kept. */
  get omitted(): u32 {
    return this.count > MAX_LINES ? this.count - MAX_LINES : 0;
  }
}

/**
 * What was found wrong with a configuration: all of it, not only the first. A configuration with an error is refused;
 * warnings are logged and go with the configuration.
 */
@unmanaged
export class Report {
  /** Where what is read lies; what an item of a long list came to is given back there (`Items`). */
  region: Region;
  /** Reads the document. */
  reader: JsonReader;
  errors: ReportLines;
  warnings: ReportLines;
  /** Where a message is put together. */
  writer: Writer;
  /** Where the lines lie, and what else outlives what it is about. */
  lasting: Region;
  /** The plan's region, which counts into the memory that reading may take, and perhaps another one, which is closed with the report. */
  private plan: Region;
  beside: Region | null;
  private stopped: bool;

  /** Gives an empty report, in `region`, over a document that is read into a plan in `plan`. */
  static open(region: Region, plan: Region): Report {
    const report = changetype<Report>(region.take(offsetof<Report>()));
    report.region = region;
    report.lasting = Region.open();
    report.plan = plan;
    report.clear();
    report.writer = Writer.open();
    return report;
  }

  /** Whether the configuration must be refused. */
  get failed(): bool {
    return this.errors.count > 0;
  }

  /** Whether further errors are only counted, so that nobody need put their text together. */
  get isFull(): bool {
    return this.errors.count >= MAX_LINES;
  }

  /** Whether reading must end, the document being too large; an error says so then. */
  get exhausted(): bool {
    const beside = this.beside;
    const size = this.region.size + this.plan.size + (beside == null ? 0 : beside.size);
    if (!this.stopped && size > MAX_MEMORY) {
      this.stopped = true;
      this.fail(utf8("too large: reading it needs more than 128 MiB of memory"));
    }
    return this.stopped;
  }

  /** Adds what stands in `writer` as an error. */
  error(): void {
    this.errors.write(this.lasting, this.writer);
  }

  /** Adds what stands in `writer` as a warning. */
  warning(): void {
    this.warnings.write(this.lasting, this.writer);
  }

  /** Adds an error about the whole document. */
  fail(problem: Text): void {
    this.writer.clear();
    this.writer.text(utf8("pluginConfig: "));
    this.writer.text(problem);
    this.error();
  }

  /** Forgets what was found. */
  clear(): void {
    this.errors = openLines(this.region);
    this.warnings = openLines(this.region);
  }

  /** Gives back what does not lie in the region. */
  close(): void {
    const beside = this.beside;
    if (beside != null) beside.close();
    this.lasting.close();
    this.writer.close();
  }
}

function openLines(region: Region): ReportLines {
  return changetype<ReportLines>(region.take(offsetof<ReportLines>()));
}
