import { Place } from "../../assembly/config/place";
import { MatchCompiler } from "../../assembly/match/compiler";
import { Steering } from "../../assembly/match/steering";
import { Region } from "../../assembly/memory/region";
import { isFieldValue } from "../../assembly/text/ascii";
import { Text, utf8 } from "../../assembly/text/text";
import { TextTable } from "../../assembly/text/text-table";
import { Breaker, Mode } from "./breaker";
import { Guard } from "./guard";
import { Plan } from "./plan";
import { Policy } from "./policy";
import { RejectionSettings } from "./read-rejection";
import { LAYOUT } from "./record";

/**
 * The most circuits of a configuration, each of which has its metrics and its record in Envoy at once. Ports that something is said of are
 * among them, as a rule's ports are those of each of its subsets.
 */
const MAX_CIRCUITS: u32 = 10_000;
/** The most keys of all circuits: each takes eight bytes of shared data at once, and 36 to 68 of a worker from its first request on. */
const MAX_KEYS_IN_ALL: u32 = 1_000_000;

/** What the rules are read with, and what those say in which the circuits stand that are made. */
@unmanaged
export class RuleReader {
  plan: Plan;
  compiler: MatchCompiler;
  scratch: Region;
  /** Null if none is given: then all requests to a host are to the whole destination. */
  steering: Steering | null;
  rejection: RejectionSettings;
  mode: Mode;
  /** The rule's. */
  name: Text;
  host: Text;
  /** The names of the guards so far. */
  private names: TextTable;
  /** How many circuits there are so far, and keys that may have one. */
  private circuits: u32;
  private keys: u32;

  /** A reader in `scratch`, which keeps in `lasting` what must outlive the rule that it was read of. */
  static open(plan: Plan, compiler: MatchCompiler, scratch: Region, lasting: Region): RuleReader {
    const reader = changetype<RuleReader>(scratch.take(offsetof<RuleReader>()));
    reader.plan = plan;
    reader.compiler = compiler;
    reader.scratch = scratch;
    reader.names = TextTable.open(lasting);
    return reader;
  }

  get region(): Region {
    return this.compiler.region;
  }

  /** Counts a circuit, or a port that something is said of; false if there are too many, which is reported at `place` the first time. */
  counts(place: Place): bool {
    if (++this.circuits == MAX_CIRCUITS + 1) place.error(utf8("more than 10000 circuits in all"));
    return this.circuits <= MAX_CIRCUITS;
  }

  /** Counts the keys that may have a circuit of their own; too many are reported at `place` the first time. */
  countKeys(place: Place, keys: u32): void {
    const before = this.keys;
    this.keys += keys;
    if (before <= MAX_KEYS_IN_ALL && this.keys > MAX_KEYS_IN_ALL) place.error(utf8("more than 1000000 keys in all"));
  }

  /** A guard of that policy, named after the rule and `part` of it; `place` is what is wrong with its name reported at. */
  guard(place: Place, part: Text, policy: Policy): Guard {
    const region = this.region;
    const guard = changetype<Guard>(region.take(offsetof<Guard>()));
    const breaker = changetype<Breaker>(region.take(offsetof<Breaker>()));
    breaker.region = region;
    breaker.name = this.nameOf(part);
    breaker.mode = this.mode;
    breaker.policy = policy;
    breaker.hash = policy.hash(LAYOUT);
    breaker.counters = this.plan.counters;
    breaker.rejection = this.rejection.of(breaker.name, region);
    guard.breaker = breaker;
    guard.sharing = this.plan.sharing;
    this.checkName(place, breaker.name);
    this.plan.guards.add(guard);
    return guard;
  }

  /** `<rule>`, or `<rule>.<part>`. */
  private nameOf(part: Text): Text {
    if (part.length == 0) return this.name;
    return this.joined(this.name, part);
  }

  /** Two texts with a dot between. */
  joined(first: Text, second: Text): Text {
    if (first.length == 0) return second;
    return Text.joined(this.region, first, utf8("."), second);
  }

  private checkName(place: Place, name: Text): void {
    if (!isFieldValue(name.start, name.length)) return place.expected(utf8("a name without control bytes"));
    if (this.names.entry(name).value++ != 0) this.reportTaken(place, name);
  }

  private reportTaken(place: Place, name: Text): void {
    const writer = place.begin();
    writer.text(utf8("another circuit is already named "));
    writer.quoted(name.start, name.length, name.length);
    writer.text(utf8(": give it a name of its own"));
    place.report.error();
  }
}
