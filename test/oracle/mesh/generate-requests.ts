/** Requests to the faces of meshes. */
import type { Connection, Request } from "../authz/draft.ts";
import { PLAINTEXT } from "../authz/peers.ts";
import type { Random } from "../random.ts";
import { joinsRepeatedHeaders } from "../repeated-headers.ts";
import type { Place } from "./faces.ts";
import { AUTHORITIES, GROUPS, METHODS, PATHS, USERS } from "./vocabulary.ts";
import { PROXIES, SERVICES } from "./world.ts";

/** An Envoy that joins a header's values before it compares them is asked nothing of repeated ones: a plugin compares each. */
const JOINED = joinsRepeatedHeaders();

/** A request, and who sends it over which connection. */
export interface Sent {
  connection: Connection;
  request: Request;
}

/** A request to a place; what it says is in the generated resources' own words. */
export function generateRequest(random: Random, place: Place): Sent {
  const headers: [string, string][] = [];
  if (random.percent(50)) headers.push(["end-user", random.pick(USERS)]);
  if (random.percent(40)) headers.push(["x-group", random.pick(GROUPS)]);
  if (random.percent(10) && !JOINED) headers.push(["x-group", random.pick(GROUPS)]);
  if (random.percent(10)) headers.push(["x-forwarded-proto", "https"]);
  if (random.percent(10)) headers.push(["x-envoy-upstream-rq-timeout-ms", "7000"]);
  if (random.percent(5)) headers.push(["x-subset", random.pick(["v1", "v2", "v3"])]);
  return {
    connection: connectionTo(random, place),
    request: { method: random.pick(METHODS), target: random.pick(PATHS), authority: authority(random, place), headers },
  };
}

function authority(random: Random, { port }: Place): string {
  const name = random.pick(AUTHORITIES);
  if (!random.percent(15)) return name;
  return `${name}:${random.pick([port, 80])}`;
}

/** As to a real proxy: the addresses are those of the mesh, whatever the sockets are. */
function connectionTo(random: Random, { proxy, direction, port, mtls }: Place): Connection {
  const proxied = (source: string, destination: string) => ({ source, destination, port });
  const direct = "127.0.0.1";
  if (direction === "outbound") {
    const { address } = SERVICES.find(({ ports }) => ports.some(({ number }) => number === port))!;
    return { peer: PLAINTEXT, direct, proxy: proxied(proxy.address, address) };
  }
  if (direction === "gateway") {
    return { peer: PLAINTEXT, direct, proxy: proxied(random.pick(["203.0.113.7", "198.51.100.1"]), proxy.address) };
  }
  const caller = random.pick(PROXIES);
  return { peer: mtls ? caller.name : PLAINTEXT, direct, proxy: proxied(caller.address, proxy.address) };
}
