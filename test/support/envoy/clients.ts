/**
 * Lets several clients go on for as long as `work` takes: how often each thing was told by them. Throws where a client does.
 *
 * @param client asks until `isDone`, and tells what became of each request
 */
export async function withClients<What>(
  count: number,
  client: (isDone: () => boolean, tell: (what: What) => void) => Promise<void>,
  work: () => Promise<void>,
): Promise<Map<What, number>> {
  const told = new Map<What, number>();
  let done = false;
  const tell = (what: What): void => void told.set(what, (told.get(what) ?? 0) + 1);
  const all = Promise.all(Array.from({ length: count }, () => client(() => done, tell)));
  // Should one fail while the work goes on, it is told below.
  all.catch(() => undefined);
  try {
    await work();
  } finally {
    done = true;
  }
  await all;
  return told;
}
