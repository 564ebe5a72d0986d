import { later } from "../memory/agenda";
import { Items } from "./items";
import { Place } from "./place";

/** The reading of a list. Where it stands is kept in this record alone. */
@unmanaged
class ObjectsReading {
  items: Items;
  read: (item: Place, state: usize) => void;
  state: usize;
}

/**
 * Has `read` called for each object of a list, in their order, with `state`: later, each in a step of its own (`memory/agenda.ts`). An item
 * that is no object is reported and left out. What an item takes of the report's region is given back before the next is read (`Items`).
 */
export function laterObjects<T>(list: Place, read: (item: Place, state: T) => void, state: T): void {
  const reading = changetype<ObjectsReading>(list.report.region.take(offsetof<ObjectsReading>()));
  reading.items = Items.of(list);
  reading.read = changetype<(item: Place, state: usize) => void>(changetype<usize>(read));
  reading.state = changetype<usize>(state);
  later<ObjectsReading>(readNext, reading);
}

function readNext(reading: ObjectsReading): bool {
  const item = reading.items.next();
  if (item == null) return true;
  if (item.required() && item.object()) reading.read(item, reading.state);
  return false;
}
