import { isHeaderName } from "../../../assembly/config/header-name";
import { Place } from "../../../assembly/config/place";
import { environmentVariable } from "../../../assembly/host/environment";
import { later } from "../../../assembly/memory/agenda";
import { Chain, openChain } from "../../../assembly/memory/chain";
import { Region } from "../../../assembly/memory/region";
import { Fact } from "../../../assembly/request/slots";
import { Text, utf8 } from "../../../assembly/text/text";
import { CustomTag, NO_HEADER, Reporting } from "./reporting";

/** Reads `customTags` (Telemetry): by the tag's name `literal`, `header` or `environment`; later (`memory/agenda.ts`), one at a time. */
export function readCustomTags(place: Place, reporting: Reporting, region: Region): void {
  if (!place.object()) return;
  const scratch = place.report.region;
  const reading = changetype<TagsReading>(scratch.take(offsetof<TagsReading>()));
  reading.reporting = reporting;
  reading.region = region;
  reading.tags = openChain<CustomTag>(region);
  reading.next = place.first();
  later<TagsReading>(readNext, reading);
}

/** How far the reading of the tags has come. */
@unmanaged
class TagsReading {
  reporting: Reporting;
  region: Region;
  tags: Chain<CustomTag>;
  next: Place | null;
}

function readNext(reading: TagsReading): bool {
  const entry = reading.next;
  const reporting = reading.reporting;
  const tags = reading.tags;
  if (entry == null) {
    reporting.firstTag = tags.first;
    return true;
  }
  if (entry.required() && entry.object()) readTag(entry, reporting, tags, reading.region);
  reading.next = entry.next();
  return false;
}

function readTag(place: Place, reporting: Reporting, tags: Chain<CustomTag>, region: Region): void {
  const literal = place.field(utf8("literal"));
  const header = place.field(utf8("header"));
  const environment = place.field(utf8("environment"));
  place.refuse(utf8("formatter"), utf8("a filter has no access log formatter; write literal, header or environment"));
  place.noOtherFields();
  const tag = changetype<CustomTag>(region.take(offsetof<CustomTag>()));
  tag.name = Text.copy(region, place.key.start, place.key.length);
  tag.slot = NO_HEADER;
  if (<i32>literal.present + <i32>header.present + <i32>environment.present != 1) {
    return place.error(utf8("write one of literal, header and environment"));
  }
  if (literal.object()) {
    const value = literal.field(utf8("value"));
    if (value.required()) tag.otherwise = kept(value.string(), region);
    literal.noOtherFields();
  } else if (header.object()) {
    const name = readName(header, tag, region);
    if (name != null) {
      if (!isHeaderName(name)) header.field(utf8("name")).expected(utf8("a header's name"));
      tag.slot = reporting.slots.slot(Fact.HEADER, Text.lowered(region, name));
    }
  } else if (environment.object()) {
    const name = readName(environment, tag, region);
    const value: Text | null = name == null ? null : environmentVariable(region, name);
    if (value != null) tag.otherwise = value;
  }
  tags.add(tag);
}

/** Reads `name`, and `defaultValue` into the tag. */
function readName(place: Place, tag: CustomTag, region: Region): Text | null {
  const name = place.field(utf8("name"));
  const otherwise = place.field(utf8("defaultValue")).string();
  place.noOtherFields();
  tag.otherwise = kept(otherwise, region);
  return name.required() ? name.nonEmptyString() : null;
}

function kept(text: Text | null, region: Region): Text | null {
  return text == null ? null : Text.copy(region, text.start, text.length);
}
