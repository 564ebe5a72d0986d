import { laterObjects } from "../../../assembly/config/later-objects";
import { Place } from "../../../assembly/config/place";
import { MatchCompiler } from "../../../assembly/match/compiler";
import { RuleList } from "../../../assembly/match/rule-list";
import { later } from "../../../assembly/memory/agenda";
import { Chain, openChain } from "../../../assembly/memory/chain";
import { Region } from "../../../assembly/memory/region";
import { NANOSECONDS_PER_MILLISECOND } from "../../../assembly/text/nanoseconds";
import { Text, utf8 } from "../../../assembly/text/text";
import { TextTable } from "../../../assembly/text/text-table";
import { MILLI, RateLimiter } from "../sampling/rate-limiter";
import { readMatches } from "../read-matches";
import { readName } from "../read-name";
import { readRateLimiting } from "../sampling/read-rate";
import { KeepPolicy } from "./keep";
import { Reporting } from "./reporting";

/** As many as there are bits in what is noted of a request. */
const MAX_POLICIES: u32 = 32;
/** Traces a second, in thousandths. */
const LIMIT: u64 = 10 * MILLI;
/** A day, in milliseconds. */
const LONGEST: i64 = 86_400_000;

/**
 * Reads `keep: [{name, match, statusCode, latency, rateLimiting}]`, named as the policies of OpenTelemetry's tail sampling processor
 * (opentelemetry-collector-contrib: `processor/tailsamplingprocessor`). `reporting` is null if no spans are reported. It is
 * read later (`memory/agenda.ts`), a match at a time.
 */
export function readKeep(place: Place, reporting: Reporting | null, compiler: MatchCompiler): void {
  if (!place.list()) return;
  if (reporting == null) return place.error(utf8("needs reporting, which says where spans are sent"));
  if (place.count > MAX_POLICIES) place.error(utf8("more than 32 policies"));
  const scratch = place.report.region;
  const reading = changetype<KeepReading>(scratch.take(offsetof<KeepReading>()));
  reading.reporting = reporting;
  reading.compiler = compiler;
  reading.policies = openChain<KeepPolicy>(compiler.region);
  reading.names = TextTable.open(place.report.lasting);
  laterObjects<KeepReading>(place, beginPolicy, reading);
  later<KeepReading>(endPolicies, reading);
}

/** What the policies are read with, and those that were read. */
@unmanaged
class KeepReading {
  reporting: Reporting;
  compiler: MatchCompiler;
  policies: Chain<KeepPolicy>;
  /** The names of the policies so far, which outlive the policies' places. */
  names: TextTable;
  /** How many policies were read. */
  count: u32;
}

function endPolicies(reading: KeepReading): bool {
  reading.reporting.keep = reading.policies.first;
  return true;
}

/** What is left to read of a policy after its matches. */
@unmanaged
class PolicyReading {
  policy: KeepPolicy;
  statusCode: Place;
  latency: Place;
  limit: Place;
  region: Region;
}

function beginPolicy(place: Place, reading: KeepReading): void {
  const compiler = reading.compiler;
  const region = compiler.region;
  const scratch = place.report.region;
  const policy = changetype<KeepPolicy>(region.take(offsetof<KeepPolicy>()));
  reading.policies.add(policy);
  policy.name = readName(place.field(utf8("name")), reading.count++, reading.names, region);
  const match = place.field(utf8("match"));
  const rest = changetype<PolicyReading>(scratch.take(offsetof<PolicyReading>()));
  rest.policy = policy;
  rest.region = region;
  const statusCode = place.field(utf8("statusCode"));
  const latency = place.field(utf8("latency"));
  rest.statusCode = statusCode;
  rest.latency = latency;
  rest.limit = place.field(utf8("rateLimiting"));
  place.noOtherFields();
  policy.why = statusCode.present ? utf8("error") : latency.present ? utf8("slow") : utf8("match");
  if (match.present) {
    const rules = RuleList.open(compiler);
    readMatches(match, rules, 0);
    policy.match = rules.indexLater(scratch);
  } else if (!statusCode.present && !latency.present) {
    place.error(utf8("keeps every request: write match, statusCode or latency"));
  }
  later<PolicyReading>(endPolicy, rest);
}

function endPolicy(rest: PolicyReading): bool {
  const policy = rest.policy;
  const limit = rest.limit;
  policy.wantsError = rest.statusCode.object();
  if (policy.wantsError) readStatusCode(rest.statusCode);
  policy.most = u64.MAX_VALUE;
  if (rest.latency.object()) readLatency(rest.latency, policy);
  policy.limiter = RateLimiter.open(limit.object() ? readRateLimiting(limit) : LIMIT, rest.region);
  return true;
}

/** `{statusCodes: [ERROR]}` */
function readStatusCode(place: Place): void {
  const codes = place.field(utf8("statusCodes"));
  place.noOtherFields();
  if (!codes.required() || !codes.list()) return;
  const first = codes.first();
  const code: Text | null = first == null ? null : first.string();
  if (code == null || codes.count != 1 || !code.equals(utf8("ERROR"))) {
    codes.expected(utf8("[ERROR], as randomSamplingPercentage samples what goes well"));
  }
}

/** `{thresholdMs, upperThresholdMs}` */
function readLatency(place: Place, policy: KeepPolicy): void {
  const threshold = place.field(utf8("thresholdMs"));
  const least = threshold.required() ? threshold.integer(1, LONGEST, 1) : 1;
  policy.least = <u64>least * NANOSECONDS_PER_MILLISECOND;
  const upper = place.field(utf8("upperThresholdMs"));
  if (upper.present) policy.most = <u64>upper.integer(least, LONGEST, LONGEST) * NANOSECONDS_PER_MILLISECOND;
  place.noOtherFields();
}
