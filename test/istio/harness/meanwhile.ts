import { withClients } from "../../support/envoy/clients.ts";

const CLIENTS = 4;

/**
 * Asks again and again, with several clients, for as long as `work` takes: how often each answer came. Throws where `ask` does.
 *
 * @param ask sends one request and names what became of it
 */
export function meanwhile(
  ask: () => Promise<string | number>,
  work: () => Promise<void>,
): Promise<Map<string | number, number>> {
  return withClients<string | number>(
    CLIENTS,
    async (isDone, tell) => {
      while (!isDone()) tell(await ask());
    },
    work,
  );
}
