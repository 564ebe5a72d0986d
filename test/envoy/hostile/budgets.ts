/** The seconds of a minute as plugins share them (`filters/fault-injection/minute.ts`): for each the second, requests and faults. */
const SECONDS = 60;
const SIZE = 12;
const MANY = 0xffff_ffff;

/** For how long what is forged now is taken for what was counted just then: for as long as the slowest test runs. */
const MINUTES = 10;

/** Minutes that look like those of fault-injection, now and later: with room for any fault, with none, and of a clock set back. */
export function budgets(): Buffer[] {
  const now = Math.floor(Date.now() / 1000);
  const ending = (at: number): Buffer[] => {
    const past = (place: number): number => at - ((((at - place) % SECONDS) + SECONDS) % SECONDS);
    return [minute((place) => [past(place), MANY, 0]), minute((place) => [past(place), 0, MANY])];
  };
  const later = Array.from({ length: MINUTES }, (_, minutes) => ending(now + minutes * SECONDS));
  return [...later.flat(), minute(() => [MANY, MANY, MANY])];
}

function minute(of: (place: number) => readonly [at: number, requests: number, faults: number]): Buffer {
  const bytes = Buffer.alloc(SECONDS * SIZE);
  for (let place = 0; place < SECONDS; place++) {
    for (const [field, value] of of(place).entries()) bytes.writeUInt32LE(value, place * SIZE + field * 4);
  }
  return bytes;
}
