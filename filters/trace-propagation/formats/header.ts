import { HeaderMap } from "../../../assembly/host/headers";
import { dropHeader, setHeaderOf } from "../../../assembly/request/header-writes";
import { firstOfEach } from "../../../assembly/request/request";
import { Fact, SlotTable } from "../../../assembly/request/slots";
import { Value } from "../../../assembly/request/value";
import { Text, sameBytes } from "../../../assembly/text/text";

/** Values are put together here; the longest is X-Ray's, of 74 bytes. */
export const line: usize = memory.data(80, 8);

/** A header of a format, and its slot. Those of one format lie in a row. */
@unmanaged
export class Header {
  private name: Text;
  private slot: u32;

  /** The header at that place of the row that begins at an address. */
  static at(row: usize, place: u32): Header {
    return changetype<Header>(row + place * offsetof<Header>());
  }

  open(name: Text, slots: SlotTable): void {
    this.name = name;
    this.slot = slots.slot(Fact.HEADER, name);
  }

  /** Its first value in the current request; null where it has none. */
  get value(): Value | null {
    return firstOfEach(this.slot);
  }

  /**
   * Makes the bytes from one address to another its only value. The host is not asked where they are that already: each call
   * has Envoy take the route again.
   */
  set(start: usize, end: usize): void {
    const value = this.value;
    const length = <u32>(end - start);
    if (value != null && value.next == null && sameBytes(value.start, value.length, start, length)) return;
    setHeaderOf(this.slot, this.name, start, length);
  }

  /** Makes a text its only value; with none, takes it away. */
  setText(text: Text): void {
    if (text.length == 0) this.remove();
    else this.set(text.start, text.start + text.length);
  }

  /** Takes it away, where the request has it. */
  remove(): void {
    if (this.value != null) dropHeader(HeaderMap.REQUEST_HEADERS, this.name);
  }
}
