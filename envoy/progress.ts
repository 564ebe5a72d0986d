/** From this length on, somebody who waits wants to know what for. */
const SLOW_MS = 2000;

/** Waits for something, and says what it is if it takes longer than two seconds. */
export async function sayIfSlow<T>(what: string, something: Promise<T>): Promise<T> {
  const timer = setTimeout(() => console.log(`${what} …`), SLOW_MS);
  try {
    return await something;
  } finally {
    clearTimeout(timer);
  }
}
