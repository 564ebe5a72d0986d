/** Small sets of AuthorizationPolicies that ask for what the filters before authz write, and for what those after it change. */
import type { JsonObject } from "../../support/envoy/index.ts";
import type { Random } from "../random.ts";
import { PEERS, PRINCIPALS, SERVICE_ACCOUNT, TRACE_PARTS } from "./vocabulary.ts";

function source(random: Random): JsonObject {
  return random.pick<JsonObject>([
    { principals: [random.pick(PRINCIPALS)] },
    { principals: [PEERS["curl"]!, `*/sa/${SERVICE_ACCOUNT}`] },
    { serviceAccounts: ["curl", "chaos/tester"] },
    { notPrincipals: ["*"] },
    { namespaces: ["default"] },
    { requestPrincipals: ["*"] },
    { remoteIpBlocks: ["127.0.0.0/8"] },
    { notRemoteIpBlocks: ["127.0.0.1"] },
  ]);
}

function operation(random: Random): JsonObject {
  return random.pick<JsonObject>([
    { methods: ["GET", "HEAD"] },
    { methods: ["POST", "DELETE"] },
    { paths: ["/reviews*", "/api*"] },
    { paths: ["*/1"] },
    { notPaths: ["/admin*"] },
    { hosts: ["reviews*", "*.com"] },
    { hosts: ["ratings", "ratings:*"] },
    { ports: ["80"] },
    { notPorts: ["9080"] },
  ]);
}

function condition(random: Random): JsonObject {
  const value = random.pick(TRACE_PARTS);
  return random.pick<JsonObject>([
    { key: "request.headers[traceparent]", values: ["00-*"] },
    { key: "request.headers[traceparent]", values: [value] },
    { key: "request.headers[traceparent]", notValues: [value] },
    { key: "request.headers[tracestate]", values: ["*"] },
    { key: "request.headers[b3]", values: ["*"] },
    { key: "request.headers[x-subset]", values: ["*"] },
    { key: "request.headers[x-user]", values: ["u1", "u2", "u3", "u4"] },
    { key: "request.headers[end-user]", notValues: ["jason"] },
    { key: "request.auth.claims[groups]", values: ["admin", "nobody"] },
    { key: "request.auth.claims[sub]", notValues: ["jason"] },
    { key: "source.principal", values: ["*"] },
    { key: "destination.port", values: ["9080"] },
  ]);
}

function rule(random: Random): JsonObject {
  return {
    ...(random.percent(25) && { from: random.times(1, 2, () => ({ source: source(random) })) }),
    ...(random.percent(60) && { to: random.times(1, 2, () => ({ operation: operation(random) })) }),
    ...(random.percent(45) && { when: random.times(1, 2, () => condition(random)) }),
  };
}

function policy(random: Random, name: string, action: "ALLOW" | "DENY" | "AUDIT"): JsonObject {
  const rules = random.times(1, 3, () => rule(random));
  return {
    name,
    namespace: "default",
    action,
    ...(action !== "AUDIT" && random.percent(20) && { dryRun: true }),
    ...(random.percent(15) && { selector: { matchLabels: { app: random.pick(["sleep", "other"]) } } }),
    // A DENY for everybody would leave nothing to the filters after it.
    rules: action === "DENY" ? rules.map((one) => narrow(random, one)) : rules,
  };
}

function narrow(random: Random, one: JsonObject): JsonObject {
  return {
    ...one,
    to: [{ operation: random.pick<JsonObject>([{ methods: ["DELETE", "PUT"] }, { paths: ["/api*"] }]) }],
  };
}

/** The section `authz`; names of policies begin with `prefix`. */
export function generateAuthz(random: Random, prefix: string): JsonObject {
  const policies = random.times(0, 4, (index) =>
    policy(random, `${prefix}-p${index}`, random.pick(["ALLOW", "DENY", "DENY", "AUDIT"])),
  );
  return {
    policies,
    ...(random.percent(30) && { explain: { principals: [random.pick(PRINCIPALS)] } }),
    ...(random.percent(8) && { requireMtls: true }),
    ...(random.percent(20) && { trustDomainAliases: ["old-td"] }),
  };
}
