import { readDuration } from "../../../assembly/config/duration";
import { headerName } from "../../../assembly/config/header-name";
import { Items } from "../../../assembly/config/items";
import { Place } from "../../../assembly/config/place";
import { pluginName } from "../../../assembly/host/plugin-name";
import { later } from "../../../assembly/memory/agenda";
import { Chain, openChain } from "../../../assembly/memory/chain";
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
  join.group = Group.named(group, region);
  join.slots = SharedSlots.open(group, region);
  plan.join = join;
  if (whenAlone) plan.alone = Alone.open(join.group, lifetime, region);
  readKeys(keys, join, reading);
}

/** Reads the headers, in their order, each later in a step of its own (`memory/agenda.ts`); `x-request-id` where none are given. */
function readKeys(place: Place, join: Join, reading: PluginReading): void {
  const region = reading.region;
  if (!place.present) {
    join.keys = keyHeader(utf8("x-request-id"), reading.slots, region);
    return;
  }
  if (!place.list()) return;
  if (place.count == 0) place.expected(utf8("a list that is not empty"));
  const keys = changetype<KeysReading>(reading.scratch.take(offsetof<KeysReading>()));
  keys.join = join;
  keys.slots = reading.slots;
  keys.region = region;
  keys.headers = openChain<KeyHeader>(reading.scratch);
  keys.names = TextTable.open(place.report.lasting);
  keys.items = Items.of(place);
  later<KeysReading>(readNext, keys);
}

/** How far the reading of the keys has come. */
@unmanaged
class KeysReading {
  join: Join;
  slots: SlotTable;
  region: Region;
  headers: Chain<KeyHeader>;
  /** The names so far, which outlive the keys' places. */
  names: TextTable;
  items: Items;
}

function readNext(keys: KeysReading): bool {
  const item = keys.items.next();
  if (item == null) {
    keys.join.keys = keys.headers.first;
    return true;
  }
  const written = item.requiredString();
  const name: Text | null = written == null ? null : headerName(item, written, keys.region);
  if (name != null) {
    const added = keyHeader(name, keys.slots, keys.region);
    // A key that is there twice would be remembered twice, and then be taken for two requests'.
    if (keys.names.entry(name).value++ != 0) item.error(utf8("listed twice"));
    keys.headers.add(added);
  }
  return false;
}

function keyHeader(name: Text, slots: SlotTable, region: Region): KeyHeader {
  const header = changetype<KeyHeader>(region.take(offsetof<KeyHeader>()));
  header.slot = slots.slot(Fact.HEADER, name);
  header.seed = xxHash64(name.start, name.length, 0);
  return header;
}
