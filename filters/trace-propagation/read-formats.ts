import { Place } from "../../assembly/config/place";
import { PluginReading } from "../../assembly/plugin/reading";
import { utf8 } from "../../assembly/text/text";
import { Carrier } from "./carrier";
import { FORMATS, Format, FormatId } from "./formats/format";
import { readFormat } from "./formats/read-format";
import { Plan } from "./plan";

/** Reads `extract` and `inject` into a plan: lists of formats' names, `[w3c]` each where it is not given. */
export function readFormats(root: Place, plan: Plan, reading: PluginReading): void {
  const carriers = reading.region.take(FORMATS * sizeof<usize>());
  const extract = root.field(utf8("extract"));
  const inject = root.field(utf8("inject"));
  readList(extract, carriers, plan, reading, false);
  readList(inject, carriers, plan, reading, true);
}

function readList(place: Place, carriers: usize, plan: Plan, reading: PluginReading, writes: bool): void {
  if (!place.present) {
    append(carrierOf(FormatId.W3C, carriers, reading), null, plan, writes);
    return;
  }
  if (!place.list()) return;
  if (place.count == 0) place.expected(utf8("a list that is not empty"));
  let last: Carrier | null = null;
  let item = place.first();
  while (item != null) {
    const errors = item.report.errors.count;
    const carrier = carrierOf(readFormat(item), carriers, reading);
    if (writes ? carrier.writes : carrier.reads) {
      if (item.report.errors.count == errors) item.error(utf8("listed twice"));
    } else {
      append(carrier, last, plan, writes);
      last = carrier;
    }
    item = item.next();
  }
}

/** Puts a format behind the last one of its list, of which it is the first where there is none. */
function append(carrier: Carrier, last: Carrier | null, plan: Plan, writes: bool): void {
  if (writes) {
    carrier.writes = true;
    if (last == null) plan.firstToWrite = carrier;
    else last.nextToWrite = carrier;
  } else {
    carrier.reads = true;
    if (last == null) plan.firstToRead = carrier;
    else last.nextToRead = carrier;
  }
}

function carrierOf(id: FormatId, carriers: usize, reading: PluginReading): Carrier {
  const region = reading.region;
  const at = carriers + <u32>id * sizeof<usize>();
  let carrier = changetype<Carrier | null>(load<usize>(at));
  if (carrier == null) {
    carrier = Carrier.open(Format.open(id, region, reading.slots), region);
    store<usize>(at, changetype<usize>(carrier));
  }
  return carrier;
}
