import { readDuration } from "../../../assembly/config/duration";
import { headerName } from "../../../assembly/config/header-name";
import { Place } from "../../../assembly/config/place";
import { pluginName } from "../../../assembly/host/plugin-name";
import { openChain } from "../../../assembly/memory/chain";
import { Region } from "../../../assembly/memory/region";
import { PluginReading } from "../../../assembly/plugin/reading";
import { Fact, SlotTable } from "../../../assembly/request/slots";
import { Text, utf8 } from "../../../assembly/text/text";
import { TextTable } from "../../../assembly/text/text-table";
import { xxHash64 } from "../../../assembly/text/xxhash64";
import { Alone } from "./alone";
import { Group } from "./group";
import { Join, KeyHeader } from "./join";
import { SharedSlots } from "./shared-slots";
import { Plan } from "../plan";

const SECOND: i64 = 1_000_000_000;
const DEFAULT_LIFETIME: i64 = 60 * SECOND;

/** Reads `join: {keys, lifetime, whenAlone, group}` into a plan; nothing is joined where it is not given. */
export function readJoin(place: Place, plan: Plan, reading: PluginReading): void {
  if (!place.object()) return;
  const keys = place.field(utf8("keys"));
  const lifetime = readDuration(place.field(utf8("lifetime")), DEFAULT_LIFETIME);
  const written = place.field(utf8("group")).nonEmptyString();
  const whenAlone = place.field(utf8("whenAlone")).boolean(false);
  place.noOtherFields();
  const region = reading.region;
  const group = written == null ? pluginName(region) : written;
  const join = changetype<Join>(region.take(offsetof<Join>()));
  join.lifetime = lifetime;
  join.keys = readKeys(keys, reading.slots, region);
  join.group = Group.named(group, region);
  join.slots = SharedSlots.open(group, region);
  plan.join = join;
  if (whenAlone) plan.alone = Alone.open(join.group, lifetime, region);
}

/** The headers, in their order; `x-request-id` where none are given. */
function readKeys(place: Place, slots: SlotTable, region: Region): KeyHeader | null {
  if (!place.present) return keyHeader(utf8("x-request-id"), slots, region);
  if (!place.list()) return null;
  if (place.count == 0) place.expected(utf8("a list that is not empty"));
  const headers = openChain<KeyHeader>(place.report.region);
  const names = TextTable.open(place.report.region);
  let item = place.first();
  while (item != null) {
    const written = item.requiredString();
    const name: Text | null = written == null ? null : headerName(item, written, region);
    if (name != null) {
      const added = keyHeader(name, slots, region);
      // A key that is there twice would be remembered twice, and then be taken for two requests'.
      if (names.entry(name).value++ != 0) item.error(utf8("listed twice"));
      headers.add(added);
    }
    item = item.next();
  }
  return headers.first;
}

function keyHeader(name: Text, slots: SlotTable, region: Region): KeyHeader {
  const header = changetype<KeyHeader>(region.take(offsetof<KeyHeader>()));
  header.slot = slots.slot(Fact.HEADER, name);
  header.seed = xxHash64(name.start, name.length, 0);
  return header;
}
