import { specRegion } from "./bytes";
import { Text } from "../../../assembly/text/text";

/**
 * Headers in the encoding in which the host hands them over: a u32 count; for each header two u32, the lengths of its name
 * and value; then name, NUL, value, NUL for each (proxy-wasm-cpp-host `src/exports.cc: get_header_map_pairs`).
 */
export class HeaderPairs {
  private names: string[] = [];
  private values: string[] = [];

  /** Adds a header; names are lower-case, as the host gives them. */
  add(name: string, value: string): HeaderPairs {
    this.names.push(name);
    this.values.push(value);
    return this;
  }

  /** The encoding, in memory that lives as long as the specification. Its bytes are `start` and `length` of the text. */
  encode(): Text {
    let size: usize = 4;
    for (let i = 0; i < this.names.length; i++) {
      size += 8 + String.UTF8.byteLength(this.names[i]) + 1 + String.UTF8.byteLength(this.values[i]) + 1;
    }
    const encoded = changetype<Text>(specRegion().take(sizeof<u32>() + size));
    encoded.length = <u32>size;
    store<u32>(encoded.start, this.names.length);
    let lengths = encoded.start + 4;
    let at = lengths + 8 * this.names.length;
    for (let i = 0; i < this.names.length; i++) {
      const name = write(at, this.names[i]);
      const value = write(at + name + 1, this.values[i]);
      store<u32>(lengths, <u32>name);
      store<u32>(lengths, <u32>value, 4);
      lengths += 8;
      at += name + 1 + value + 1;
    }
    return encoded;
  }
}

function write(at: usize, value: string): usize {
  return String.UTF8.encodeUnsafe(changetype<usize>(value), value.length, at);
}
