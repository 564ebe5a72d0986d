import { Schedule } from "../../../bench/push/open-loop.ts";

/** What became of a request that was due at a time. */
export interface Asked<What> {
  /** As `performance.now` has it. */
  due: number;
  /** From when it was due to its answer, in milliseconds. */
  wait: number;
  what: What;
}

/**
 * Asks every `interval` milliseconds for as long as `work` takes, whatever became of the requests before: while something stalls, those
 * that are due meanwhile wait too. Throws where `ask` does.
 *
 * @param ask sends one request and tells what became of it
 */
export async function atFixedTimes<What>(
  interval: number,
  ask: () => Promise<What>,
  work: () => Promise<void>,
): Promise<Asked<What>[]> {
  const asked: Promise<Asked<What>>[] = [];
  const one = async (due: number): Promise<Asked<What>> => {
    const what = await ask();
    return { due, wait: performance.now() - due, what };
  };
  const schedule = new Schedule(performance.now(), interval);
  const timer = setInterval(() => {
    for (const due of schedule.dueBy(performance.now())) {
      const answer = one(due);
      // Should one fail while the work goes on, it is told below.
      answer.catch(() => undefined);
      asked.push(answer);
    }
  }, 1);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return await Promise.all(asked);
}
