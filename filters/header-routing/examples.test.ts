/**
 * The examples of the README: each file of examples/ is a pluginConfig and, behind `---`, what the filter makes of some
 * requests, written by hand. The README shows both parts to the letter, and the compiled filter does as they say.
 */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { Emulator, struct, type PropertyValue, type Root } from "../../emulator/index.ts";

interface Request {
  /** `reviews`, `GET` and `/` where not given. */
  host?: string;
  method?: string;
  path?: string;
  /** A list is a header that is repeated. */
  headers?: Record<string, string | string[]>;
  /** The URI in the certificate of the verified peer. */
  peer?: string;
  /** Claims of a token that jwt_authn verified. */
  claims?: Record<string, PropertyValue>;
}

/** Header by header: the value, the values of a repeated one, or `absent`. */
type Headers = Record<string, string | string[]>;

interface Decision {
  request: Request;
  /** The name of the route that is counted, or `none`. */
  route: string;
  /** Headers of the request that goes on. */
  sends?: Headers;
  /** Headers of the response that comes back. */
  answers?: Headers;
}

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const README = readFileSync(file("README.md"), "utf8");
const MODULE = readFileSync(file("../../build/header-routing.wasm"));
const NAMES = readdirSync(file("examples")).map((name) => name.replace(/\.yaml$/, ""));
const BAD = "refused";

/** The two parts of an example: its configuration, and what is expected of it. */
function partsOf(name: string): [string, string] {
  const [configuration, expected, ...others] = readFileSync(file(`examples/${name}.yaml`), "utf8").split(/^---\n/m);
  assert.ok(configuration && expected && others.length === 0, `examples/${name}.yaml has two parts`);
  return [configuration, expected];
}

/** The plugin with that configuration, in a proxy of the namespace default. */
function configured(emulator: Emulator, configuration: string): Root {
  const root = { rootId: "header-routing", configuration: JSON.stringify(parse(configuration)) };
  return emulator.loadSync(MODULE).createRoot({ ...root, node: { metadata: { NAMESPACE: "default" } } });
}

/** What the filter makes of one request, said as the example says it. */
function decide(root: Root, emulator: Emulator, { request, sends = {}, answers = {} }: Decision): Decision {
  const before = counts(emulator);
  const stream = root.stream({ requestHeaders: headersOf(request), properties: propertiesOf(request) });
  const sent = stream.requestHeaders().headers;
  const answered = stream.responseHeaders({ ":status": "200", server: "upstream" }).headers;
  stream.end();
  const counted = [...counts(emulator)].filter(([name, count]) => count !== before.get(name)).map(([name]) => name);
  const route = counted.map((name) => /^header_routing\.route\.(.*)\.matched$/.exec(name)?.[1] ?? "none").join();
  return { request, route, sends: shown(sent, sends), answers: shown(answered, answers) };
}

function counts(emulator: Emulator): Map<string, bigint> {
  return new Map(emulator.metrics.counters);
}

function headersOf({ host = "reviews", method = "GET", path = "/", headers = {} }: Request): Headers {
  return { ":method": method, ":scheme": "http", ":authority": host, ":path": path, ...headers };
}

function propertiesOf({ peer, claims }: Request): Record<string, PropertyValue> {
  return {
    ...(peer !== undefined && { connection: { mtls: true, uri_san_peer_certificate: peer } }),
    ...(claims !== undefined && {
      metadata: { filter_metadata: { "envoy.filters.http.jwt_authn": struct({ payload: claims }) } },
    }),
  };
}

/** Those of the headers that the example names. */
function shown(pairs: readonly (readonly [string, string])[], named: Headers): Headers {
  return Object.fromEntries(
    Object.keys(named).map((name) => {
      const values = pairs.filter(([key]) => key === name).map(([, value]) => value);
      return [name, values.length > 1 ? values : (values[0] ?? "absent")];
    }),
  );
}

for (const name of NAMES) {
  test(`the README shows examples/${name}.yaml as it is`, () => {
    for (const part of partsOf(name)) {
      assert.ok(README.includes(`\`\`\`yaml\n${part}\`\`\`\n`), `not in the README:\n${part}`);
    }
  });
}

for (const name of NAMES.filter((one) => one !== BAD)) {
  test(`the filter decides as examples/${name}.yaml says`, () => {
    const [configuration, expected] = partsOf(name);
    const emulator = new Emulator();
    const root = configured(emulator, configuration);
    assert.deepEqual(emulator.logs, []);
    for (const decision of parse(expected) as Decision[]) {
      assert.deepEqual(decide(root, emulator, decision), { sends: {}, answers: {}, ...decision });
    }
  });
}

test(`the filter refuses examples/${BAD}.yaml with these lines`, () => {
  const [configuration, expected] = partsOf(BAD);
  const emulator = new Emulator();
  assert.equal(configured(emulator, configuration).accepted, false);
  assert.deepEqual(
    emulator.logs.map(({ message }) => message),
    parse(expected),
  );
});

test("the manifest carries the first example, and the project's README shows the manifest as it is", () => {
  const manifest = readFileSync(file("wasmplugin.yaml"), "utf8");
  assert.ok(readFileSync(file("../../README.md"), "utf8").includes(`\`\`\`yaml\n${manifest}\`\`\`\n`));
  const plugin = parse(manifest.split(/^---\n/m)[0] ?? "") as { spec: { pluginConfig: unknown } };
  assert.deepEqual(plugin.spec.pluginConfig, parse(partsOf("jason")[0]));
});
