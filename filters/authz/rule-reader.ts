import { MatchCompiler } from "../../assembly/match/compiler";
import { Region } from "../../assembly/memory/region";
import { Text } from "../../assembly/text/text";
import { Policy } from "./policy";
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

  /** The region that the conditions lie in. */
  get region(): Region {
    return this.compiler.region;
  }
}
