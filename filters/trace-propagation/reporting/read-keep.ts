import { Place } from "../../../assembly/config/place";
import { MatchCompiler } from "../../../assembly/match/compiler";
import { RuleList } from "../../../assembly/match/rule-list";
import { Chain, openChain } from "../../../assembly/memory/chain";
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
 * (opentelemetry-collector-contrib: `processor/tailsamplingprocessor`). `reporting` is null if no spans are reported.
 */
export function readKeep(place: Place, reporting: Reporting | null, compiler: MatchCompiler): void {
  if (!place.list()) return;
  if (reporting == null) return place.error(utf8("needs reporting, which says where spans are sent"));
  if (place.count > MAX_POLICIES) place.error(utf8("more than 32 policies"));
  const policies = openChain<KeepPolicy>(compiler.region);
  const names = TextTable.open(place.report.region);
  let index: u32 = 0;
  let item = place.first();
  while (item != null) {
    if (item.required() && item.object()) readPolicy(item, index++, names, policies, compiler);
    item = item.next();
  }
  reporting.keep = policies.first;
}

function readPolicy(
  place: Place,
  index: u32,
  names: TextTable,
  policies: Chain<KeepPolicy>,
  compiler: MatchCompiler,
): void {
  const region = compiler.region;
  const policy = changetype<KeepPolicy>(region.take(offsetof<KeepPolicy>()));
  policies.add(policy);
  policy.name = readName(place.field(utf8("name")), index, names, region);
  const match = place.field(utf8("match"));
  const statusCode = place.field(utf8("statusCode"));
  const latency = place.field(utf8("latency"));
  const limit = place.field(utf8("rateLimiting"));
  place.noOtherFields();
  policy.why = statusCode.present ? utf8("error") : latency.present ? utf8("slow") : utf8("match");
  if (match.present) {
    const rules = RuleList.open(compiler);
    readMatches(match, rules, 0);
    policy.match = rules.index();
  } else if (!statusCode.present && !latency.present) {
    place.error(utf8("keeps every request: write match, statusCode or latency"));
  }
  policy.wantsError = statusCode.object();
  if (policy.wantsError) readStatusCode(statusCode);
  policy.most = u64.MAX_VALUE;
  if (latency.object()) readLatency(latency, policy);
  policy.limiter = RateLimiter.open(limit.object() ? readRateLimiting(limit) : LIMIT, region);
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
