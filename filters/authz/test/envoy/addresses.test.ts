import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import {
  filterState,
  Http1,
  typed,
  type Answer,
  type HttpChain,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";
import { Rules, type Case } from "./rules.ts";

/** Where a connection comes from and goes to, and what `x-forwarded-for` says. */
interface Connection {
  /** The client's own address, of the loopback's; 127.0.0.1 where not given. */
  from?: string;
  /** The line of the PROXY protocol, which stands for a connection from and to other addresses. */
  proxy?: string;
  forwardedFor?: string;
}

const from = (source: JsonObject): JsonObject => ({ from: [{ source }] });
const when = (key: string, fields: JsonObject): JsonObject => ({ when: [{ key, ...fields }] });
const forwarded = (forwardedFor: string): Connection => ({ forwardedFor });
const proxy = (source: string, destination: string, port: number): Connection => {
  return { proxy: `PROXY ${source.includes(":") ? "TCP6" : "TCP4"} ${source} ${destination} 40000 ${port}` };
};

const DIRECT = "com.example.direct_remote_ip";
const DIRECT_REMOTE_IP: JsonObject = { directRemoteIp: { filterState: DIRECT } };
const ADDRESS_ALONE: HttpChain = {
  filters: [filterState({ [DIRECT]: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%" })],
};
const ADDRESS_AND_PORT: HttpChain = { filters: [filterState({ [DIRECT]: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%" })] };

/** The address and port that a connection was made to are those of its PROXY line. */
const PROXIED: JsonObject = {
  listener_filters: [
    {
      name: "envoy.filters.listener.proxy_protocol",
      typed_config: typed("envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol"),
    },
  ],
};

const CASES: Readonly<Record<string, Case<Connection>>> = {
  "remoteIpBlocks: the last of x-forwarded-for, else the peer": {
    rule: from({ remoteIpBlocks: ["10.1.0.0/16", "127.0.0.1"] }),
    hits: [{}, forwarded("10.1.255.0"), forwarded("9.9.9.9, 10.1.2.3"), forwarded("not an address")],
    misses: [
      { from: "127.0.0.2" },
      forwarded("10.2.0.0"),
      forwarded("10.1.2.3, 9.9.9.9"),
      forwarded("::ffff:10.1.2.3"),
    ],
  },
  "remoteIpBlocks, IPv6": {
    rule: from({ remoteIpBlocks: ["2001:db8::/33", "::1"] }),
    hits: [forwarded("2001:db8::1"), forwarded("2001:DB8:7fff::"), forwarded("::1")],
    misses: [{}, forwarded("2001:db8:8000::"), forwarded("::2")],
  },
  "remoteIpBlocks, every IPv4 address": {
    rule: from({ remoteIpBlocks: ["0.0.0.0/0"] }),
    hits: [{}, forwarded("255.255.255.255")],
    misses: [forwarded("::1")],
  },
  "remoteIpBlocks with xff_num_trusted_hops": {
    rule: from({ remoteIpBlocks: ["10.1.2.3"] }),
    chain: { manager: { xff_num_trusted_hops: 1 } },
    hits: [forwarded("10.1.2.3, 9.9.9.9"), forwarded("8.8.8.8, 10.1.2.3, 9.9.9.9")],
    misses: [{}, forwarded("10.1.2.3"), forwarded("9.9.9.9, 10.1.2.3"), forwarded("10.1.2.3, 9.9.9.9, 8.8.8.8")],
  },
  notRemoteIpBlocks: {
    rule: from({ remoteIpBlocks: ["10.0.0.0/8"], notRemoteIpBlocks: ["10.1.0.0/16"] }),
    hits: [forwarded("10.2.0.0")],
    misses: [forwarded("10.1.2.3"), forwarded("11.0.0.0")],
  },
  "remote.ip": {
    rule: when("remote.ip", { values: ["10.0.0.0/8"], notValues: ["10.1.2.3"] }),
    hits: [forwarded("10.1.2.4")],
    misses: [{}, forwarded("10.1.2.3")],
  },
  "ipBlocks: the peer, whatever x-forwarded-for says": {
    rule: from({ ipBlocks: ["127.0.0.2", "10.0.0.0/8"] }),
    fields: DIRECT_REMOTE_IP,
    chain: ADDRESS_ALONE,
    hits: [{ from: "127.0.0.2" }, { from: "127.0.0.2", forwardedFor: "9.9.9.9" }],
    misses: [{}, forwarded("127.0.0.2"), forwarded("10.1.2.3"), { from: "127.0.0.20" }],
  },
  "ipBlocks, of an address with its port": {
    rule: from({ ipBlocks: ["127.0.0.2"] }),
    fields: DIRECT_REMOTE_IP,
    chain: ADDRESS_AND_PORT,
    hits: [{ from: "127.0.0.2" }],
    misses: [{}],
  },
  "ipBlocks: the peer, whatever its PROXY line says": {
    rule: from({ ipBlocks: ["127.0.0.2", "10.0.0.0/8"] }),
    fields: DIRECT_REMOTE_IP,
    chain: ADDRESS_ALONE,
    listener: PROXIED,
    hits: [{ from: "127.0.0.2", ...proxy("9.9.9.9", "10.0.0.2", 80) }],
    misses: [proxy("10.0.0.1", "10.0.0.2", 80)],
  },
  notIpBlocks: {
    rule: from({ notIpBlocks: ["127.0.0.2"] }),
    fields: DIRECT_REMOTE_IP,
    chain: ADDRESS_ALONE,
    hits: [{}],
    misses: [{ from: "127.0.0.2" }],
  },
  "source.ip": {
    rule: when("source.ip", { values: ["127.0.0.0/30"], notValues: ["127.0.0.2"] }),
    fields: DIRECT_REMOTE_IP,
    chain: ADDRESS_ALONE,
    hits: [{}, { from: "127.0.0.3" }],
    misses: [{ from: "127.0.0.2" }, { from: "127.0.0.4" }],
  },
  "ipBlocks where no filter wrote the address": {
    rule: from({ ipBlocks: ["0.0.0.0/0"] }),
    fields: DIRECT_REMOTE_IP,
    hits: [],
    misses: [],
    unsure: [{}, forwarded("10.1.2.3")],
  },
  "destination.ip": {
    rule: when("destination.ip", { values: ["10.9.0.0/16", "2001:db8::1"], notValues: ["10.9.9.9"] }),
    listener: PROXIED,
    hits: [proxy("1.2.3.4", "10.9.1.1", 80), proxy("::1", "2001:db8::1", 80)],
    misses: [proxy("10.9.1.1", "1.2.3.4", 80), proxy("1.2.3.4", "10.9.9.9", 80), proxy("::1", "2001:db8::2", 80)],
  },
  "destination.ip, of a connection as it is": {
    rule: when("destination.ip", { values: ["127.0.0.1"] }),
    hits: [{}, { from: "127.0.0.2", forwardedFor: "9.9.9.9" }],
    misses: [],
  },
  "destination.port": {
    rule: when("destination.port", { values: ["80", "08080"] }),
    listener: PROXIED,
    hits: [proxy("1.2.3.4", "5.6.7.8", 80), proxy("1.2.3.4", "5.6.7.8", 8080)],
    misses: [proxy("1.2.3.4", "5.6.7.8", 8)],
  },
  ports: {
    rule: { to: [{ operation: { ports: ["80", "65535"] } }] },
    listener: PROXIED,
    hits: [proxy("1.2.3.4", "5.6.7.8", 80), proxy("1.2.3.4", "5.6.7.8", 65535)],
    misses: [proxy("1.2.3.4", "5.6.7.8", 8080), proxy("1.2.3.4", "5.6.7.8", 0)],
  },
  notPorts: {
    rule: { to: [{ operation: { notPorts: ["80"] } }] },
    listener: PROXIED,
    hits: [proxy("1.2.3.4", "5.6.7.8", 8080)],
    misses: [proxy("1.2.3.4", "5.6.7.8", 80)],
  },
};

let rules: Rules;

before(async () => (rules = await Rules.start(CASES)));
after(async () => await rules?.stop());

async function send(port: number, { from = "127.0.0.1", proxy, forwardedFor }: Connection): Promise<Answer> {
  const socket = connect({ host: "127.0.0.1", port, localAddress: from });
  await once(socket, "connect");
  if (proxy !== undefined) socket.write(`${proxy}\r\n`);
  const connection = Http1.over(socket);
  const answer = await connection.request({
    headers: forwardedFor === undefined ? [] : [["x-forwarded-for", forwardedFor]],
  });
  connection.close();
  return answer;
}

for (const [name, one] of Object.entries(CASES)) test(name, async () => await rules.verify(name, one, send));
