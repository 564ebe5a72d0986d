/** What becomes of requests where `capability_restriction_config` leaves out a capability that the filter uses. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readModuleTypes } from "../../../../emulator/index.ts";
import { PROJECT } from "../../../../tools/project.ts";
import { moduleOf } from "../../../../test/support/module/sections.ts";
import {
  detailsOf,
  FeatureListeners,
  Http1,
  SHOWS_DETAILS,
  until,
  type Feature,
  type HeaderLine,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";

const { imports, exports } = readModuleTypes(readFileSync(join(PROJECT, `build/${moduleOf("authz")}.wasm`)));
/** What the module calls and what it is called by. */
const CAPABILITIES = [...[...imports.keys()].map((name) => name.slice(name.indexOf(".") + 1)), ...exports.keys()];

const rule = (action: string, fields: JsonObject): JsonObject => ({
  policies: [{ name: "p", action, rules: [fields] }],
});
const user = (value: string): JsonObject => ({ when: [{ key: "request.headers[x-user]", values: [value] }] });
const MALLORY: readonly HeaderLine[] = [["x-user", "mallory"]];

/** One that asks for everything that counts and logs, beside its verdict. */
const TELLING: JsonObject = {
  ...rule("DENY", user("mallory")),
  decisionLog: { denied: { percentage: { value: 50 } }, allowed: { percentage: { value: 50 } } },
};

/** A configuration without a capability, in a VM of its own: the first plugin of a VM says what all of it may. */
function without(capability: string, configuration: JsonObject): Feature {
  const names = CAPABILITIES.filter((name) => name !== capability);
  assert.notEqual(names.length, CAPABILITIES.length, `the module does not use ${capability}`);
  const allowed_capabilities = Object.fromEntries(names.map((name) => [name, {}]));
  return {
    configuration,
    chain: { manager: SHOWS_DETAILS },
    plugin: { capability_restriction_config: { allowed_capabilities } },
    vm: { vm_id: `${capability} ${JSON.stringify(configuration)}` },
  };
}

interface Case {
  capability: string;
  /** Configurations by what they ask for. */
  configurations: Readonly<Record<string, JsonObject>>;
  /** Why mallory's request is refused. */
  refusal: string;
}

const RULE = "rbac_access_denied_matched_policy[ns[default]-policy[p]-rule[0]]";

const CASES: readonly Case[] = [
  {
    capability: "proxy_get_header_map_pairs",
    configurations: {
      "a header to deny": rule("DENY", user("x")),
      "no header to allow": rule("ALLOW", { when: [{ key: "request.headers[x-user]", notValues: ["x"] }] }),
      "a path to deny": rule("DENY", { to: [{ operation: { paths: ["/x"] } }] }),
      "a method not to allow": rule("ALLOW", { to: [{ operation: { notMethods: ["PUT"] } }] }),
    },
    refusal: "authz_unsure",
  },
  ...["proxy_on_configure", "proxy_on_context_create"].map((capability) => ({
    capability,
    configurations: { "nothing at all": { policies: [] } },
    refusal: "authz_not_configured",
  })),
  ...[
    "proxy_define_metric",
    "proxy_increment_metric",
    "proxy_log",
    "proxy_get_log_level",
    "proxy_get_current_time_nanoseconds",
    "random_get",
  ].map((capability) => ({ capability, configurations: { "counters and logs": TELLING }, refusal: RULE })),
];

const NAMED = CASES.flatMap(({ capability, configurations, refusal }) =>
  Object.entries(configurations).map(([what, configuration]) => ({
    name: `without ${capability}, asked for ${what}`,
    feature: without(capability, configuration),
    refusal,
  })),
);
const UNANSWERED = "without proxy_send_local_response";
const UNASKED = "without proxy_on_request_headers";

let listeners: FeatureListeners;

before(async () => {
  listeners = await FeatureListeners.start(
    "authz",
    {
      ...Object.fromEntries(NAMED.map(({ name, feature }) => [name, feature])),
      [UNANSWERED]: without("proxy_send_local_response", rule("DENY", user("mallory"))),
      [UNASKED]: without("proxy_on_request_headers", rule("DENY", {})),
    },
    { concurrency: 1, logLevels: "wasm:info" },
  );
});
after(async () => await listeners?.stop());

for (const { name, refusal } of NAMED) {
  test(`${name}: refused`, async () => {
    const answer = await listeners.send(name, { headers: MALLORY });
    assert.equal(`${answer.status} ${detailsOf(answer)}`, `403 ${refusal}`);
  });
}

/** What the host says no to while the filter is configured, and what the filter makes of it. */
const REFUSED = [
  ["proxy_get_buffer_bytes", { policies: [] }, /cannot read pluginConfig from Envoy/],
  ["proxy_get_property", { policies: [] }, /cannot read xds.node.id/],
  [
    "proxy_call_foreign_function",
    rule("DENY", { when: [{ expression: "false" }] }),
    /expression: Envoy cannot compile this CEL expression/,
  ],
] as const;

for (const [capability, configuration, complaint] of REFUSED) {
  test(`without ${capability} the configuration is refused`, async () => {
    const start = FeatureListeners.start("authz", { refused: without(capability, configuration) });
    await assert.rejects(start, complaint);
  });
}

test(`${UNANSWERED} what is refused gets no answer, and does not go on`, async () => {
  const { envoy } = listeners;
  const [forwarded, denied] = ["cluster.upstream.upstream_rq_total", "wasmcustom.authz.denied"];
  const before = { forwarded: await envoy.stat(forwarded), denied: await envoy.stat(denied) };
  const connection = await Http1.connect(envoy.port(UNANSWERED));
  connection.send("POST / HTTP/1.1\r\nhost: a\r\nx-user: mallory\r\ncontent-length: 4\r\n\r\nbody");
  await until("the refusal", async () => (await envoy.stat(denied)) === before.denied + 1);
  await envoy.admin.workersCaughtUp();
  assert.equal(await envoy.stat(forwarded), before.forwarded);
  connection.close();

  assert.equal((await listeners.send(UNANSWERED)).status, 200, "another's request");
});

test(`${UNASKED} Envoy does not ask the filter at all: no filter can refuse anything then`, async () => {
  assert.equal((await listeners.send(UNASKED)).status, 200);
});
