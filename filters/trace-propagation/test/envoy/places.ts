import { xxHash64 } from "../../../../test/support/module/xxhash64.ts";

/** In which of the 4096 places of shared data a request with that value in a header of `join.keys` is remembered. */
export function placeOf(header: string, value: string): number {
  return Number(xxHash64(latin1(value), xxHash64(latin1(header))) & 0xfffn);
}

/** So many values of a header that all come to one place. */
export function inOnePlace(header: string, count: number, place: number): string[] {
  const values: string[] = [];
  for (let number = 0; values.length < count; number++) {
    const value = `key-${`${number}`.padStart(12, "0")}`;
    if (placeOf(header, value) === place) values.push(value);
  }
  return values;
}

function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}
