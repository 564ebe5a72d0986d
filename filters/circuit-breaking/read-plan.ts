import { Place, endFields } from "../../assembly/config/place";
import { pluginName } from "../../assembly/host/plugin-name";
import { MatchCompiler } from "../../assembly/match/compiler";
import { readExempt } from "../../assembly/match/exempt";
import { useHttpMatchFacts } from "../../assembly/match/http-match-facts";
import { Steering, readSteering } from "../../assembly/match/steering";
import { VirtualHosts } from "../../assembly/match/virtual-hosts";
import { later } from "../../assembly/memory/agenda";
import { openChain } from "../../assembly/memory/chain";
import { Region } from "../../assembly/memory/region";
import { PluginReading } from "../../assembly/plugin/reading";
import { Fact } from "../../assembly/request/slots";
import { Text, utf8 } from "../../assembly/text/text";
import { Counters } from "./counters";
import { Guard } from "./guard";
import { Plan } from "./plan";
import { readDestinationRules } from "./read-destination-rules";
import { RejectionSettings } from "./read-rejection";
import { RuleReader } from "./rule-reader";
import { Sharing } from "./sharing";

/** Reads the filter's configuration into a `Plan` in the reading's region; what is wrong goes to the place's report. */
export function readPlan(root: Place, reading: PluginReading): Plan {
  useHttpMatchFacts();
  const region = reading.region;
  const plan = changetype<Plan>(region.take(offsetof<Plan>()));
  const example = utf8(
    "destinationRules, for example {destinationRules: [{host: reviews, trafficPolicy: {outlierDetection: {consecutive5xxErrors: 5, interval: 30s, baseEjectionTime: 30s}}}]}",
  );
  if (!reading.begin(root, example)) return plan;
  reading.source();
  plan.counters = changetype<Counters>(region.take(offsetof<Counters>()));
  const sharing = changetype<Sharing>(region.take(offsetof<Sharing>()));
  sharing.plugin = pluginName(region);
  sharing.standing = reading.standing;
  plan.sharing = sharing;
  plan.hosts = VirtualHosts.open(region);
  plan.guards = openChain<Guard>(region);
  const slots = reading.slots;
  plan.authority = slots.slot(Fact.HEADER, utf8(":authority"));
  plan.contentType = slots.slot(Fact.HEADER, utf8("content-type"));
  plan.port = slots.slot(Fact.PORT, utf8(""));
  plan.expose = root.field(utf8("expose")).boolean(false);
  const compiler = MatchCompiler.open(region, slots);
  const reader = RuleReader.open(plan, compiler, reading.scratch, root.report.lasting);
  reader.steering = readOwnSteering(root.field(utf8("steering")), region);
  const steering = reader.steering;
  if (steering != null) {
    plan.steering = slots.slot(Fact.HEADER, steering.header);
    const port = steering.position(utf8("{port}"), 0);
    plan.hasPort = port < steering.template.length;
    plan.portLast = plan.hasPort && steering.position(utf8("{subset}"), 0) < port;
    if (plan.portLast && steering.position(utf8("{subset}"), port) < steering.template.length) {
      root.field(utf8("steering")).field(utf8("value")).error(utf8("not supported: {subset} on both sides of {port}"));
    }
  }
  reader.rejection = RejectionSettings.read(root.field(utf8("rejection")), null, region);
  readDestinationRules(root.field(utf8("destinationRules")), reader);
  const rest = changetype<Rest>(reading.scratch.take(offsetof<Rest>()));
  rest.root = root;
  rest.reader = reader;
  later<Rest>(readRest, rest);
  return plan;
}

/** What is left to read after the DestinationRules, and what they were read with. */
@unmanaged
class Rest {
  root: Place;
  reader: RuleReader;
}

function readRest(rest: Rest): bool {
  const root = rest.root;
  const reader = rest.reader;
  reader.plan.exempt = readExempt(root.field(utf8("exempt")), reader.compiler);
  later<Place>(endFields, root);
  return true;
}

/** `steering`, as header-routing has it; null if it is not there. A subset's host is not what steers here: it would have a rule of its own. */
function readOwnSteering(place: Place, region: Region): Steering | null {
  if (!place.present) return null;
  const steering = readSteering(place, region);
  const authority: Text = utf8(":authority");
  if (steering.header.equals(authority)) {
    place
      .field(utf8("header"))
      .error(utf8("not supported: write a rule whose host is what the requests of the subset are sent to"));
  }
  return steering;
}
