import { Place } from "../../assembly/config/place";
import { Region } from "../../assembly/memory/region";
import { SlotTable } from "../../assembly/request/slots";
import { utf8 } from "../../assembly/text/text";
import { Carrier } from "./carrier";
import { FORMATS, Format, FormatId } from "./formats/format";
import { Plan } from "./plan";

/** Reads `extract` and `inject` into a plan: lists of formats' names, `[w3c]` each where it is not given. */
export function readFormats(root: Place, plan: Plan, region: Region): void {
  const carriers = region.take(FORMATS * sizeof<usize>());
  const extract = root.field(utf8("extract"));
  let last: Carrier | null = null;
  for (let i: u32 = 0; i < namesAt(extract); i++) {
    const carrier = carrierOf(formatAt(extract, i), carriers, plan.slots, region);
    if (carrier.reads) {
      extract.error(utf8("a format is named twice"));
    } else {
      if (last == null) plan.firstToRead = carrier;
      else last.nextToRead = carrier;
      carrier.reads = true;
      last = carrier;
    }
  }
  const inject = root.field(utf8("inject"));
  last = null;
  for (let i: u32 = 0; i < namesAt(inject); i++) {
    const carrier = carrierOf(formatAt(inject, i), carriers, plan.slots, region);
    if (carrier.writes) {
      inject.error(utf8("a format is named twice"));
    } else {
      if (last == null) plan.firstToWrite = carrier;
      else last.nextToWrite = carrier;
      carrier.writes = true;
      last = carrier;
    }
  }
}

/** How many names a list has; 1 where none is given, as for the default. */
function namesAt(place: Place): u32 {
  if (!place.present) return 1;
  if (!place.list()) return 0;
  if (place.count == 0) place.expected(utf8("a list that is not empty"));
  // One more than there are formats must name one twice.
  return min(place.count, FORMATS + 1);
}

/** The format at a place of a list; W3C's where there is no list. */
function formatAt(place: Place, index: u32): FormatId {
  if (!place.present) return FormatId.W3C;
  let item = place.first();
  for (let i: u32 = 0; i < index && item != null; i++) item = item.next();
  return item == null ? FormatId.W3C : readFormat(item);
}

function readFormat(place: Place): FormatId {
  place.required();
  const choice = place
    .choice()
    .or(utf8("w3c"), FormatId.W3C)
    .or(utf8("b3"), FormatId.B3)
    .or(utf8("b3-single"), FormatId.B3_SINGLE)
    .or(utf8("jaeger"), FormatId.JAEGER)
    .or(utf8("datadog"), FormatId.DATADOG)
    .or(utf8("xray"), FormatId.XRAY)
    .or(utf8("cloud-trace"), FormatId.CLOUD_TRACE);
  return <FormatId>choice.value(FormatId.W3C);
}

function carrierOf(id: FormatId, carriers: usize, slots: SlotTable, region: Region): Carrier {
  const at = carriers + <u32>id * sizeof<usize>();
  let carrier = changetype<Carrier | null>(load<usize>(at));
  if (carrier == null) {
    carrier = Carrier.open(Format.open(id, region, slots), region);
    store<usize>(at, changetype<usize>(carrier));
  }
  return carrier;
}
