/** The codes, which `assembly/memory/packed-data.ts` describes. */
const NEAR = { code: 0x80, bytes: 2, least: 3, most: 10, distance: 1 << 11 };
const FAR = { code: 0xc0, bytes: 3, least: 4, most: 4 + 0x3e, distance: 1 << 16 };
const RAW = 0xff;
/** Bytes below this, but not 0, are their own code as a number of 32 bits, which has so many bytes. */
const NUMBERS = { limit: 0x20, length: 4 };

/** Bytes that stand earlier too: `length` of them, `distance` before. */
interface Repetition {
  kind: typeof NEAR | typeof FAR;
  length: number;
  distance: number;
}

/** How the bytes from one place on are packed: so many of them, by that code. */
interface Piece {
  length: number;
  code: readonly number[];
}

/**
 * Packs bytes for `assembly/memory/packed-data.ts`: from the last byte to the first, what is cheapest from there on is known when the byte
 * before it is looked at.
 */
export function pack(bytes: Uint8Array): Uint8Array {
  const found = repetitions(bytes);
  const costs = new Uint32Array(bytes.length + 1);
  const chosen: Piece[] = [];
  for (let at = bytes.length - 1; at >= 0; at--) {
    let best = aloneOf(bytes, at);
    costs[at] = costs[at + best.length]! + best.code.length;
    for (const { kind, length: longest, distance } of found[at]!) {
      for (let length = kind.least; length <= longest; length++) {
        const cost = costs[at + length]! + kind.bytes;
        if (cost >= costs[at]!) continue;
        costs[at] = cost;
        best = { length, code: codeOf({ kind, length, distance }) };
      }
    }
    chosen[at] = best;
  }
  const packed: number[] = [];
  for (let at = 0; at < bytes.length; at += chosen[at]!.length) packed.push(...chosen[at]!.code);
  return Uint8Array.from(packed);
}

/** How a byte is packed, with the zeros behind it if it is a number with them, whatever stands before. */
function aloneOf(bytes: Uint8Array, at: number): Piece {
  const byte = bytes[at]!;
  const plain = byte === 0 || (byte >= NUMBERS.limit && byte < NEAR.code);
  if (plain) return { length: 1, code: [byte] };
  const behind = bytes.subarray(at + 1, at + NUMBERS.length);
  const number = byte < NUMBERS.limit && behind.length === NUMBERS.length - 1 && behind.every((other) => other === 0);
  return number ? { length: NUMBERS.length, code: [byte] } : { length: 1, code: [RAW, byte] };
}

function codeOf({ kind, length, distance }: Repetition): number[] {
  const [long, far] = [length - kind.least, distance - 1];
  return kind === NEAR ? [NEAR.code | (long << 3) | (far >> 8), far & 0xff] : [FAR.code | long, far & 0xff, far >> 8];
}

/** For each byte the longest repetition of each kind that begins there. */
function repetitions(bytes: Uint8Array): Repetition[][] {
  /** Where the same three bytes stand, up to the byte that is looked at. */
  const places = new Map<number, number[]>();
  return Array.from(bytes, (byte, at) => {
    if (at + NEAR.least > bytes.length) return [];
    const key = byte | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    const earlier = places.get(key) ?? [];
    const best = [NEAR, FAR].map((kind) => ({ kind, length: kind.least - 1, distance: 0 }));
    for (let i = earlier.length - 1; i >= 0 && best[1]!.length < FAR.most; i--) {
      const distance = at - earlier[i]!;
      if (distance > FAR.distance) break;
      const same = commonLength(bytes, earlier[i]!, at);
      for (const one of best) {
        const length = Math.min(same, one.kind.most);
        if (length > one.length && distance <= one.kind.distance) Object.assign(one, { length, distance });
      }
    }
    earlier.push(at);
    places.set(key, earlier);
    return best.filter(({ kind, length }) => length >= kind.least);
  });
}

/** How many bytes are the same from two places on, at most as many as a code can say. */
function commonLength(bytes: Uint8Array, a: number, b: number): number {
  let length = 0;
  while (length < FAR.most && b + length < bytes.length && bytes[a + length] === bytes[b + length]) length++;
  return length;
}
