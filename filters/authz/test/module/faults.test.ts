/** What the host does not do, or not say: never a trap, and never a request let through that was not decided about. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Status, statusName, struct, type EmulatorOptions, type PropertyValue } from "../../../../emulator/index.ts";
import { AUTHZ } from "./compiled.ts";
import { addExpressions } from "./plain/expressions.ts";

const STATUSES = Object.values(Status).filter((status) => status !== Status.Ok);
const SLEEP = "cluster.local/ns/default/sa/sleep";
const HEADERS = { ":authority": "httpbin", ":path": "/", ":method": "GET", "x-user": "jason" };
const NODE = { id: "sidecar~1", metadata: { NAMESPACE: "default", LABELS: { app: "httpbin" } } };
const PROPERTIES: { readonly [name: string]: PropertyValue } = {
  connection: { mtls: true, uri_san_peer_certificate: `spiffe://${SLEEP}`, requested_server_name: "httpbin.example" },
  source: { address: "10.1.2.3:5000" },
  destination: { address: "10.9.9.9:8080", port: 8080 },
  filter_state: { "direct.peer": "10.1.2.3:5000" },
  metadata: {
    filter_metadata: {
      "envoy.filters.http.jwt_authn": struct({ payload: { iss: "issuer", sub: "sub", group: "admin" } }),
      "envoy.filters.http.custom": struct({ group: "admin" }),
    },
  },
};

/** A source of each kind that holds for the request, and what of the host it depends on; where absent, on headers alone. */
const SOURCES: readonly (readonly [source: object, property: string])[] = [
  [{ principals: [SLEEP] }, "connection.uri_san_peer_certificate"],
  [{ namespaces: ["default"] }, "connection.uri_san_peer_certificate"],
  [{ serviceAccounts: ["default/sleep"] }, "connection.uri_san_peer_certificate"],
  [{ trustDomains: ["cluster.local"] }, "connection.uri_san_peer_certificate"],
  [{ requestPrincipals: ["issuer/sub"] }, "metadata"],
  [{ remoteIpBlocks: ["10.0.0.0/8"] }, "source.address"],
  [{ ipBlocks: ["10.1.2.3"] }, "filter_state.direct.peer"],
];
const CONDITIONS: readonly (readonly [condition: object, property: string])[] = [
  [{ key: "request.auth.claims[group]", values: ["admin"] }, "metadata"],
  [{ key: "experimental.envoy.filters.http.custom[group]", values: ["admin"] }, "metadata"],
  [{ key: "connection.sni", values: ["httpbin.example"] }, "connection.requested_server_name"],
  [{ key: "destination.port", values: ["8080"] }, "destination.port"],
  [{ key: "destination.ip", values: ["10.9.9.9"] }, "destination.address"],
];
const RULES: readonly (readonly [rule: object, property: string])[] = [
  ...SOURCES.map(([source, property]) => [{ from: [{ source }] }, property] as const),
  ...CONDITIONS.map(([condition, property]) => [{ when: [condition] }, property] as const),
];

/** What NotFound means: for some facts that a request has none, which is an answer. */
const MAY_BE_ABSENT = [
  "connection.uri_san_peer_certificate",
  "connection.requested_server_name",
  "destination.port",
  "metadata",
];

interface Fault {
  readonly call: string;
  readonly status: number;
  /** The arguments of the calls that fail; all of them where absent. */
  readonly args?: string;
}

/** The details of the reply to the request; empty where it goes on. */
function decide(configuration: object, { call, status, args }: Fault, options: EmulatorOptions = {}): string {
  const { emulator, vm } = AUTHZ.load(options);
  addExpressions(emulator);
  const given = { direction: "INBOUND", directRemoteIp: { filterState: "direct.peer" }, ...configuration };
  const root = AUTHZ.configured(vm, given, { node: NODE });
  emulator.fail(call, status, args === undefined ? {} : { when: (one) => one.args === args });
  const stream = root.stream({ requestHeaders: { ...HEADERS, "x-authz-explain": "1" }, properties: PROPERTIES });
  const { action } = stream.requestHeaders();
  stream.end();
  assert.equal(vm.failed, undefined, `${call} -> ${statusName(status)}`);
  // A request that stops without an answer is not let through either.
  return action === "Continue" ? "" : (stream.localReply?.details ?? "no answer");
}

