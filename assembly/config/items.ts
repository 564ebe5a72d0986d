import { Region } from "../memory/region";
import { JsonKind, JsonNode, LongList } from "../text/json/node";
import { Place } from "./place";

/**
 * The items of a list, or the entries of a map, one at a time: what was taken of the report's region since one was given is given back
 * before the next is read. So however many there are, they take no more memory than one. What must outlive its item is copied elsewhere.
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
    const items = Items.open(list.report.region);
    const node = list.node;
    items.list = list;
    if (node != null && node.kind == JsonKind.ARRAY) items.begin(list);
    return items;
  }

  /** Nothing, until it is begun, in a region. */
  static open(region: Region): Items {
    return changetype<Items>(region.take(offsetof<Items>()));
  }

  /** Begins with the items of the list or the entries of the map that stands at a place. */
  begin(list: Place): void {
    const node = changetype<JsonNode>(list.node);
    this.list = list;
    this.index = 0;
    this.coming = node.first;
    this.long = node.long;
  }

  /** The next item; null after the last, if the next one is malformed, or if the report is exhausted. */
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
