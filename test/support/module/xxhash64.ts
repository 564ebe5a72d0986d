const MASK = (1n << 64n) - 1n;
const [P1, P2, P3, P4, P5] = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;

const rotl = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (64n - by))) & MASK;
const round = (sum: bigint, lane: bigint): bigint => (rotl((sum + lane * P2) & MASK, 31n) * P1) & MASK;

/** XXH64 as the xxHash specification describes it ("XXH64 algorithm description"). */
export function xxHash64(bytes: Buffer, seed = 0n): bigint {
  let at = 0;
  let hash = (seed + P5) & MASK;
  if (bytes.length >= 32) {
    let sums = [seed + P1 + P2, seed + P2, seed, seed - P1].map((sum) => sum & MASK);
    for (; at + 32 <= bytes.length; at += 32) {
      sums = sums.map((sum, lane) => round(sum, bytes.readBigUInt64LE(at + lane * 8)));
    }
    hash = sums.reduce((sum, lane, index) => (sum + rotl(lane, [1n, 7n, 12n, 18n][index]!)) & MASK, 0n);
    for (const sum of sums) hash = ((hash ^ round(0n, sum)) * P1 + P4) & MASK;
  }
  hash = (hash + BigInt(bytes.length)) & MASK;
  for (; at + 8 <= bytes.length; at += 8) {
    hash = (rotl(hash ^ round(0n, bytes.readBigUInt64LE(at)), 27n) * P1 + P4) & MASK;
  }
  if (at + 4 <= bytes.length) {
    hash = (rotl(hash ^ ((BigInt(bytes.readUInt32LE(at)) * P1) & MASK), 23n) * P2 + P3) & MASK;
    at += 4;
  }
  for (; at < bytes.length; at++) hash = (rotl(hash ^ ((BigInt(bytes[at]!) * P5) & MASK), 11n) * P1) & MASK;
  hash = ((hash ^ (hash >> 33n)) * P2) & MASK;
  hash = ((hash ^ (hash >> 29n)) * P3) & MASK;
  return hash ^ (hash >> 32n);
}
