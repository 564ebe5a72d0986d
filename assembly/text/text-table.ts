import { Region } from "../memory/region";
import { hashText } from "./hash";
import { Text } from "./text";

/** Places of a new table. They double as texts are added. */
const FIRST_PLACES: u32 = 16;

/** A text of a table, and what its owner keeps with it: 0 at first. */
@unmanaged
export class TextEntry {
  text: Text;
  hash: u32;
  value: u32;
  beside: TextEntry | null;
}

/** Texts, each once, however many: a look-up takes as long among a hundred thousand as among ten. */
@unmanaged
export class TextTable {
  /** What the entries lie in. */
  region: Region;
  private places: usize;
  /** How many places there are, a power of two, and how many texts. */
  private capacity: u32;
  private count: u32;

  /** An empty table in `region`. */
  static open(region: Region): TextTable {
    const table = changetype<TextTable>(region.take(offsetof<TextTable>()));
    table.region = region;
    table.capacity = FIRST_PLACES;
    table.places = region.take(FIRST_PLACES * sizeof<usize>());
    return table;
  }

  /** The entry of a text, made if there is none. The text is kept, not copied. */
  entry(text: Text): TextEntry {
    const hash = hashText(text.start, text.length);
    const known = this.at(hash, text.start, text.length);
    if (known != null) return known;
    if (this.count++ == this.capacity) this.grow();
    const entry = changetype<TextEntry>(this.region.take(offsetof<TextEntry>()));
    entry.text = text;
    entry.hash = hash;
    this.link(entry);
    return entry;
  }

  /** The entry of the `length` bytes at `start`; null if there is none. */
  find(start: usize, length: u32): TextEntry | null {
    return this.at(hashText(start, length), start, length);
  }

  private at(hash: u32, start: usize, length: u32): TextEntry | null {
    let known = changetype<TextEntry | null>(load<usize>(this.placeOf(hash)));
    while (known != null && (known.hash != hash || !known.text.is(start, length))) known = known.beside;
    return known;
  }

  private link(entry: TextEntry): void {
    const place = this.placeOf(entry.hash);
    entry.beside = changetype<TextEntry | null>(load<usize>(place));
    store<usize>(place, changetype<usize>(entry));
  }

  private grow(): void {
    const before = this.places;
    const end = before + this.capacity * sizeof<usize>();
    this.capacity *= 2;
    this.places = this.region.take(this.capacity * sizeof<usize>());
    for (let at = before; at < end; at += sizeof<usize>()) {
      let entry = changetype<TextEntry | null>(load<usize>(at));
      while (entry != null) {
        const next = entry.beside;
        this.link(entry);
        entry = next;
      }
    }
  }

  private placeOf(hash: u32): usize {
    return this.places + (hash & (this.capacity - 1)) * sizeof<usize>();
  }
}
