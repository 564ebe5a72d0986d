/** Policies as people write them to keep something safe, for requests that try to get around them. */
import { LABELS, NAMESPACE } from "./meshes.ts";
import type { AuthorizationPolicy, PolicySet, Rule } from "./policy.ts";

/** Names of hosts and identities that the attempts use. */
export const PUBLIC_HOST = "www.example.com";
export const ADMIN_HOST = "admin.example.com";
/** The identity that policies know. */
export const SLEEP = "cluster.local/ns/default/sa/sleep";

function policy(name: string, action: AuthorizationPolicy["action"], ...rules: Rule[]): AuthorizationPolicy {
  return { name, namespace: NAMESPACE, action, rules };
}

function set(...policies: AuthorizationPolicy[]): PolicySet {
  return {
    trustDomain: "cluster.local",
    trustDomainAliases: [],
    rootNamespace: "istio-system",
    namespace: NAMESPACE,
    labels: LABELS,
    policies,
  };
}

const operation = (fields: object): Rule => ({ to: [{ operation: fields }] });
const source = (fields: object): Rule => ({ from: [{ source: fields }] });
const when = (key: string, ...values: string[]): Rule => ({ when: [{ key, values }] });

/** What a set is about, and what an attempt goes against. */
export type Topic =
  "paths" | "hosts" | "methods" | "headers" | "forwarded identities" | "peers" | "addresses" | "tokens";

/** By what they are about: each is there once to deny what it knows, and once to allow only what it knows. */
export const POLICY_SETS: Readonly<Record<Topic, readonly PolicySet[]>> = {
  paths: [
    set(policy("deny", "DENY", operation({ paths: ["/admin", "/admin/*", "*/secret", "/a/{*}/b"] }))),
    set(policy("allow", "ALLOW", operation({ paths: ["/public", "/public/*", "/p/{**}"] }))),
    set(policy("deny", "DENY", operation({ notPaths: ["/public", "/public/*"] }))),
  ],
  hosts: [
    set(policy("deny", "DENY", operation({ hosts: [ADMIN_HOST, `${ADMIN_HOST}:*`, "*.internal"] }))),
    set(policy("allow", "ALLOW", operation({ hosts: [PUBLIC_HOST, `${PUBLIC_HOST}:80`] }))),
  ],
  methods: [
    set(policy("deny", "DENY", operation({ methods: ["POST", "DELETE", "P*"] }))),
    set(policy("allow", "ALLOW", operation({ methods: ["GET", "HEAD"] }))),
  ],
  headers: [
    set(
      policy(
        "deny",
        "DENY",
        when("request.headers[x-role]", "guest", "guest-*"),
        when("request.headers[x-debug]", "*"),
      ),
    ),
    set(policy("allow", "ALLOW", when("request.headers[x-role]", "admin"))),
  ],
  "forwarded identities": [
    set(
      policy("deny", "DENY", when("request.headers[x-forwarded-client-cert]", "*evil*", "*evil")),
      policy("allow", "ALLOW", source({ principals: [SLEEP] }), when("request.headers[x-any]", "*")),
    ),
  ],
  peers: [
    set(policy("allow", "ALLOW", source({ principals: [SLEEP] }))),
    set(policy("allow", "ALLOW", source({ namespaces: ["default"] }))),
    set(policy("allow", "ALLOW", source({ serviceAccounts: ["default/sleep"] }))),
    set(policy("allow", "ALLOW", source({ trustDomains: ["cluster.local"] }))),
    set(policy("deny", "DENY", source({ principals: [SLEEP, "*/sa/sleep"] }))),
    set(policy("deny", "DENY", source({ namespaces: ["default"] }))),
    set(policy("deny", "DENY", source({ notPrincipals: [SLEEP] }))),
    set(policy("deny", "DENY", source({ notTrustDomains: ["cluster.local"] }))),
  ],
  addresses: [
    set(policy("allow", "ALLOW", source({ remoteIpBlocks: ["10.1.2.0/24"] }))),
    set(policy("deny", "DENY", source({ remoteIpBlocks: ["10.1.2.0/24", "2001:db8::/32"] }))),
    set(policy("deny", "DENY", source({ ipBlocks: ["127.0.0.2"] }))),
  ],
  tokens: [
    set(policy("allow", "ALLOW", source({ requestPrincipals: ["issuer.example/jason"] }))),
    set(policy("deny", "DENY", source({ notRequestPrincipals: ["*"] }))),
  ],
};
