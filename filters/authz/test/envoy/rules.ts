import assert from "node:assert/strict";
import {
  detailsOf,
  FeatureListeners,
  SHOWS_DETAILS,
  type Answer,
  type EnvoyOptions,
  type Feature,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";

/** A rule with its surroundings. */
export interface RuleFeature extends Omit<Feature, "configuration"> {
  rule: JsonObject;
  /** Fields of pluginConfig beside `policies`. */
  fields?: JsonObject;
}

/** The same, and requests by what the rule should make of them. */
export interface Case<Attempt> extends RuleFeature {
  /** Requests that it holds for. */
  hits: readonly Attempt[];
  /** Requests that it does not hold for. */
  misses: readonly Attempt[];
  /** Requests that both actions refuse, as what the rule asks for cannot be told. */
  unsure?: readonly Attempt[];
}

/** Response-code details in native RBAC's form, `none` standing for no rule. */
export function deniedBy(rule: string): string {
  return `rbac_access_denied_matched_policy[${rule}]`;
}

/** The id of a policy's first rule in the namespace `default`. */
export function firstRule(policy: string): string {
  return `ns[default]-policy[${policy}]-rule[0]`;
}

/** A policy in the namespace `default`. */
export function policy(
  name: string,
  action: string,
  rules: readonly JsonObject[],
  fields: JsonObject = {},
): JsonObject {
  return { name, namespace: "default", action, rules, ...fields };
}

const ALLOWED = "200";
const HOLDS = `${ALLOWED} by ALLOW, 403 ${deniedBy(firstRule("deny"))} by DENY`;
const HOLDS_NOT = `403 ${deniedBy("none")} by ALLOW, ${ALLOWED} by DENY`;
const UNSURE = "403 authz_unsure by ALLOW, 403 authz_unsure by DENY";

/** Rules in a real Envoy, each on two listeners: as the only one of an ALLOW policy, and of a DENY policy. */
export class Rules {
  private constructor(private readonly listeners: FeatureListeners) {}

  static async start(
    cases: Readonly<Record<string, RuleFeature>>,
    chain: Feature["chain"] = {},
    options: Omit<EnvoyOptions, "listeners" | "clusters"> = {},
  ): Promise<Rules> {
    const features = Object.entries(cases).flatMap(([name, { rule, fields, ...feature }]) => {
      const whole = { ...chain, ...feature.chain };
      const manager = { ...SHOWS_DETAILS, ...whole.manager };
      return ["ALLOW", "DENY"].map((action): [string, Feature] => [
        `${name}:${action}`,
        {
          ...feature,
          chain: { ...whole, manager },
          configuration: { policies: [policy(action.toLowerCase(), action, [rule])], ...fields },
        },
      ]);
    });
    const metadata = { NAMESPACE: "default" };
    return new Rules(await FeatureListeners.start("authz", Object.fromEntries(features), { metadata, ...options }));
  }

  async stop(): Promise<void> {
    await this.listeners.stop();
  }

  /** The port where a case's rule is an ALLOW or a DENY policy's. */
  port(name: string, action: "ALLOW" | "DENY"): number {
    return this.listeners.envoy.port(`${name}:${action}`);
  }

  /** Sends every request of a case to both listeners by `send`, and asserts what became of it. */
  async verify<Attempt>(
    name: string,
    { hits, misses, unsure = [] }: Case<Attempt>,
    send: (port: number, attempt: Attempt) => Promise<Answer>,
  ): Promise<void> {
    const seen = async (action: "ALLOW" | "DENY", attempt: Attempt): Promise<string> => {
      const answer = await send(this.port(name, action), attempt);
      return [answer.status, detailsOf(answer)].filter((part) => part !== undefined).join(" ");
    };
    const expect = async (attempts: readonly Attempt[], outcome: string): Promise<void> => {
      for (const attempt of attempts) {
        const [allow, deny] = [await seen("ALLOW", attempt), await seen("DENY", attempt)];
        assert.equal(`${allow} by ALLOW, ${deny} by DENY`, outcome, `${name}: ${JSON.stringify(attempt)}`);
      }
    };
    await expect(hits, HOLDS);
    await expect(misses, HOLDS_NOT);
    await expect(unsure, UNSURE);
  }
}
