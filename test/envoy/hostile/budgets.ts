/** The seconds of a minute as plugins share them (`filters/fault-injection/minute.ts`): for each the second, requests and faults. */
const SECONDS = 60;
const SIZE = 12;
const MANY = 0xffff_ffff;

/** Minutes that look like those of fault-injection at the present time: with room for any fault, with none, and of a clock set back. */
export function budgets(): Buffer[] {
  const now = Math.floor(Date.now() / 1000);
  const past = (place: number): number => now - ((((now - place) % SECONDS) + SECONDS) % SECONDS);
  return [
    minute((place) => [past(place), MANY, 0]),
    minute((place) => [past(place), 0, MANY]),
    minute(() => [MANY, MANY, MANY]),
  ];
}

function minute(of: (place: number) => readonly [at: number, requests: number, faults: number]): Buffer {
  const bytes = Buffer.alloc(SECONDS * SIZE);
  for (let place = 0; place < SECONDS; place++) {
    for (const [field, value] of of(place).entries()) bytes.writeUInt32LE(value, place * SIZE + field * 4);
  }
  return bytes;
}