const policy = (rule: object, action: string): object => ({
  policies: [{ name: "p", namespace: "default", action, rules: [rule] }],
});
const NO_FAULT: Fault = { call: "none", status: Status.Ok };

test("without faults each rule holds for the request", () => {
  for (const [rule] of RULES) {
    assert.equal(decide(policy(rule, "ALLOW"), NO_FAULT), "", JSON.stringify(rule));
    assert.equal(
      decide(policy(rule, "DENY"), NO_FAULT),
      "rbac_access_denied_matched_policy[ns[default]-policy[p]-rule[0]]",
    );
  }
});

for (const [rule, property] of RULES) {
  test(`a property that the host refuses: ${JSON.stringify(rule)}`, () => {
    for (const status of STATUSES) {
      const fault = { call: "proxy_get_property", status, args: property };
      const mayPass = status === Status.NotFound && MAY_BE_ABSENT.includes(property);
      const unsure = status === Status.NotFound && property === "connection.uri_san_peer_certificate";
      // With a certificate whose SAN is not there, nobody is told who the peer is.
      const details = mayPass && !unsure ? "" : "authz_unsure";
      assert.equal(decide(policy(rule, "DENY"), fault), details, statusName(status));
      const denied = details === "" ? "rbac_access_denied_matched_policy[none]" : details;
      assert.equal(decide(policy(rule, "ALLOW"), fault), denied, statusName(status));
    }
  });
}

test("headers that the host does not hand over", () => {
  const rule = { to: [{ operation: { methods: ["GET"] } }] };
  for (const status of STATUSES) {
    for (const call of ["proxy_get_header_map_pairs", "malloc"]) {
      assert.equal(decide(policy(rule, "ALLOW"), { call, status }), "authz_unsure");
      assert.equal(
        decide(policy({ to: [{ operation: { notMethods: ["PUT"] } }] }, "ALLOW"), { call, status }),
        "authz_unsure",
      );
      assert.equal(
        decide(policy({ to: [{ operation: { methods: ["PUT"] } }] }, "DENY"), { call, status }),
        "authz_unsure",
      );
    }
  }
});

test("mTLS that cannot be told is none where it is required", () => {
  const configuration = { ...policy({}, "ALLOW"), requireMtls: true };
  for (const status of STATUSES) {
    const fault = { call: "proxy_get_property", status, args: "connection.mtls" };
    assert.equal(decide(configuration, fault), "authz_mtls_required", statusName(status));
  }
});

test("an expression that is not evaluated holds where it denies, and does not where it allows", () => {
  const rule = { when: [{ expression: "true" }] };
  for (const status of STATUSES) {
    const fault = { call: "proxy_call_foreign_function", status };
    assert.equal(decide(policy(rule, "ALLOW"), fault), "rbac_access_denied_matched_policy[none]");
    const never = { when: [{ expression: "false" }] };
    assert.equal(
      decide(policy(never, "DENY"), fault),
      "rbac_access_denied_matched_policy[ns[default]-policy[p]-rule[0]]",
    );
  }
});

/** Everything that the filter does beside deciding, in one configuration. */
const OBSERVED = {
  explain: { principals: ["cluster.local/ns/default/sa/other"] },
  decisionLog: { allowed: { percentage: { value: 50 } } },
  policies: [
    { name: "p", namespace: "default", rules: [{ to: [{ operation: { methods: ["GET"] } }] }] },
    { name: "a", namespace: "default", action: "AUDIT", rules: [{}] },
    { name: "d", namespace: "default", action: "DENY", dryRun: true, rules: [{}] },
  ],
};

