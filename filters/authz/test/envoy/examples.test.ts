/**
 * The examples of the README once more, in a real Envoy: with certificates, plaintext, forwarded addresses, and CEL that
 * Envoy compiles. Only what a request says of the listener's port is left out.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { ConnectionOptions } from "node:tls";
import { parse } from "yaml";
import type { PropertyValue } from "../../../../emulator/index.ts";
import { exampleOf } from "../../../../test/support/module/examples.ts";
import type { ExampleRequest } from "../../../../test/support/module/example-request.ts";
import { Authority, Envoy, answer, fetchOnce, inlineWasm, lua, typed } from "../../../../test/support/envoy/index.ts";
import type { Answer, HeaderLine, JsonObject, Listener } from "../../../../test/support/envoy/index.ts";
import { PROJECT } from "../../../../tools/project.ts";
import { HOST, METADATA, answered, outcome, type Decision } from "../module/example.ts";

const NAMES = readdirSync(join(PROJECT, "filters/authz/examples"))
  .map((file) => file.replace(/\.yaml$/, ""))
  .filter((name) => name !== "refused");
const COUNTERS = "wasmcustom.";
/** Filter state comes from a header of this name with the key behind it, claims from one with their place among all. */
const STATE_HEADER = "x-test-state-";
const CLAIMS_HEADER = "x-test-claims";

let authority: Authority;
let envoy: Envoy;
let requests = 0;

before(async () => {
  authority = await Authority.create();
  const certificate = await authority.issue({ uris: ["spiffe://cluster.local/ns/default/sa/httpbin"] });
  const tls = { certificate, clientAuthority: authority.certificate };
  const listeners = NAMES.map((name): Listener => {
    const filters = [...filtersBefore(decisionsOf(name)), inlineWasm(name, pluginOf(name))];
    const chain = { filters, routes: [answer("ok")], accessLog: "%RESPONSE_CODE_DETAILS%" };
    return { name, chains: [{ ...chain, tls, match: { transport_protocol: "tls" } }, chain] };
  });
  envoy = await Envoy.start({ listeners, metadata: METADATA });
});
after(async () => await envoy?.stop());

for (const name of NAMES) {
  test(`Envoy decides as examples/${name}.yaml says`, async () => {
    for (const [place, decision] of decisionsOf(name).entries()) {
      if (decision.request.port !== undefined) continue;
      const { logs: _logs, ...expected } = decision;
      assert.deepEqual(await decide(name, place, decision), expected);
    }
  });
}

function decisionsOf(name: string): Decision[] {
  return parse(exampleOf("authz", name)[1]) as Decision[];
}

function pluginOf(name: string): { module: string; configuration: JsonObject } {
  return { module: "authz", configuration: parse(exampleOf("authz", name)[0]) as JsonObject };
}

async function decide(name: string, place: number, { request, answers }: Decision): Promise<Decision> {
  const before = await counters();
  const reply = await send(name, place, request);
  const details = (await envoy.accessLog(++requests))[requests - 1];
  const names = [...(await counters())].filter(([name, count]) => count !== before.get(name)).map(([name]) => name);
  const headers = new Map([...reply.headers, [":status", `${reply.status}`]]);
  const ownDetails = details === "direct_response" ? undefined : details;
  return { request, ...outcome(names, ownDetails), ...answered(headers, answers) };
}

async function counters(): Promise<Map<string, string>> {
  const stats = [...(await envoy.admin.stats())].filter(([name]) => name.startsWith(COUNTERS));
  return new Map(stats.map(([name, count]) => [name.slice(COUNTERS.length), count]));
}

async function send(name: string, place: number, request: ExampleRequest): Promise<Answer> {
  const { host = HOST, method = "GET", path = "/", headers = {}, claims, remoteIp, filterState = {} } = request;
  const lines: HeaderLine[] = [["host", host]];
  for (const [header, values] of Object.entries(headers)) {
    for (const value of [values].flat()) lines.push([header, value]);
  }
  for (const [key, value] of Object.entries(filterState)) lines.push([STATE_HEADER + key, value]);
  if (claims !== undefined) lines.push([CLAIMS_HEADER, `${place}`]);
  if (remoteIp !== undefined) lines.push(["x-forwarded-for", remoteIp.replace(/[[\]]/g, "")]);
  return await fetchOnce(envoy.port(name), { method, path, headers: lines }, await clientOf(request));
}

async function clientOf({ peer }: ExampleRequest): Promise<ConnectionOptions | undefined> {
  if (peer === undefined) return undefined;
  const { certificate, key } = await authority.issue({ uris: [peer] });
  return { cert: certificate, key };
}

/** The filters that give the requests of an example what jwt_authn and others would have given them. */
function filtersBefore(decisions: readonly Decision[]): JsonObject[] {
  const keys = new Set(decisions.flatMap(({ request }) => Object.keys(request.filterState ?? {})));
  const claims = decisions.map(({ request }, place) => `["${place}"] = ${luaOf(request.claims ?? {})}`);
  const script = `
    local claims = {${claims.join(", ")}}
    function envoy_on_request(handle)
      local place = handle:headers():get("${CLAIMS_HEADER}")
      if place == nil then return end
      handle:streamInfo():dynamicMetadata():set("envoy.filters.http.jwt_authn", "payload", claims[place])
    end`;
  return [...[...keys].map(stateFromHeader), lua(script)];
}

function stateFromHeader(key: string): JsonObject {
  const format = { omit_empty_values: true, text_format_source: { inline_string: `%REQ(${STATE_HEADER}${key})%` } };
  const state = { object_key: key, factory_key: "envoy.string", skip_if_empty: true, format_string: format };
  const config = typed("envoy.extensions.filters.http.set_filter_state.v3.Config", { on_request_headers: [state] });
  return { name: "envoy.filters.http.set_filter_state", typed_config: config };
}

/** A value of a claim as Lua writes it. */
function luaOf(value: PropertyValue): string {
  if (Array.isArray(value)) return `{${value.map(luaOf).join(", ")}}`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([name, item]) => `[${JSON.stringify(name)}] = ${luaOf(item as PropertyValue)}`,
  );
  return `{${entries.join(", ")}}`;
}
