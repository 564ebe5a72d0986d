import { Place } from "../../assembly/config/place";
import { readPercent } from "../../assembly/config/percentage";
import { wallTime } from "../../assembly/host/clock";
import { beginLine } from "../../assembly/text/line";
import { LogLevel, logBytes, logs } from "../../assembly/host/log";
import { incrementMetric } from "../../assembly/host/metrics";
import { randomBelow } from "../../assembly/host/random";
import { Region } from "../../assembly/memory/region";
import { firstValue } from "../../assembly/request/request";
import { Fact, SlotTable } from "../../assembly/request/slots";
import { Text, utf8 } from "../../assembly/text/text";
import { writeJsonString } from "../../assembly/text/json/write";
import { writeTimestamp } from "../../assembly/text/timestamp";
import { Writer } from "../../assembly/text/writer";
import { PolicyRule } from "./policy";
import { Reason, Verdict, reasonText } from "./verdict";
import { NANOSECONDS_PER_SECOND } from "../../assembly/text/nanoseconds";

const ALL: u32 = 1000000;
/** `maxPerSecond`: the highest, and the default. */
const MAX_LINES: i64 = 1000;
const DEFAULT_LINES: i64 = 10;
/** How much of a value a line shows, in bytes. */
const MAX_SHOWN: u32 = 256;

/** Which decisions are logged: a share of each kind, of a million, and so many a second of one worker at most. */
@unmanaged
export class DecisionLog {
  private allowed: u32;
  private denied: u32;
  private dryRunDenied: u32;
  private maxPerSecond: u32;
  /** The second of the last line, and how many lines it has. */
  private second: u64;
  private lines: u32;
  /** The slots of what a line shows. */
  private principal: u32;
  private method: u32;
  private host: u32;
  private path: u32;

  /**
   * Reads `decisionLog`; null where it is not there and the host's log level does not ask for every decision. What a line
   * shows is given slots then.
   */
  static read(place: Place, slots: SlotTable, region: Region): DecisionLog | null {
    const given = place.object();
    if (!given && !logs(LogLevel.DEBUG)) return null;
    const log = changetype<DecisionLog>(region.take(offsetof<DecisionLog>()));
    log.principal = slots.slot(Fact.PRINCIPAL, utf8(""));
    log.method = slots.slot(Fact.HEADER, utf8(":method"));
    log.host = slots.slot(Fact.HEADER, utf8(":authority"));
    log.path = slots.slot(Fact.PATH, utf8(""));
    if (!given) return log;
    log.allowed = readShare(place.field(utf8("allowed")), 0);
    log.denied = readShare(place.field(utf8("denied")), ALL);
    log.dryRunDenied = readShare(place.field(utf8("dryRunDenied")), ALL);
    log.maxPerSecond = <u32>place.field(utf8("maxPerSecond")).integer(1, MAX_LINES, DEFAULT_LINES);
    place.noOtherFields();
    return log;
  }

  /** Writes a line about a verdict, if it is to be logged; `dropped` counts those that are left out. */
  record(verdict: Verdict, dropped: u32): void {
    const debug = logs(LogLevel.DEBUG);
    if (!debug && !this.isDrawn(verdict)) return;
    const now = wallTime();
    if (!debug && !this.hasRoom(now)) return incrementMetric(dropped, 1);
    const line = beginLine();
    this.write(line, verdict, now);
    logBytes(debug ? LogLevel.DEBUG : LogLevel.INFO, line.start, line.length);
  }

  private isDrawn(verdict: Verdict): bool {
    if (!logs(LogLevel.INFO)) return false;
    let share = verdict.allowed ? this.allowed : this.denied;
    if (verdict.dryRunDenied) share = max(share, this.dryRunDenied);
    return share > 0 && (share >= ALL || randomBelow(ALL) < share);
  }

  private hasRoom(now: u64): bool {
    const second = now / NANOSECONDS_PER_SECOND;
    if (second != this.second) {
      this.second = second;
      this.lines = 0;
    }
    return this.lines++ < this.maxPerSecond;
  }

  private write(line: Writer, verdict: Verdict, now: u64): void {
    line.text(utf8('authz: {"time":"'));
    writeTimestamp(line, now);
    line.text(utf8('","verdict":'));
    line.text(verdict.allowed ? utf8('"allowed"') : utf8('"denied"'));
    writeReason(line, verdict.reason);
    writeRule(line, utf8('"policy":'), utf8('"rule":'), verdict.rule);
    writeRule(line, utf8('"auditPolicy":'), utf8('"auditRule":'), verdict.audited);
    if (verdict.dryRunDenied) line.text(utf8(',"dryRun":"denied"'));
    else if (verdict.sawDryRunDeny || verdict.sawDryRunAllow) line.text(utf8(',"dryRun":"allowed"'));
    const dryRun = verdict.dryRunDeny;
    writeRule(line, utf8('"dryRunPolicy":'), utf8('"dryRunRule":'), dryRun != null ? dryRun : verdict.dryRunAllow);
    writeFact(line, utf8('"principal":'), this.principal);
    writeFact(line, utf8('"method":'), this.method);
    writeFact(line, utf8('"host":'), this.host);
    writeFact(line, utf8('"path":'), this.path);
    line.byte(0x7d);
  }
}

function readShare(place: Place, otherwise: u32): u32 {
  if (!place.object()) return otherwise;
  const share = readPercent(place.field(utf8("percentage")), otherwise);
  place.noOtherFields();
  return share;
}

function writeReason(line: Writer, reason: Reason): void {
  if (reason == Reason.RULE) return;
  line.text(utf8(',"reason":"'));
  line.text(reasonText(reason));
  line.byte(0x22);
}

function writeRule(line: Writer, policyKey: Text, ruleKey: Text, rule: PolicyRule | null): void {
  if (rule == null) return;
  const id = rule.policy.id;
  line.byte(0x2c);
  line.text(policyKey);
  writeJsonString(line, id.start, id.length, id.length);
  line.byte(0x2c);
  line.text(ruleKey);
  line.integer(rule.index);
}

function writeFact(line: Writer, key: Text, slot: u32): void {
  const value = firstValue(slot);
  if (value == null) return;
  line.byte(0x2c);
  line.text(key);
  writeJsonString(line, value.start, value.length, MAX_SHOWN);
}
