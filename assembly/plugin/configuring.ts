import { beginCheck, beginDocument, endCheck, endDocument, readDocumentOn } from "../config/document";
import { Report } from "../config/report";
import { LogLevel, log } from "../host/log";
import { Agenda, later } from "../memory/agenda";
import { releaseKept } from "../memory/arena";
import { Region } from "../memory/region";
import { reserveSlots } from "../request/request";
import { Text, utf8 } from "../text/text";
import { Accepted } from "./accepted";
import { logReport } from "./log-report";
import { PluginReading } from "./reading";
import { Setup } from "./setup";
import { Standing } from "./standing";

/** A step reads about so many bytes of JSON. */
const BYTES_A_STEP: usize = 4 << 10;

/** A module's `read(place, reading) → plan` and `activate(plan)`. */
type Read = (root: usize, reading: usize) => usize;
type Activate = (plan: usize) => void;

/** The reading of a root's configuration, step by step. Where it stands is kept in this record alone, so that it can go on later. */
@unmanaged
export class Configuring {
  /** What the root will have. */
  setup: Setup;
  private module: Text;
  private scratch: Region;
  private report: Report;
  private reading: PluginReading;
  private agenda: Agenda;
  private length: u32;
  private read: Read;
  private activate: Activate;
  private plan: usize;
  /** The document, if it is read after Envoy was told that it is accepted; else null. */
  private late: Accepted | null;
  private standing: Standing;
  /** Where the document is, if it was kept past the callback that it came in (`memory/arena.ts`). */
  kept: usize;

  /** Begins with the `length` bytes at `start`. */
  static begin(module: Text, start: usize, length: u32, read: usize, activate: usize): Configuring {
    const scratch = Region.open();
    const region = Region.open();
    const configuring = changetype<Configuring>(scratch.take(offsetof<Configuring>()));
    const report = Report.open(scratch, region);
    const setup = changetype<Setup>(region.take(offsetof<Setup>()));
    setup.region = region;
    configuring.setup = setup;
    configuring.standing = changetype<Standing>(region.take(offsetof<Standing>()));
    configuring.module = module;
    configuring.scratch = scratch;
    configuring.report = report;
    configuring.length = length;
    configuring.read = changetype<Read>(read);
    configuring.activate = changetype<Activate>(activate);
    const agenda = Agenda.open(report.lasting);
    configuring.agenda = agenda;
    agenda.add(changetype<usize>(parse), changetype<usize>(configuring));
    agenda.add(changetype<usize>(check), changetype<usize>(configuring));
    agenda.add(changetype<usize>(accept), changetype<usize>(configuring));
    beginDocument(report, start, length);
    return configuring;
  }

  /** Says that the configuration, of that document, is read after Envoy was told that it is accepted. */
  beLate(document: Accepted): void {
    this.late = document;
    this.agenda.anyOrder = true;
  }

  /** Takes note that a document was accepted since. */
  noteNewer(document: Accepted): void {
    const late = this.late;
    if (late != null && document.replaces(late)) this.standing.replaced = true;
  }

  /** Does the next step; false if nothing is left to do. */
  advance(): bool {
    return this.agenda.advance();
  }

  /** Ends the reading: false, with nothing in `setup`, if the configuration has errors. */
  end(): bool {
    if (this.report.failed) return false;
    const reading = this.reading;
    const setup = this.setup;
    reserveSlots(reading.slots.count);
    setup.slots = reading.slots;
    setup.source = reading.source();
    setup.timers = reading.timersOrNull;
    setup.plan = this.plan;
    return true;
  }

  /** Gives back what the reading took, but not the plan's region. */
  close(): void {
    if (this.kept != 0) releaseKept(this.kept);
    const scratch = this.scratch;
    this.report.close();
    scratch.close();
  }

  /** Reads the document's next bytes and, when it was read, has the module begin to read its plan. */
  parse(): bool {
    const report = this.report;
    if (readDocumentOn(report, this.length, BYTES_A_STEP)) return false;
    const document = endDocument(report, this.length);
    const reading = PluginReading.open(document, this.setup.region);
    reading.timersOrNull = this.setup.timers;
    reading.standing = this.standing;
    this.reading = reading;
    const read = this.read;
    this.plan = read(changetype<usize>(document), changetype<usize>(reading));
    return true;
  }

  /** Reads the document again if that is needed to know that all of it is JSON; reports what is malformed. */
  check(): void {
    if (beginCheck(this.report)) later<Configuring>(readAgain, this);
    else endCheck(this.report, this.length);
  }

  /** Reads the document's next bytes again. */
  readAgain(): bool {
    const report = this.report;
    if (readDocumentOn(report, this.length, BYTES_A_STEP)) return false;
    endCheck(report, this.length);
    return true;
  }

  /** Logs what was found; if nothing is wrong, has the module write to the host what belongs to the plan. */
  accept(): void {
    const report = this.report;
    logReport(this.module, report);
    if (report.failed) {
      if (this.late != null)
        log(
          LogLevel.CRITICAL,
          utf8(
            "pluginConfig has errors, though the proxy's shared data says that it was accepted: another plugin may have written that. Requests are handled as without a configuration",
          ),
        );
      return;
    }
    const activate = this.activate;
    activate(this.plan);
  }
}

function parse(configuring: Configuring): bool {
  return configuring.parse();
}

function check(configuring: Configuring): bool {
  configuring.check();
  return true;
}

function readAgain(configuring: Configuring): bool {
  return configuring.readAgain();
}

function accept(configuring: Configuring): bool {
  configuring.accept();
  return true;
}
