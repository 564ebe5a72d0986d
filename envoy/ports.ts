import { once } from "node:events";
import { createServer } from "node:net";
import { Missing } from "../tools/envoy-binary.ts";

/** The only address that the demonstration listens on. */
export const ADDRESS = "127.0.0.1";

/** Where Envoy listens, and where its admin page is. */
export interface Ports {
  readonly port: number;
  readonly adminPort: number;
}

const HIGHEST = 65_535;

/**
 * The ports of a run: those that `PORT` and `ADMIN_PORT` name, else the first free ones from 10000 on. `say` is called with a
 * line for each usual port that is taken.
 *
 * @throws Missing if a port that is named is no port, or is taken: Envoy itself would share it with another Envoy
 */
export async function choosePorts(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<Ports> {
  const named = { PORT: numberOf("PORT", env), ADMIN_PORT: numberOf("ADMIN_PORT", env) };
  if (named.PORT !== undefined && named.PORT === named.ADMIN_PORT) {
    throw new Missing(`PORT and ADMIN_PORT are both ${named.PORT}: they must differ.`);
  }
  for (const port of [named.PORT, named.ADMIN_PORT]) if (port !== undefined) await mustBeFree(port);
  const port = named.PORT ?? (await freeFrom(10_000, named.ADMIN_PORT, say));
  return { port, adminPort: named.ADMIN_PORT ?? (await freeFrom(10_001, port, say)) };
}

function numberOf(variable: string, env: NodeJS.ProcessEnv): number | undefined {
  const text = env[variable];
  if (text === undefined || text === "") return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= HIGHEST) return number;
  throw new Missing(`${variable} is ${text}, which is no port: expected a number from 1 to ${HIGHEST}.`);
}

async function mustBeFree(port: number): Promise<void> {
  const reason = await whyNot(port);
  if (reason === undefined) return;
  const other = await freeFrom(port + 1, undefined, () => {});
  const next = await freeFrom(other + 1, undefined, () => {});
  throw new Missing(`Port ${port} of ${ADDRESS} ${reason}. Try: make run PORT=${other} ADMIN_PORT=${next}`);
}

/** The first free port of an address from `first` on that is not `except`; `say` is told if it is another than `first`. */
export async function freeFrom(
  first: number,
  except: number | undefined,
  say: (line: string) => void,
  address = ADDRESS,
): Promise<number> {
  for (let port = first; port <= HIGHEST; port++) {
    if (port === except || (await whyNot(port, address)) !== undefined) continue;
    if (port !== first) say(`Port ${first} of ${address} is taken: this run uses ${port}.`);
    return port;
  }
  throw new Missing(`No port of ${address} from ${first} on is free.`);
}

/** Why nothing can listen on a port; undefined if something can. */
async function whyNot(port: number, address = ADDRESS): Promise<string | undefined> {
  const probe = createServer();
  try {
    await once(probe.listen(port, address), "listening");
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "EADDRINUSE" ? "is taken" : `cannot be used (${code})`;
  } finally {
    probe.close();
  }
}
