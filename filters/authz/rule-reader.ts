import { MatchCompiler } from "../../assembly/match/compiler";
import { Test } from "../../assembly/match/condition";
import { Field } from "../../assembly/match/field";
import { Clause } from "../../assembly/match/set-rule";
import { Region } from "../../assembly/memory/region";
import { Text } from "../../assembly/text/text";
import { Policy } from "./policy";
import { SharedValues } from "./shared-values";
import { TrustDomains } from "./trust-domains";

/** What is needed to turn the rules of policies into conditions. */
@unmanaged
export class RuleReader {
  compiler: MatchCompiler;
  /** Dead when the configuration is read. */
  scratch: Region;
  /** The policy whose rules are read. */
  policy: Policy;
  /** Whether its namespace is known: it names one, or the proxy knows its own. */
  knowsNamespace: bool;
  trustDomains: TrustDomains;
  /** The filter state that holds the direct peer's address; null where none is trusted to. */
  directRemoteIp: Text | null;
  /** Values that fields have alone; null if nothing that is read is kept. */
  shared: SharedValues | null;
  /** Whether one of the conditions asks who the peer is. */
  asksIdentity: bool;
  /** Whether one of them asks for something that stands in the headers. */
  asksHeaders: bool;

  /** A reader, in `scratch`, of rules into what the compiler fills. */
  static open(compiler: MatchCompiler, scratch: Region, trustDomains: TrustDomains, direct: Text | null): RuleReader {
    const reader = changetype<RuleReader>(scratch.take(offsetof<RuleReader>()));
    reader.compiler = compiler;
    reader.scratch = scratch;
    reader.trustDomains = trustDomains;
    reader.directRemoteIp = direct;
    return reader;
  }

  /**
   * Adds a field with all of its values to a clause. If it has one, and an earlier field has the same alone, they may share it.
   */
  add(field: Field, clause: Clause): void {
    clause.add(field);
    const shared = this.shared;
    const value = field.values;
    if (shared == null || value == null || value.or != null || value.next != null || value.test != Test.EXACT) return;
    const known = shared.sharedWith(value);
    if (known == null) return;
    field.values = known;
    const end = value.text.start + value.text.length;
    if (this.region.mark - end < sizeof<u32>()) this.region.rewind(changetype<usize>(value));
  }

  /** The region that the conditions lie in. */
  get region(): Region {
    return this.compiler.region;
  }
}
