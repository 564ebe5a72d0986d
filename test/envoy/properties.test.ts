/**
 * What Envoy answers for the properties that facts are made of (assembly/request), above all where there is nothing to
 * tell: what the host refuses must not look like what is absent. The probe of the emulator's tests asks.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { compileProbe } from "../../emulator/test/compile.ts";
import {
  Authority,
  Envoy,
  Http1,
  answer,
  filterState,
  inlineWasm,
  listener,
  typed,
  type HeaderLine,
  type HttpChain,
  type JsonObject,
} from "../support/envoy/index.ts";

/** `%` stands between the segments of a path. */
const SAN = "connection%uri_san_peer_certificate";
const MTLS = "connection%mtls";
const SNI = "connection%requested_server_name";
const SOURCE = "source%address";
const DESTINATION = "destination%address";
const DIRECTION = "xds%listener_direction";
const METADATA = "metadata";
const PEER_PRINCIPAL = "filter_state%io.istio.peer_principal";
const PEER = "filter_state%com.example.peer";
const PEER_ALONE = "filter_state%com.example.peer_alone";
const ASKED = [SAN, MTLS, SNI, SOURCE, DESTINATION, DIRECTION, METADATA, PEER_PRINCIPAL, PEER, PEER_ALONE];

/** Statuses, and what the probe shows of a value behind one. */
const NOT_FOUND = "1";
const INTERNAL_FAILURE = "10";
const NO_BYTES = "0 (null)";
const FALSE = "0 \\00";
const TRUE = "0 \\01";
const ZERO = "0 \\00\\00\\00\\00\\00\\00\\00\\00";

const SLEEP = "spiffe://cluster.local/ns/default/sa/sleep";

let envoy: Envoy;
let authority: Authority;

before(async () => {
  authority = await Authority.create();
  const server = await authority.issue({ uris: ["spiffe://cluster.local/ns/default/sa/reviews"] });
  const tls = { certificate: server, clientAuthority: authority.certificate, clientCertificateRequired: false };
  const code = { local: { inline_bytes: Buffer.from(compileProbe()).toString("base64") } };
  const probe = (name: string, plugin: JsonObject = {}): JsonObject => {
    const lines = ASKED.map((asked) => `request getprop ${asked}`);
    const configuration = [...lines, "request level"].join("\n");
    return inlineWasm(name, { module: "probe", configuration, plugin, vm: { vm_id: name, code } });
  };
  const chain = (name: string, fields: HttpChain): ReturnType<typeof listener> =>
    listener(name, { routes: [answer("ok")], filters: [probe(name)], ...fields });
  const inspector = typed("envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector");
  const restricted = probe("restricted", {
    capability_restriction_config: { allowed_capabilities: withoutProperties() },
  });
  envoy = await Envoy.start({
    listeners: [
      chain("plain", {}),
      chain("uninspected", { tls }),
      { ...chain("tls", { tls }), listener: { listener_filters: [{ name: "inspector", typed_config: inspector }] } },
      chain("state", { tls, filters: [STATE, probe("state")] }),
      chain("restricted", { filters: [restricted] }),
    ],
    logLevels: "wasm:info",
  });
});
after(async () => await envoy?.stop());

/** What istiod's listener of a waypoint does, and what puts the direct peer's address where a filter can read it. */
const STATE = filterState({
  "io.istio.peer_principal": "%DOWNSTREAM_PEER_URI_SAN%",
  "com.example.peer": "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%",
  "com.example.peer_alone": "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%",
});

/** Every capability that the probe needs but one. */
function withoutProperties(): JsonObject {
  const names = ["proxy_log", "proxy_get_buffer_bytes", "proxy_on_vm_start", "proxy_on_configure", "_initialize"];
  const stream = [
    "proxy_on_context_create",
    "proxy_on_request_headers",
    "proxy_on_log",
    "proxy_on_done",
    "proxy_on_delete",
  ];
  return Object.fromEntries([...names, ...stream].map((name) => [name, {}]));
}

