const CLIENTS = 4;

/**
 * Asks again and again, with several clients, for as long as `work` takes: how often each answer came. Throws where `ask` does.
 *
 * @param ask sends one request and names what became of it
 */
export async function meanwhile(
  ask: () => Promise<string | number>,
  work: () => Promise<void>,
): Promise<Map<string | number, number>> {
  const answers = new Map<string | number, number>();
  let done = false;
  const client = async (): Promise<void> => {
    while (!done) {
      const answer = await ask();
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  // Should one fail while the work goes on, it is told below.
  clients.catch(() => undefined);
  try {
    await work();
  } finally {
    done = true;
  }
  await clients;
  return answers;
}
