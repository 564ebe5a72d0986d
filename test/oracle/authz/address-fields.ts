/** Where a connection is from and to: `ipBlocks`, `remoteIpBlocks`, `ports` and the conditions beside them. */
import { BlockList, isIPv6 } from "node:net";
import { setHeader, setProxy } from "./draft.ts";
import type { Field } from "./field.ts";
import { DIRECT_ADDRESSES } from "./loopback.ts";
import * as words from "./vocabulary.ts";

function operators(blocks: typeof words.BLOCKS): Field["operators"] {
  return Object.fromEntries(Object.entries(blocks).map(([name, values]) => [name, (random) => random.pick(values)]));
}

const family = (address: string): "ipv6" | "ipv4" => (isIPv6(address) ? "ipv6" : "ipv4");

/** Whether a block has an address in it; the families are apart, as Envoy has them. */
function holds(block: string, address: string): boolean {
  const [start = "", bits] = block.split("/");
  if (family(start) !== family(address)) return false;
  const blocks = new BlockList();
  if (bits === undefined) blocks.addAddress(start, family(start));
  else blocks.addSubnet(start, Number(bits), family(start));
  return blocks.check(address, family(address));
}

/** Addresses of the list that are in some of the blocks, or in none. */
function chosen(blocks: readonly string[], list: readonly string[], hit: boolean): string[] {
  return list.filter((address) => blocks.some((block) => holds(block, address)) === hit);
}

/** A list that has both takes every address. */
const WIDE = ["IPv4 any", "IPv6 any"];

/** `ipBlocks`: the direct peer, whatever a proxy in front of it says. */
export const IP_FIELD: Field = {
  name: "ipBlocks",
  filler: (index) => `203.0.113.${index}/32`,
  ofConnection: true,
  place: "source",
  key: () => "ipBlocks",
  operators: operators(words.DIRECT_BLOCKS),
  alone: WIDE,
  aim: (random, { connection }, values, hit) => {
    const fits = chosen(values, DIRECT_ADDRESSES, hit);
    if (fits.length > 0) connection.direct = random.pick(fits);
  },
};

/** `remoteIpBlocks`: what x-forwarded-for ends with, else the PROXY protocol's source. */
export const REMOTE_IP_FIELD: Field = {
  name: "remoteIpBlocks",
  filler: (index) => `203.0.113.${index}/32`,
  ofConnection: true,
  place: "source",
  key: () => "remoteIpBlocks",
  operators: operators(words.BLOCKS),
  alone: WIDE,
  aim: (random, draft, values, hit) => {
    const fits = chosen(values, words.ADDRESSES, hit);
    if (fits.length === 0) return;
    const address = random.pick(fits);
    const isThere = fits.includes(draft.connection.proxy?.source ?? draft.connection.direct);
    if (draft.open && isThere && random.percent(50)) return;
    if (!draft.open && random.percent(50)) {
      setProxy(random, draft.connection, { source: address });
      return;
    }
    const other = random.pick(words.ADDRESSES);
    const odd = [`${address}:80`, `[${address}]`, `${address},`, `x, ${address}`, "unknown", ` ${address} `];
    const list = random.percent(88)
      ? random.pick([address, `${other}, ${address}`, `${other},${address}`])
      : random.pick(odd);
    setHeader(draft, random.pick(["x-forwarded-for", "X-Forwarded-For"]), list);
    if (random.percent(10)) draft.request.headers.push(["x-forwarded-for", random.pick(words.ADDRESSES)]);
  },
};

/** `destination.ip`: the end that the client connected to. */
export const DESTINATION_IP_FIELD: Field = {
  name: "destination.ip",
  filler: (index) => `203.0.113.${index}/32`,
  ofConnection: true,
  place: "when",
  key: () => "destination.ip",
  operators: operators(words.BLOCKS),
  alone: WIDE,
  aim: (random, { connection }, values, hit) => {
    const fits = chosen(values, words.ADDRESSES, hit);
    if (fits.length > 0) setProxy(random, connection, { destination: random.pick(fits) });
  },
};

/** `ports`: the port that the client connected to. */
export const PORT_FIELD: Field = {
  name: "ports",
  filler: (index) => `${10_000 + index}`,
  ofConnection: true,
  place: "operation",
  key: () => "ports",
  operators: { exact: (random) => random.pick(words.PORTS) },
  aim: (random, { connection }, values, hit) => {
    const ports = values.map(Number);
    const others = [...words.PORTS.map(Number), 1, 8079].filter((port) => !ports.includes(port));
    const port = random.pick(hit ? ports : others);
    setProxy(random, connection, { port });
  },
};