for (const call of ["proxy_increment_metric", "proxy_log", "proxy_get_current_time_nanoseconds", "random_get"]) {
  test(`${call} decides nothing: the request goes on`, () => {
    for (const status of STATUSES) {
      assert.equal(decide(OBSERVED, { call, status }), "");
      assert.equal(decide(OBSERVED, { call, status }, { logLevel: "debug" }), "");
    }
  });
}

test("a reply that the host does not take: the request stops all the same", () => {
  for (const status of STATUSES) {
    const fault = { call: "proxy_send_local_response", status };
    assert.equal(decide(policy({}, "DENY"), fault), "no answer");
    assert.equal(decide({ ...policy({}, "ALLOW"), explain: { principals: [SLEEP] } }, fault), "no answer");
  }
});

test("what only dry runs and AUDIT ask for refuses no request where nothing is enforced", () => {
  const policies = [
    {
      name: "d",
      namespace: "default",
      action: "DENY",
      dryRun: true,
      rules: [{ from: [{ source: { ipBlocks: ["::/0"] } }] }],
    },
    { name: "a", namespace: "default", action: "AUDIT", rules: [{ to: [{ operation: { methods: ["GET"] } }] }] },
  ];
  for (const call of ["proxy_get_property", "proxy_get_header_map_pairs"]) {
    for (const status of STATUSES) assert.equal(decide({ policies }, { call, status }), "");
  }
});

test("what only dry runs and AUDIT ask for refuses nothing that enforced policies let through", () => {
  const blocks = { from: [{ source: { ipBlocks: ["10.0.0.0/8"] } }] };
  const identity = { from: [{ source: { principals: ["*"] } }] };
  const byMethod = { to: [{ operation: { methods: ["GET"] } }] };
  const elsewhere = { ...identity, to: [{ operation: { paths: ["/admin"] } }] };
  const enforced = { name: "p", namespace: "default", rules: [byMethod, elsewhere] };
  const observing = [
    { name: "d", namespace: "default", action: "DENY", dryRun: true },
    { name: "d", namespace: "default", action: "ALLOW", dryRun: true },
    { name: "d", namespace: "default", action: "AUDIT" },
  ];
  for (const observed of observing) {
    for (const rule of [blocks, identity]) {
      const policies = [enforced, { ...observed, rules: [rule] }];
      const withoutPeer = { name: "q", namespace: "default", action: "DENY", rules: [rule] };
      for (const property of ["filter_state.direct.peer", "connection.uri_san_peer_certificate"]) {
        for (const status of STATUSES) {
          const fault = { call: "proxy_get_property", status, args: property };
          assert.equal(decide({ policies }, fault), "", `${JSON.stringify(observed)} ${statusName(status)}`);
          // The same asked for by a policy that is enforced.
          const asked = property.startsWith("filter_state") === (rule === blocks);
          const details = asked ? "authz_unsure" : "rbac_access_denied_matched_policy[ns[default]-policy[q]-rule[0]]";
          assert.equal(decide({ policies: [...policies, withoutPeer] }, fault), details);
        }
      }
    }
  }
});

test("headers that cannot be read refuse a request only where an enforced rule asks for them", () => {
  const byCaller = { from: [{ source: { principals: [SLEEP] } }] };
  const byMethod = { to: [{ operation: { methods: ["PUT"] } }] };
  const byRegex = { when: [{ key: "request.headers[x-user]", notRegex: ["m.*"] }] };
  const enforced = { name: "p", namespace: "default", rules: [byCaller] };
  for (const rule of [byMethod, byRegex, { to: [{ operation: { paths: ["/x"] } }] }]) {
    const watching = { name: "d", namespace: "default", action: "DENY", dryRun: true, rules: [rule] };
    for (const status of STATUSES) {
      const fault = { call: "proxy_get_header_map_pairs", status };
      assert.equal(decide({ policies: [enforced, watching] }, fault), "");
      const denying = { ...watching, name: "q", dryRun: false };
      assert.equal(decide({ policies: [enforced, watching, denying] }, fault), "authz_unsure");
    }
  }
});

