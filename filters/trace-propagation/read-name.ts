import { Place } from "../../assembly/config/place";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { TextTable } from "../../assembly/text/text-table";
import { Writer } from "../../assembly/text/writer";

/**
 * What an item of a list is called in the names of metrics: its name, which no other item may have, else its number, from 0 on. `names` are
 * those that are taken.
 */
export function readName(place: Place, index: u32, names: TextTable, region: Region): Text {
  const written = place.nonEmptyString();
  const name = written == null ? Writer.decimal(region, index) : Text.copy(region, written.start, written.length);
  if (names.entry(name).value++ != 0) place.error(utf8('another one has this name, or it is "default"'));
  return name;
}
