/**
 * Path templates against Envoy's own `uri_template` matcher, which istiod makes of them: Envoy must take those that we
 * take, and match the same paths. `URI_TEMPLATES` sets how many are tried, `SEED` which.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { typed, type JsonObject } from "../../../envoy/json.ts";
import { asc } from "../../../tools/asc.ts";
import { Random, seedOfRun } from "../random.ts";
import { Envoy, statusesOf } from "../regex/envoy.ts";
import { generatePath, generateTemplate } from "./generate.ts";

const TEMPLATES = Number(process.env["URI_TEMPLATES"] || 400);
const PATHS = 12;
const SHOWN = 20;

/** The reason of `pathProblem` that is Envoy's and not Istio's. */
const ENVOYS_REASON = "a path template must start with one slash";

interface Module {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  input(): number;
  problem(length: number): number;
  matches(length: number): number;
  prefixOf(length: number): number;
}

const seed = seedOfRun();
const random = new Random(seed);
const folder = mkdtempSync(join(tmpdir(), "uri-template-oracle-"));
const generated = Array.from({ length: TEMPLATES }, () => generateTemplate(random));
let ours: Module;

before(async () => {
  console.log(`SEED=${seed} URI_TEMPLATES=${TEMPLATES}`);
  const file = join(folder, "module.wasm");
  await asc(["test/oracle/uri-template/assembly/harness.ts"], "release", ["--outFile", file]);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {});
  ours = exports as unknown as Module;
  ours._initialize();
});
after(() => rmSync(folder, { recursive: true }));

/** As istiod writes it (`pilot/pkg/security/authz/matcher: sanitizePathTemplate`). */
function forEnvoy(template: string): string {
  return template.replaceAll("{*}", "*").replaceAll("{**}", "**");
}

function write(text: string, encoding: "utf8" | "latin1"): number {
  const bytes = Buffer.from(text, encoding);
  new Uint8Array(ours.memory.buffer, ours.input(), bytes.length).set(bytes);
  return bytes.length;
}

/** What we say is wrong with a template, which is compiled where nothing is. */
function problem(template: string): string | undefined {
  const at = ours.problem(write(template, "utf8"));
  const length = at === 0 ? 0 : new DataView(ours.memory.buffer).getUint32(at, true);
  return at === 0 ? undefined : Buffer.from(ours.memory.buffer, at + 4, length).toString();
}

/** Replaces the path by the header `x`, where it stands in hexadecimal, so that no codec has a say in its bytes. */
const DECODE = `function envoy_on_request(handle)
  local path = string.gsub(handle:headers():get("x"), "..", function(d) return string.char(tonumber(d, 16)) end)
  handle:headers():replace(":path", path)
  handle:clearRouteCache()
end`;

/** A listener whose virtual host `<number>` answers 200 where that template matches, else 404. */
function listener(name: string, templates: readonly string[]): JsonObject {
  const hosts = templates.map((template, index) => {
    const config = typed("envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig", {
      path_template: forEnvoy(template),
    });
    const policy = { name: "envoy.path.match.uri_template.uri_template_matcher", typed_config: config };
    const routes = [
      { match: { path_match_policy: policy }, direct_response: { status: 200 } },
      { match: { prefix: "" }, direct_response: { status: 404 } },
    ];
    return { name: `${index}`, domains: [`${index}`], routes };
  });
  const lua = typed("envoy.extensions.filters.http.lua.v3.Lua", { default_source_code: { inline_string: DECODE } });
  const router = typed("envoy.extensions.filters.http.router.v3.Router");
  const manager = typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
    stat_prefix: name,
    route_config: { name, virtual_hosts: hosts },
    http_filters: [
      { name: "lua", typed_config: lua },
      { name: "router", typed_config: router },
    ],
  });
  const address = { socket_address: { address: "127.0.0.1", port_value: 0 } };
  return { name, address, filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }] };
}

const ADMIN = { address: { socket_address: { address: "127.0.0.1", port_value: 0 } } };

test("Envoy takes each template that we take, and none that we refuse because Envoy would", async () => {
  const file = join(folder, "listeners.json");
  const asked = [...new Set(generated)].filter((template) =>
    (problem(template) ?? ENVOYS_REASON).startsWith(ENVOYS_REASON),
  );
  const resources = asked.map((template, index) => {
    // Nothing listens there, but no two listeners may have the same address.
    const address = { socket_address: { address: `127.1.${index >> 8}.${index & 255}`, port_value: 9 } };
    const fields = { ...listener(`${index}`, [template]), address, bind_to_port: false };
    return typed("envoy.config.listener.v3.Listener", fields);
  });
  writeFileSync(file, JSON.stringify({ version_info: "1", resources }));
  const dynamic_resources = { lds_config: { path_config_source: { path: file } } };
  const node = { id: "templates", cluster: "templates" };
  const envoy = await Envoy.start({ node, admin: ADMIN, dynamic_resources }, folder, "validity");
  try {
    type Dump = { configs?: { name?: string; error_state?: object }[] };
    const { configs = [] } = (await envoy.admin("/config_dump?resource=dynamic_listeners")) as Dump;
    const refused = new Set(configs.flatMap(({ name, error_state }) => (error_state === undefined ? [] : [name])));
    const disagreements = asked.filter(
      (template, index) => refused.has(`${index}`) !== (problem(template) !== undefined),
    );
    console.log(`Envoy takes ${asked.length - refused.size} of ${asked.length} templates`);
    assert.deepEqual(disagreements.slice(0, SHOWN), [], `SEED=${seed}`);
    assert.ok(refused.size > 0 && refused.size < asked.length);
  } finally {
    await envoy.stop();
  }
});

test("Envoy matches the same paths", async () => {
  const templates = generated.filter((template) => problem(template) === undefined);
  const pairs = templates.flatMap((template, index) =>
    Array.from({ length: PATHS }, () => ({ template, index, path: generatePath(random, template) })),
  );
  const envoy = await Envoy.start(
    { admin: ADMIN, static_resources: { listeners: [listener("all", templates)] } },
    folder,
    "matches",
  );
  try {
    const requests = pairs.map(({ index, path }) => {
      return { ":authority": `${index}`, x: Buffer.from(path, "latin1").toString("hex") };
    });
    const statuses = await statusesOf(await envoy.port("all"), requests);
    assert.ok(statuses.every((status) => status === 200 || status === 404));
    const disagreements = pairs.filter(({ template, path }, index) => {
      problem(template);
      const matched = ours.matches(write(path, "latin1")) !== 0;
      const prefixed = !matched || ours.prefixOf(write(path, "latin1")) >= 0;
      return matched !== (statuses[index] === 200) || !prefixed;
    });
    console.log(`${statuses.filter((status) => status === 200).length} of ${pairs.length} paths match`);
    assert.deepEqual(disagreements.slice(0, SHOWN), [], `SEED=${seed}`);
  } finally {
    await envoy.stop();
  }
});
