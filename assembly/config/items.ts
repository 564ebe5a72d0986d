import { JsonKind, JsonNode, LongList } from "../text/json/node";
import { Place } from "./place";

/**
 * The items of a list, or the entries of a map, one at a time: what was taken of the report's region since one was given is given back before the next is
 * read. So however many there are, they take no more memory than one. What must outlive its item is copied elsewhere.
 *
 * Where the reading stands is kept in this record alone, so that it can go on later.
 */
@unmanaged
export class Items {
  private list: Place;
  private index: u32;
  /** The item that comes next, in a list whose items were read with it. */
  private coming: JsonNode | null;
  private long: LongList | null;
  /** Where the last item ends, in a long list. */
  private end: usize;
  /** How far the region was filled before the first item. */
  private before: usize;

  /** The items of what stands at `list`, in its report's region; none if it is no list. */
  static of(list: Place): Items {
    return Items.in(list, JsonKind.ARRAY);
  }

  /** The entries of what stands at `map`; none if it is no object. */
  static ofMap(map: Place): Items {
    return Items.in(map, JsonKind.OBJECT);
  }

  private static in(list: Place, kind: JsonKind): Items {
    const region = list.report.region;
    const items = changetype<Items>(region.take(offsetof<Items>()));
    items.list = list;
    const node = list.node;
    if (node != null && node.kind == kind) {
      items.coming = node.first;
      items.long = node.long;
    }
    return items;
  }

  /** The next item; null after the last, or if the report is exhausted. */
  next(): Place | null {
    const list = this.list;
    const region = list.report.region;
    if (this.index == 0) this.before = region.mark;
    else region.rewind(this.before);
    const node = this.read();
    if (node == null) return null;
    this.end = node.to;
    this.coming = node.next;
    return list.child(node, this.index++);
  }

  private read(): JsonNode | null {
    const long = this.long;
    if (long == null) return this.coming;
    const reader = this.list.report.reader;
    return this.index == 0 ? reader.firstOf(long) : reader.nextOf(long, this.end);
  }
}
