import { setTimeout as pause } from "node:timers/promises";

/** Long enough for a loaded machine with two cores; what is waited for takes milliseconds. */
const LIMIT_MS = 30_000;
const INTERVAL_MS = 20;

/**
 * Asks again and again until `condition` gives something else than undefined or false, and gives that.
 *
 * @param what names what is waited for, in the message where it never comes
 * @throws Error after half a minute, or at once with what `condition` throws
 */
export async function until<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const stop = new AbortController();
  const late = pause(LIMIT_MS, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`waited ${LIMIT_MS / 1000} s for ${what}`);
  });
  try {
    for (;;) {
      // A condition that never answers is late, too.
      const value = await Promise.race([condition(), late]);
      if (value !== undefined && value !== false) return value;
      await Promise.race([pause(INTERVAL_MS), late]);
    }
  } finally {
    late.catch(() => {});
    stop.abort();
  }
}
