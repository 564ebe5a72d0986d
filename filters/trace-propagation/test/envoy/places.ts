const MASK = (1n << 64n) - 1n;
const PRIME1 = 0x9e3779b185ebca87n;
const PRIME2 = 0xc2b2ae3d27d4eb4fn;
const PRIME3 = 0x165667b19e3779f9n;
const PRIME4 = 0x85ebca77c2b2ae63n;
const PRIME5 = 0x27d4eb2f165667c5n;

/** XXH64 of a Latin-1 text of fewer than 32 bytes (xxHash specification, "XXH64 algorithm description"). */
export function xxh64(text: string, seed: bigint): bigint {
  const bytes = Buffer.from(text, "latin1");
  if (bytes.length >= 32) throw new Error(`${text} is too long`);
  let hash = (seed + PRIME5 + BigInt(bytes.length)) & MASK;
  const mix = (input: bigint, turn: bigint, factor: bigint, added: bigint): void => {
    hash = (turned(hash ^ input, turn) * factor + added) & MASK;
  };
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    const lane = (turned((bytes.readBigUInt64LE(at) * PRIME2) & MASK, 31n) * PRIME1) & MASK;
    mix(lane, 27n, PRIME1, PRIME4);
  }
  if (at + 4 <= bytes.length) {
    mix((BigInt(bytes.readUInt32LE(at)) * PRIME1) & MASK, 23n, PRIME2, PRIME3);
    at += 4;
  }
  for (; at < bytes.length; at++) mix((BigInt(bytes[at]!) * PRIME5) & MASK, 11n, PRIME1, 0n);
  hash = ((hash ^ (hash >> 33n)) * PRIME2) & MASK;
  hash = ((hash ^ (hash >> 29n)) * PRIME3) & MASK;
  return hash ^ (hash >> 32n);
}

function turned(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK;
}

/** In which of the 4096 places of shared data a request with that value in a header of `join.keys` is remembered. */
export function placeOf(header: string, value: string): number {
  return Number(xxh64(value, xxh64(header, 0n)) & 0xfffn);
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
