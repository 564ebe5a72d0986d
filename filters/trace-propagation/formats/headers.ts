import { HeaderMap, removeHeader, replaceHeader } from "../../../assembly/host/headers";
import { Region } from "../../../assembly/memory/region";
import { firstValue } from "../../../assembly/request/request";
import { Fact, SlotTable } from "../../../assembly/request/slots";
import { Value } from "../../../assembly/request/value";
import { Text } from "../../../assembly/text/text";

/** A header of a format, and its slot. */
@unmanaged
export class Header {
  private name: Text;
  private slot: u32;
  /** The format's next one. */
  next: Header | null;

  static open(name: Text, region: Region, slots: SlotTable): Header {
    const header = changetype<Header>(region.take(offsetof<Header>()));
    header.name = name;
    header.slot = slots.slot(Fact.HEADER, name);
    return header;
  }

  /** Its first value in the current request; null where it has none. */
  get value(): Value | null {
    return firstValue(this.slot);
  }

  /** Sets it to the bytes from one address to another. */
  set(start: usize, end: usize): void {
    replaceHeader(HeaderMap.REQUEST_HEADERS, this.name, start, <u32>(end - start));
  }

  setText(text: Text): void {
    this.set(text.start, text.start + text.length);
  }

  /** Takes it away, where the request has it. */
  remove(): void {
    if (this.value != null) removeHeader(HeaderMap.REQUEST_HEADERS, this.name);
  }
}
