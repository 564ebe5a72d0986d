import { Place } from "../../../assembly/config/place";
import { PluginReading } from "../../../assembly/plugin/reading";
import { utf8 } from "../../../assembly/text/text";
import { FormatInUse } from "./format-in-use";
import { FORMATS, Format, FormatId } from "./format";
import { readFormat } from "./read-format";
import { Plan } from "../plan";

/** Reads `extract` and `inject` into a plan: lists of formats' names, `[w3c]` each where it is not given. */
export function readFormats(root: Place, plan: Plan, reading: PluginReading): void {
  const formats = reading.region.take(FORMATS * sizeof<usize>());
  const extract = root.field(utf8("extract"));
  const inject = root.field(utf8("inject"));
  readList(extract, formats, plan, reading, false);
  readList(inject, formats, plan, reading, true);
}

function readList(place: Place, formats: usize, plan: Plan, reading: PluginReading, writes: bool): void {
  if (!place.present) {
    append(formatInUse(FormatId.W3C, formats, reading), null, plan, writes);
    return;
  }
  if (!place.list()) return;
  if (place.count == 0) place.expected(utf8("a list that is not empty"));
  let last: FormatInUse | null = null;
  let item = place.firstOfFew();
  while (item != null) {
    const errors = item.report.errors.count;
    const inUse = formatInUse(readFormat(item), formats, reading);
    if (writes ? inUse.writes : inUse.reads) {
      if (item.report.errors.count == errors) item.error(utf8("listed twice"));
    } else {
      append(inUse, last, plan, writes);
      last = inUse;
    }
    item = item.next();
  }
}

/** Puts a format behind the last one of its list, of which it is the first where there is none. */
function append(inUse: FormatInUse, last: FormatInUse | null, plan: Plan, writes: bool): void {
  if (writes) {
    inUse.writes = true;
    if (last == null) plan.firstToWrite = inUse;
    else last.nextToWrite = inUse;
  } else {
    inUse.reads = true;
    if (last == null) plan.firstToRead = inUse;
    else last.nextToRead = inUse;
  }
}

function formatInUse(id: FormatId, formats: usize, reading: PluginReading): FormatInUse {
  const region = reading.region;
  const at = formats + <u32>id * sizeof<usize>();
  let inUse = changetype<FormatInUse | null>(load<usize>(at));
  if (inUse == null) {
    inUse = FormatInUse.open(Format.open(id, region, reading.slots), region);
    store<usize>(at, changetype<usize>(inUse));
  }
  return inUse;
}
