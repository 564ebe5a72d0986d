/**
 * Two listeners of a real Envoy have plugins with the same name, root id and module, and another configuration: two roots in one VM. Only
 * `proxy_on_context_create` says to which of them a stream belongs, so a filter cannot do without that callback: nothing that a stream can
 * ask differs. The probe of the emulator's tests asks.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { compileProbe } from "../../emulator/test/compile.ts";
import { answer, Envoy, Http1, inlineWasm, listener, type JsonObject } from "../support/envoy/index.ts";

const PLUGIN_CONFIGURATION = 7;
const ASKED = [
  ...["getprop plugin_name", "getprop plugin_root_id", "getprop plugin_vm_id"],
  `buffer ${PLUGIN_CONFIGURATION} 0 1000`,
];
const LISTENERS = ["first", "second"];
const PLUGIN = "twin";
const ROUNDS = 4;

let envoy: Envoy;

before(async () => {
  const code = { local: { inline_bytes: Buffer.from(compileProbe()).toString("base64") } };
  const probe = (name: string): JsonObject => {
    const lines = [...ASKED, `add 0 x-root ${name}`].map((line) => `request ${line}`);
    return inlineWasm(PLUGIN, { module: "probe", configuration: lines.join("\n"), vm: { vm_id: PLUGIN, code } });
  };
  const authz = (name: string): JsonObject => {
    const rules = [{ to: [{ operation: { paths: [`/${name}`] } }] }];
    const policies = [{ name: "by-path", namespace: "default", rules }];
    return inlineWasm("authz", { module: "authz", configuration: { policies } });
  };
  const routes = [answer("ok")];
  envoy = await Envoy.start({
    listeners: LISTENERS.flatMap((name) => [
      listener(`probe-${name}`, { routes, filters: [probe(name)] }),
      listener(`authz-${name}`, { routes, filters: [authz(name)] }),
    ]),
    metadata: { NAMESPACE: "default" },
    concurrency: 1,
    logLevels: "wasm:info",
  });
});
after(async () => await envoy?.stop());

test("nothing that a stream can ask tells its root from another of the same name", async () => {
  const told: string[][] = [];
  for (const name of LISTENERS) {
    const from = envoy.log().length;
    const connection = await Http1.connect(envoy.port(`probe-${name}`));
    await connection.request({});
    connection.close();
    // The line of its own script shows that it is another root that was asked.
    await envoy.logged(`add 0 x-root ${name} => 0`, from);
    const lines = envoy.log().slice(from).split("\n");
    told.push(ASKED.map((asked) => lines.find((line) => line.includes(`${asked} =>`))!.replace(/.* => /, "")));
  }
  assert.deepEqual(told[0]!.slice(0, -1), [`0 ${PLUGIN}`, `0 ${PLUGIN}`, `0 ${PLUGIN}`]);
  assert.match(told[0]!.at(-1)!, /^[1-9]/, "the configuration can be read in proxy_on_configure alone");
  assert.deepEqual(told[0], told[1]);
});

test("each request is judged by the policies of its own listener, also where connections take turns", async () => {
  const connections = await Promise.all(LISTENERS.map((name) => Http1.connect(envoy.port(`authz-${name}`))));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [own, connection] of connections.entries()) {
      for (const [at, name] of LISTENERS.entries()) {
        const { status } = await connection.request({ path: `/${name}` });
        assert.equal(status, at === own ? 200 : 403, `/${name} at ${LISTENERS[own]}`);
      }
    }
  }
  for (const connection of connections) connection.close();
});
