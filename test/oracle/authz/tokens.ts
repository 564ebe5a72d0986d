/** JSON Web Tokens, and Envoy's jwt_authn as istiod sets it up for a RequestAuthentication of all their issuers. */
import { createHmac, randomBytes } from "node:crypto";
import { typed } from "../../support/envoy/index.ts";
import type { JsonObject } from "../../support/envoy/index.ts";
import { ISSUERS } from "./vocabulary.ts";

/** A token's payload. */
export type Claims = Record<string, unknown>;

/** A token before it is signed. */
export interface Token {
  claims: Claims;
  /** Makes it one that jwt_authn refuses, before any policy is asked. */
  flaw?: "signature" | "expired";
}

/** The key that signs, for as long as this process lives. */
const KEY = randomBytes(32);
const KEY_ID = "test";

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function sign({ claims, flaw }: Token): string {
  const expires = Math.floor(Date.now() / 1000) + (flaw === "expired" ? -86_400 : 86_400);
  const text = `${part({ alg: "HS256", kid: KEY_ID, typ: "JWT" })}.${part({ exp: expires, ...claims })}`;
  const key = flaw === "signature" ? randomBytes(32) : KEY;
  return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
}

/** The compact form of a token. */
export function encodeToken(token: Token): string {
  return sign(token);
}

/** The filter as istiod's `convertToEnvoyJwtConfig` (pilot/pkg/security/authn/policy_applier.go) makes it. */
export function jwtAuthn(): JsonObject {
  const jwks = JSON.stringify({ keys: [{ kty: "oct", alg: "HS256", kid: KEY_ID, k: KEY.toString("base64url") }] });
  const names = ISSUERS.map((_, index) => `origins-${index}`);
  const providers = Object.fromEntries(
    ISSUERS.map((issuer, index): [string, JsonObject] => [
      `origins-${index}`,
      {
        issuer,
        forward: false,
        payload_in_metadata: "payload",
        normalize_payload_in_metadata: { space_delimited_claims: ["permission", "scope"] },
        local_jwks: { inline_string: jwks },
      },
    ]),
  );
  const each = names.map((name): JsonObject => ({
    requires_any: { requirements: [{ provider_name: name }, { allow_missing: {} }] },
  }));
  const any = [...names.map((name): JsonObject => ({ provider_name: name })), { requires_all: { requirements: each } }];
  return {
    name: "envoy.filters.http.jwt_authn",
    typed_config: typed("envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication", {
      providers,
      rules: [{ match: { prefix: "/" }, requires: { requires_any: { requirements: any } } }],
      bypass_cors_preflight: true,
    }),
  };
}