/** What the probe was given for each property, the client's certificate having these names; none without `names`. */
async function given(
  name: string,
  names?: { uris?: string[]; commonName?: string },
  headers: HeaderLine[] = [],
): Promise<Record<string, string>> {
  const from = envoy.log().length;
  const client = names === undefined ? undefined : await authority.issue(names);
  const identity = client === undefined ? {} : { cert: client.certificate, key: client.key };
  const isPlain = name === "plain" || name === "restricted";
  const tls = isPlain ? undefined : { servername: "my.example", ...identity };
  const connection = await Http1.connect(envoy.port(name), tls);
  assert.equal((await connection.request({ headers })).status, 200);
  connection.close();
  await envoy.logged("level => ", from);
  const lines = [
    ...envoy
      .log()
      .slice(from)
      .matchAll(/getprop (\S+) => (.*)/g),
  ];
  return Object.fromEntries(lines.map(([, asked = "", value = ""]) => [asked, value]));
}

test("a plaintext connection has addresses, no identity, no server name and no metadata", async () => {
  const seen = await given("plain");
  assert.match(seen[SOURCE]!, /^0 127\.0\.0\.1:\d+$/);
  assert.equal(seen[DESTINATION], `0 127.0.0.1:${envoy.port("plain")}`);
  const absent = { [SAN]: NOT_FOUND, [MTLS]: FALSE, [SNI]: NO_BYTES, [METADATA]: NO_BYTES, [DIRECTION]: ZERO };
  const states = { [PEER_PRINCIPAL]: NOT_FOUND, [PEER]: NOT_FOUND, [PEER_ALONE]: NOT_FOUND };
  assert.deepEqual(
    { ...seen, [SOURCE]: "", [DESTINATION]: "" },
    { ...absent, ...states, [SOURCE]: "", [DESTINATION]: "" },
  );
});

test("source.address is x-forwarded-for's last where the listener goes by it, in any form of an address", async () => {
  const source = async (value: string): Promise<string | undefined> =>
    (await given("plain", undefined, [["x-forwarded-for", value]]))[SOURCE];
  assert.equal(await source("9.9.9.9, 10.0.0.7"), "0 10.0.0.7:0");
  assert.equal(await source("2001:db8::1"), "0 [2001:db8::1]:0");
  assert.equal(await source("::ffff:1.2.3.4"), "0 [::ffff:1.2.3.4]:0");
  assert.equal(await source("fe80::1%1"), "0 [fe80::1%1]:0");
});

test("mtls is of a client with a certificate, and the URI SAN is its first", async () => {
  const identity = async (uris?: string[]): Promise<(string | undefined)[]> => {
    const seen = await given("tls", uris === undefined ? undefined : { uris, commonName: "client" });
    return [seen[MTLS], seen[SAN]];
  };
  assert.deepEqual(await identity(), [FALSE, NOT_FOUND]);
  assert.deepEqual(await identity([]), [TRUE, NOT_FOUND]);
  assert.deepEqual(await identity([SLEEP]), [TRUE, `0 ${SLEEP}`]);
  assert.deepEqual(await identity(["https://example.com", SLEEP]), [TRUE, "0 https://example.com"]);
});

test("the server name is known where the listener looks for it", async () => {
  assert.equal((await given("tls"))[SNI], "0 my.example");
  assert.equal((await given("uninspected"))[SNI], NO_BYTES);
});

test("filter state of strings is read as it was set", async () => {
  const seen = await given("state", { uris: [SLEEP] });
  assert.equal(seen[PEER_PRINCIPAL], `0 ${SLEEP}`);
  assert.equal(seen[PEER], seen[SOURCE]);
  assert.equal(seen[PEER_ALONE], "0 127.0.0.1");
  const two = await given("state", { uris: [SLEEP, "spiffe://a/b"] });
  assert.equal(two[PEER_PRINCIPAL], `0 ${SLEEP},spiffe://a/b`);
  assert.equal((await given("state"))[PEER_PRINCIPAL], "0 -", "Envoy's word for none");
});

test("every property is refused where the capability is not allowed", async () => {
  assert.deepEqual(await given("restricted"), Object.fromEntries(ASKED.map((asked) => [asked, INTERNAL_FAILURE])));
});
