import { createHmac, randomBytes } from "node:crypto";
import { typed, type Json, type JsonObject } from "../../../envoy/json.ts";

const HOUR_S = 3600;

/** Issuers of JSON Web Tokens that share a key, which lives as long as a test. */
export class TokenIssuers {
  private readonly key = randomBytes(32);

  /** @param issuers what the tokens' `iss` may be */
  constructor(private readonly issuers: readonly string[]) {}

  /** A token in its compact form (RFC 7519), good for an hour. A `key` of another's is one that no filter takes. */
  sign(claims: Readonly<Record<string, Json>>, key: Buffer = this.key): string {
    const expires = Math.floor(Date.now() / 1000) + HOUR_S;
    const text = [
      { alg: "HS256", typ: "JWT" },
      { exp: expires, ...claims },
    ]
      .map(part)
      .join(".");
    return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
  }

  /**
   * Envoy's jwt_authn as istiod sets it up for a RequestAuthentication of these issuers (istio
   * `pilot/pkg/security/authn/policy_applier.go: convertToEnvoyJwtConfig`): a request without a token goes on, one with a
   * token that is not good does not.
   */
  filter(): JsonObject {
    const jwks = { keys: [{ kty: "oct", alg: "HS256", k: this.key.toString("base64url") }] };
    const providers = Object.fromEntries(
      this.issuers.map((issuer, index): [string, JsonObject] => [
        providerName(index),
        {
          issuer,
          payload_in_metadata: "payload",
          normalize_payload_in_metadata: { space_delimited_claims: ["scope", "permission"] },
          local_jwks: { inline_string: JSON.stringify(jwks) },
        },
      ]),
    );
    const good = Object.keys(providers).map((provider_name): JsonObject => ({ provider_name }));
    const requirements = [...good, { allow_missing: {} }];
    const config = { providers, rules: [{ match: { prefix: "/" }, requires: { requires_any: { requirements } } }] };
    return {
      name: "envoy.filters.http.jwt_authn",
      typed_config: typed("envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication", config),
    };
  }
}

function providerName(index: number): string {
  return `origins-${index}`;
}

function part(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
