import { Chain, openChain } from "../memory/chain";
import { Region } from "../memory/region";
import { arenaTake } from "../memory/arena";
import { Text } from "../text/text";

@unmanaged
class HeaderEntry {
  name: Text;
  value: Text;
  next: HeaderEntry | null;
}

/** Headers that a plan gives the host again and again: put together and encoded when it is made. */
@unmanaged
export class HeaderList {
  private region: Region;
  private entries: Chain<HeaderEntry>;
  private count: u32;
  private size: u32;

  static open(region: Region): HeaderList {
    const list = changetype<HeaderList>(region.take(offsetof<HeaderList>()));
    list.region = region;
    list.entries = openChain<HeaderEntry>(region);
    return list;
  }

  /** Adds a header; its name must be in lower case. */
  add(name: Text, value: Text): void {
    const entry = changetype<HeaderEntry>(this.region.take(offsetof<HeaderEntry>()));
    entry.name = name;
    entry.value = value;
    this.entries.add(entry);
    this.count++;
    this.size += 8 + name.length + 1 + value.length + 1;
  }

  /** Adds all headers of another list. */
  addAll(other: HeaderList): void {
    let entry = other.entries.first;
    while (entry != null) {
      this.add(entry.name, entry.value);
      entry = entry.next;
    }
  }

  /** The pairs in the host's encoding, as `host/headers.ts` tells it. */
  encode(): Text {
    const encoded = this.region.take(sizeof<u32>() + 4 + this.size);
    store<u32>(encoded, 4 + this.size);
    const text = changetype<Text>(encoded);
    store<u32>(text.start, this.count);
    let lengths = text.start + 4;
    let at = lengths + this.count * 8;
    let entry = this.entries.first;
    while (entry != null) {
      store<u32>(lengths, entry.name.length);
      store<u32>(lengths, entry.value.length, 4);
      lengths += 8;
      at = put(put(at, entry.name), entry.value);
      entry = entry.next;
    }
    return text;
  }
}

/** Writes bytes and a NUL behind them; gives the address behind that. The region's memory is zeroed. */
function put(at: usize, text: Text): usize {
  memory.copy(at, text.start, text.length);
  return at + text.length + 1;
}

/** Encoded pairs with one more behind them, in the arena. */
export function withPair(pairs: Text, name: Text, value: Text): Text {
  const count = load<u32>(pairs.start);
  const lengths = count * 8;
  const added = name.length + value.length + 2;
  const size = pairs.length + 8 + added;
  const all = arenaTake(sizeof<u32>() + size);
  store<u32>(all, size);
  const text = changetype<Text>(all);
  store<u32>(text.start, count + 1);
  memory.copy(text.start + 4, pairs.start + 4, lengths);
  store<u32>(text.start + 4 + lengths, name.length);
  store<u32>(text.start + 8 + lengths, value.length);
  const rest = pairs.length - 4 - lengths;
  memory.copy(text.start + 12 + lengths, pairs.start + 4 + lengths, rest);
  const at = text.start + 12 + lengths + rest;
  memory.fill(at, 0, added);
  put(put(at, name), value);
  return text;
}