test("every host call failing at once, while deciding", () => {
  for (const status of STATUSES) {
    const { emulator, vm } = AUTHZ.load({ logLevel: "debug" });
    const rules = [...RULES.map(([rule]) => rule), { to: [{ operation: { paths: ["/"] } }] }];
    const configuration = { requireMtls: false, directRemoteIp: { filterState: "direct.peer" }, ...OBSERVED };
    const policies = [...OBSERVED.policies, { name: "all", namespace: "default", action: "DENY", rules }];
    const root = AUTHZ.configured(vm, { ...configuration, policies }, { node: NODE });
    for (const call of DECIDING) emulator.fail(call, status);
    const stream = root.stream({ requestHeaders: HEADERS, properties: PROPERTIES });
    assert.equal(stream.requestHeaders().action, "StopAllIterationAndWatermark");
    stream.end();
    assert.equal(vm.failed, undefined);
  }
});

const DECIDING = [
  ...["proxy_get_header_map_pairs", "proxy_get_property", "proxy_call_foreign_function", "proxy_send_local_response"],
  ...["proxy_increment_metric", "proxy_log", "proxy_get_current_time_nanoseconds", "random_get", "malloc"],
];

/** The errors of a configuration that is read while a host call fails; undefined where it is taken. */
function configureWith(policies: readonly object[], { call, status, args }: Fault): string[] | undefined {
  const { emulator, vm } = AUTHZ.load();
  addExpressions(emulator);
  emulator.fail(call, status, args === undefined ? {} : { when: (one) => one.args === args });
  const root = vm.createRoot({ configuration: JSON.stringify({ policies }), node: NODE });
  assert.equal(vm.failed, undefined);
  return root.accepted ? undefined : AUTHZ.errorsOf(vm);
}

const DENY_ALL = { name: "p", action: "DENY", rules: [{}] };

test("a configuration that the host does not hand over is refused", () => {
  for (const status of STATUSES) {
    for (const call of ["proxy_get_buffer_bytes", "malloc"]) {
      assert.deepEqual(configureWith([DENY_ALL], { call, status })?.length, 1, `${call} ${statusName(status)}`);
    }
  }
});

for (const call of ["proxy_define_metric", "proxy_get_log_level"]) {
  test(`${call} failing while configuring takes nothing but counters and lines`, () => {
    for (const status of STATUSES) {
      assert.equal(configureWith([DENY_ALL], { call, status }), undefined);
    }
  });
}

test("an expression that the host does not compile is refused", () => {
  const rules = [{ when: [{ expression: "true" }] }];
  for (const status of STATUSES) {
    assert.deepEqual(configureWith([{ ...DENY_ALL, rules }], { call: "proxy_call_foreign_function", status }), [
      "policies[0].rules[0].when[0].expression: Envoy cannot compile this CEL expression",
    ]);
  }
});

const REFUSED_LABEL =
  "policies[0].selector.matchLabels.app: this proxy's labels are unknown (node metadata LABELS), " +
  "so it is unknown whether the selector matches them";

test("a policy of which it cannot be told whether it is for this proxy is refused", () => {
  const namespaced = { ...DENY_ALL, namespace: "default" };
  const selecting = { ...DENY_ALL, namespace: "istio-system", selector: { matchLabels: { app: "httpbin" } } };
  for (const status of STATUSES) {
    const fault = { call: "proxy_get_property", status };
    assert.deepEqual(configureWith([namespaced], { ...fault, args: "xds.node.metadata.NAMESPACE" }), [
      "policies[0].namespace: this proxy's namespace is unknown (node metadata NAMESPACE), " +
        "so it is unknown whether the policy applies to it",
    ]);
    const errors = configureWith([selecting], { ...fault, args: "xds.node.metadata.LABELS.app" });
    // A proxy without the label is one that the policy does not select.
    if (status === Status.NotFound) assert.equal(errors, undefined);
    else assert.deepEqual(errors, [REFUSED_LABEL], statusName(status));
  }
});
