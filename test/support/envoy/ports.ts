import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

const ADDRESS = "127.0.0.1";
/**
 * Systems give a program that asks for any port, and each connection that goes out, one from 32768 on (Linux) or 49152 on
 * (macOS). Nothing takes one of these by chance.
 */
const FIRST = 20_000;
const LAST = 32_767;

/**
 * A port of 127.0.0.1 on which nothing listens, for programs that must be told theirs. No other process that calls this gets
 * it until the calling process ends: several files of tests run at a time. `first` and `last` bound the ports that are tried.
 *
 * @throws Error if no port is left
 */
export async function freePort(first = FIRST, last = LAST): Promise<number> {
  const count = last - first + 1;
  const start = Math.floor(Math.random() * count);
  for (let tried = 0; tried < count; tried++) {
    const port = first + ((start + tried) % count);
    if ((await isClaimed(port)) && (await isUnused(port))) return port;
  }
  throw new Error(`no port of ${ADDRESS} from ${first} to ${last} is free`);
}

/**
 * Whether this process could claim a port. The claim is the UDP port of the same number: the system lets one process have it,
 * and takes it back when that process ends, however it ends.
 */
async function isClaimed(port: number): Promise<boolean> {
  const claim = createSocket("udp4").unref();
  try {
    claim.bind({ port, address: ADDRESS, exclusive: true });
    await once(claim, "listening");
    return true;
  } catch {
    claim.close();
    return false;
  }
}

async function isUnused(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    await once(probe.listen({ port, host: ADDRESS, exclusive: true }), "listening");
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}
