import { Choice } from "../../assembly/config/choice";
import { Place } from "../../assembly/config/place";
import { LogLevel, logs } from "../../assembly/host/log";
import { countTried, warnOfTried } from "../../assembly/match/tried";
import { later } from "../../assembly/memory/agenda";
import { PluginReading } from "../../assembly/plugin/reading";
import { Direction } from "../../assembly/request/traffic-direction";
import { Text, utf8 } from "../../assembly/text/text";
import { read as readAuthz } from "../../filters/authz/filter";
import { read as readCircuits } from "../../filters/circuit-breaking/filter";
import { read as readFaults } from "../../filters/fault-injection/filter";
import { read as readRouting } from "../../filters/header-routing/filter";
import { read as readTraces } from "../../filters/trace-propagation/filter";
import { Plan, Section } from "./plan";

/** At which listeners a section acts, as a WasmPlugin's `match[].mode` says of a plugin. */
const enum Mode {
  CLIENT,
  SERVER,
  CLIENT_AND_SERVER,
}

/**
 * Reads the document: the fields that all sections share, and the sections, each of which has the fields of the filter's own
 * configuration but for those, and `mode`. If the log has what is for debugging, it is warned of rules that requests try one by one,
 * by which `signalbox validate` knows of them.
 */
export function read(root: Place, reading: PluginReading): Plan {
  const plan = changetype<Plan>(reading.region.take(offsetof<Plan>()));
  if (!root.object()) {
    if (!root.present && !root.report.failed) noSection(root);
    return plan;
  }
  reading.source();
  reading.repeatedHeaders();
  reading.rootNamespace;
  countTried(logs(LogLevel.DEBUG));
  const sections = changetype<Sections>(reading.scratch.take(offsetof<Sections>()));
  sections.root = root;
  sections.plan = plan;
  sections.reading = reading;
  later<Sections>(readNext, sections);
  return plan;
}

/** The reading of the sections, one after the other: what is left for later of one comes before the next. */
@unmanaged
class Sections {
  root: Place;
  plan: Plan;
  reading: PluginReading;
  /** The section that comes next, and the one that is read. */
  next: u32;
  place: Place;
  /** The latter's rules; null if it is not read. */
  rules: Place | null;
  any: bool;

  /** Begins with a section; false if there is none to be read further. */
  opens(name: Text, rules: Text, section: Section, usual: Mode): bool {
    const place = this.root.field(name);
    this.place = place;
    if (place.present) this.any = true;
    if (!opens(place, section, usual, this.plan, this.reading)) return false;
    this.rules = place.field(rules);
    return true;
  }
}

/** Reads the next section; true after the last. */
function readNext(sections: Sections): bool {
  const root = sections.root;
  const plan = sections.plan;
  const reading = sections.reading;
  const rules = sections.rules;
  if (rules != null) warnOfTried(rules);
  sections.rules = null;
  // The sections are read in the order in which they act.
  reading.slots.asker = sections.next;
  switch (sections.next++) {
    case Section.TRACES:
      if (sections.opens(utf8("tracePropagation"), utf8("sampling"), Section.TRACES, Mode.CLIENT_AND_SERVER)) {
        plan.traces = readTraces(sections.place, reading);
      }
      return false;
    case Section.AUTHZ:
      if (sections.opens(utf8("authz"), utf8("policies"), Section.AUTHZ, Mode.SERVER)) {
        plan.authz = readAuthz(sections.place, reading);
      }
      return false;
    case Section.ROUTING:
      if (sections.opens(utf8("headerRouting"), utf8("virtualServices"), Section.ROUTING, Mode.CLIENT)) {
        plan.routing = readRouting(sections.place, reading);
      }
      return false;
    case Section.CIRCUITS:
      if (sections.opens(utf8("circuitBreaking"), utf8("destinationRules"), Section.CIRCUITS, Mode.CLIENT)) {
        plan.circuits = readCircuits(sections.place, reading);
      }
      return false;
    case Section.FAULTS:
      if (sections.opens(utf8("faultInjection"), utf8("virtualServices"), Section.FAULTS, Mode.CLIENT)) {
        plan.faults = readFaults(sections.place, reading);
      }
      return false;
  }
  root.noOtherFields();
  if (!sections.any) noSection(root);
  return true;
}

function noSection(root: Place): void {
  root.error(
    utf8(
      "no section: write tracePropagation, authz, headerRouting, circuitBreaking or faultInjection, for example {authz: {policies: [{name: allow-sleep, namespace: default, rules: [{from: [{source: {principals: [cluster.local/ns/default/sa/sleep]}}]}]}]}}",
    ),
  );
}

/** Reads what the module itself asks of a section; false if there is none to be read further. */
function opens(place: Place, section: Section, usual: Mode, plan: Plan, reading: PluginReading): bool {
  if (!place.object()) return false;
  const choice = Choice.at(place.field(utf8("mode")));
  const mode = choice
    .or(utf8("CLIENT"), Mode.CLIENT)
    .or(utf8("SERVER"), Mode.SERVER)
    .or(utf8("CLIENT_AND_SERVER"), Mode.CLIENT_AND_SERVER)
    .value(usual);
  refuseShared(place, utf8("direction"));
  refuseShared(place, utf8("trustDomain"));
  refuseShared(place, utf8("rootNamespace"));
  refuseShared(place, utf8("repeatedHeaders"));
  const source = reading.source();
  // A gateway's listener is both: what comes in at it also leaves by it. istiod makes all of them OUTBOUND.
  const inbound = source.gateway || mode != Mode.CLIENT;
  const outbound = source.gateway || mode != Mode.SERVER;
  plan.add(section, inbound, outbound);
  if (source.direction == Direction.INBOUND ? !inbound : source.direction == Direction.OUTBOUND && !outbound) {
    place.warn(utf8("never acts: its mode is for the other direction than the one that direction says"));
  }
  return true;
}

function refuseShared(place: Place, name: Text): void {
  const field = place.field(name);
  if (field.present)
    field.error(utf8("write it at the top of pluginConfig, beside the sections: it holds for all of them"));
}
