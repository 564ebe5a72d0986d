/** AuthorizationPolicies of generated meshes. */
import type { Resource } from "../converted.ts";
import type { Random } from "../random.ts";
import { GATEWAY_NAME, ROOT_NAMESPACE } from "./world.ts";

type Json = Record<string, unknown>;

/** AuthorizationPolicies of one mesh, their names all different. */
export function generatePolicies(random: Random): Resource[] {
  return random.times(0, 4, (index) => {
    const namespace = random.pick([ROOT_NAMESPACE, "default", "default", "shop"]);
    const dryRun = random.percent(15) ? random.pick(["true", "1", "T", "false", "0", "yes"]) : undefined;
    return {
      apiVersion: random.pick(["security.istio.io/v1", "security.istio.io/v1beta1"]),
      kind: "AuthorizationPolicy",
      metadata: {
        name: `policy-${index}`,
        namespace,
        ...(dryRun !== undefined && { annotations: { "istio.io/dry-run": dryRun } }),
      },
      spec: { ...scope(random), ...decision(random) },
    };
  });
}

function scope(random: Random): Json {
  const kind = random.int(100);
  if (kind < 40) return {};
  if (kind < 47) {
    return { targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: "shop-gateway" }] };
  }
  const matchLabels = random.pick<Json>([
    { app: "reviews" },
    { app: "reviews" },
    { app: "web" },
    { app: "sleep" },
    { version: "v1" },
    { istio: "ingressgateway" },
    { app: "istio-ingressgateway" },
    { app: "shop-gateway" },
    { [GATEWAY_NAME]: "shop-gateway" },
  ]);
  return { selector: { matchLabels } };
}

function decision(random: Random): Json {
  const kind = random.int(100);
  if (kind < 3) return {};
  if (kind < 5) return { action: "CUSTOM", provider: { name: "absent" }, rules: [rule(random)] };
  if (kind < 10) return { action: "ALLOW", rules: [{}] };
  const action = random.pick(["ALLOW", "ALLOW", "DENY", "DENY", "AUDIT"]);
  return {
    ...(action !== "ALLOW" || random.percent(50) ? { action } : {}),
    rules: random.times(1, 2, () => rule(random)),
  };
}

const OPERATIONS: Json[] = [
  { paths: ["/admin*"] },
  { paths: ["/api/*", "/health"] },
  { notPaths: ["/admin", "/admin/*"] },
  { methods: ["GET"] },
  { notMethods: ["DELETE"] },
  { hosts: ["shop.example.com"] },
  { hosts: ["*.example.com", "reviews*"] },
  { ports: ["8080"] },
  { ports: ["9080", "80"] },
];

const SOURCES: Json[] = [
  { principals: ["cluster.local/ns/default/sa/sleep"] },
  { principals: ["*"] },
  { namespaces: ["default"] },
  { notNamespaces: ["shop"] },
  { serviceAccounts: ["sleep"] },
  { ipBlocks: ["10.1.0.0/24"] },
  { remoteIpBlocks: ["203.0.113.0/24"] },
  { notPrincipals: ["cluster.local/ns/shop/*"] },
  { trustDomains: ["cluster.local"], namespaces: ["shop"] },
];

const CONDITIONS: Json[] = [
  { key: "request.headers[x-group]", values: ["admin"] },
  { key: "request.headers[end-user]", notValues: ["jason"] },
  { key: "destination.port", values: ["8080"] },
  { key: "source.namespace", values: ["default"] },
];

function rule(random: Random): Json {
  const parts: Json[] = [
    { to: [{ operation: random.pick(OPERATIONS) }] },
    { to: [{ operation: random.pick(OPERATIONS) }, { operation: random.pick(OPERATIONS) }] },
    { from: [{ source: random.pick(SOURCES) }] },
    { when: [random.pick(CONDITIONS)] },
  ];
  return Object.assign({}, ...random.some(parts, random.percent(65) ? 1 : 2)) as Json;
}
