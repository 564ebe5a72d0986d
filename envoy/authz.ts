import type { Demonstration } from "./demonstration.ts";

/** What is shown of a line of the decision log (`filters/authz/README.md`). */
interface Decision {
  verdict: string;
  reason?: string;
  policy?: string;
  rule?: number;
  dryRun?: string;
  dryRunPolicy?: string;
  dryRunRule?: number;
  method?: string;
  path?: string;
}

/** Each request by its verdict, as `decisionLog` has it logged. */
export const AUTHZ: Demonstration = {
  filter: "authz",
  commands: (url) => [
    `curl ${url}/reviews`,
    `curl -X POST ${url}/reviews`,
    `curl -X POST -H 'end-user: jason' ${url}/reviews`,
    `curl ${url}/admin`,
  ],
  shown: (line) => {
    const json = /^authz: (\{.*\})$/.exec(line)?.[1];
    return json === undefined ? undefined : sentence(JSON.parse(json) as Decision);
  },
};

function sentence(decision: Decision): string {
  const { verdict, reason, policy, rule, dryRun, dryRunPolicy, dryRunRule, method, path } = decision;
  const why = reason === undefined ? by(policy, rule) : `, ${reason}`;
  const rehearsed = dryRun === undefined ? "" : `; dry run ${dryRun}${by(dryRunPolicy, dryRunRule)}`;
  return `${method} ${path} → ${verdict}${why}${rehearsed}`;
}

function by(policy: string | undefined, rule: number | undefined): string {
  return policy === undefined ? "" : ` by ${policy}-rule[${rule}]`;
}
