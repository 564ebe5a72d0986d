/**
 * The compiled filter against a plain evaluation of the policies: the same verdict, by the same rule, for generated
 * policies and requests. `SEED=` replays a run, `PAIRS=` sets how many pairs of small policies and requests it tries.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { Emulator, Root } from "../../../../emulator/index.ts";
import { Random, seedOfRun } from "../../../../test/oracle/random.ts";
import { BEHIND, type Json, readLate, withLongLists } from "../../../../test/support/module/read-late.ts";
import { AS_SECTIONS } from "../../../../test/support/module/sections.ts";
import { AUTHZ } from "./compiled.ts";
import { evaluate, type Judgement, type Outcome } from "./plain/evaluate.ts";
import { addExpressions, outcomeOf } from "./plain/expressions.ts";
import { generateConfiguration, generateWorkload, type Size } from "./plain/generate-policies.ts";
import { generateRequest } from "./plain/generate-requests.ts";
import type { Configuration, Workload } from "./plain/policy.ts";
import { streamOf, type Request } from "./plain/request.ts";
import { MALFORMED } from "./plain/vocabulary.ts";

const SEED = seedOfRun();
const PAIRS = Number(process.env.PAIRS ?? 6_000);

/** What the filter makes of a request. */
interface Decision {
  /** Its log's line; undefined where it writes none. */
  readonly said: Judgement | undefined;
  readonly details: string;
  /** The counters that went up. */
  readonly counted: readonly string[];
}

/** Policies in a filter, and beside it. */
class Case {
  private readonly emulator: Emulator;
  private readonly root: Root;

  /**
   * @param logs whether the filter logs every decision, for which it reads more of a request than rules ask for
   * @param late says of each list of the policies, which are then read in steps, whether it is long
   */
  constructor(
    readonly configuration: Configuration,
    readonly workload: Workload,
    private readonly logs = true,
    late?: () => boolean,
  ) {
    const { emulator, vm } = AUTHZ.load({ record: false, logLevel: logs ? "debug" : "info" });
    addExpressions(emulator);
    this.emulator = emulator;
    const { namespace, serviceAccount, labels, kind } = workload;
    const metadata = { NAMESPACE: namespace, SERVICE_ACCOUNT: serviceAccount, LABELS: labels };
    const id = `${kind}~10.0.0.1~h.default~default.svc.cluster.local`;
    const options = { node: { id, metadata } };
    this.root =
      late === undefined
        ? AUTHZ.configured(vm, configuration, options)
        : readLate(AUTHZ, emulator, withLongLists(configuration as unknown as Json, late) + BEHIND, options);
  }

  decide(request: Request): Decision {
    const { logs, metrics } = this.emulator;
    logs.length = 0;
    const before = this.logs ? undefined : new Map(metrics.counters);
    const stream = this.root.stream(streamOf(request, this.workload, this.configuration));
    const { action } = stream.requestHeaders();
    stream.end();
    assert.equal(this.root.vm.failed, undefined);
    const reply = stream.localReply;
    assert.equal(action, reply === undefined ? "Continue" : "StopAllIterationAndWatermark");
    assert.equal(reply?.status ?? 403, 403);
    const counted = [...metrics.counters].filter(([name, count]) => before !== undefined && count !== before.get(name));
    const line = logs.map(({ message }) => message).find((message) => message.startsWith("authz: {"));
    return {
      said: line === undefined ? undefined : judgementIn(line),
      details: reply?.details ?? "",
      counted: counted.map(([name]) => name),
    };
  }

  evaluate(request: Request): Judgement {
    return evaluate(this.configuration, this.workload, request, (text): Outcome => outcomeOf(text, request));
  }

  /** Tries a request; gives what came of it, and must. */
  compare(request: Request): Judgement {
    const expected = this.evaluate(request);
    const { said, details, counted } = this.decide(request);
    const shown = (): string =>
      JSON.stringify({ configuration: this.configuration, workload: this.workload, request }, null, 1);
    if (this.logs) {
      if (!isDeepStrictEqual(said, expected)) assert.deepEqual(said, expected, `SEED=${SEED}\n${shown()}`);
    } else {
      const counter = counterOf(expected);
      assert.ok(counter === undefined || counted.includes(counter), `${counter} of ${counted.join()}\n${shown()}`);
      assert.ok(counted.includes(`authz.${expected.verdict}`));
    }
    if (details !== detailsOf(expected)) assert.equal(details, detailsOf(expected), `SEED=${SEED}\n${shown()}`);
    return expected;
  }
}

/** What a line of the decision log says, without what is the request's own. */
function judgementIn(line: string): Judgement {
  const { time: _t, principal: _r, method: _m, host: _h, path: _p, ...said } = JSON.parse(line.slice("authz: ".length));
  return said as Judgement;
}

/** The counter of the rule that decided. */
function counterOf({ verdict, policy, rule }: Judgement): string | undefined {
  const [, namespace, name] = /^ns\[(.*)\]-policy\[(.*)\]$/.exec(policy ?? "") ?? [];
  return name === undefined ? undefined : `authz.policy.${namespace}.${name}.rule.${rule}.${verdict}`;
}

/** The response-code details that a judgement comes to; empty where the request goes on. */
function detailsOf({ verdict, reason, policy, rule }: Judgement): string {
  if (verdict === "allowed") return "";
  if (reason === "no mTLS") return "authz_mtls_required";
  return `rbac_access_denied_matched_policy[${policy === undefined ? "none" : `${policy}-rule[${rule}]`}]`;
}

const SMALL: Size = { policies: [0, 6], rules: [0, 4], tenants: 0 };
const MANY_RULES: Size = { policies: [2, 4], rules: [12, 40], tenants: 0 };
/** As many as have room in a document of which each list is long. */
const SOME_RULES: Size = { policies: [2, 3], rules: [6, 14], tenants: 0 };
const TENANTS: Size = { policies: [5, 7], rules: [300, 700], tenants: 400 };

/** Tries so many requests against each of so many configurations; counts what came of them. */
function run(size: Size, configurations: number, requests: number, salt: number, late = false): Map<string, number> {
  const seen = new Map<string, number>();
  for (let index = 0; index < configurations; index++) {
    const random = new Random(SEED + salt + index * 1000);
    const { requireMtls, ...configuration } = generateConfiguration(random, size);
    const workload = generateWorkload(random);
    // A waypoint refuses `requireMtls`.
    const asked = requireMtls === true && workload.kind !== "waypoint";
    const one = new Case(
      { ...configuration, ...(asked && { requireMtls }) },
      workload,
      size.tenants > 0 || index % 3 > 0,
      late ? () => random.percent(50) : undefined,
    );
    for (let count = 0; count < requests; count++) {
      const expected = one.compare(generateRequest(random, size.tenants));
      const kinds = [`${expected.verdict} ${expected.reason ?? "by a rule"}`];
      kinds.push(...(["auditRule", "dryRun", "dryRunRule"] as const).filter((part) => expected[part] !== undefined));
      for (const kind of kinds) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
  }
  return seen;
}

/** Every kind of outcome is there often enough that the comparison says something. */
function assertVaried(seen: ReadonlyMap<string, number>, least: number): void {
  const kinds = ["allowed by a rule", "denied by a rule", "denied no ALLOW rule matches", "allowed no ALLOW policy"];
  for (const kind of [...kinds, "auditRule", "dryRun", "dryRunRule"]) {
    assert.ok((seen.get(kind) ?? 0) >= least, `${kind}: ${JSON.stringify([...seen])}`);
  }
}

test(`small policies: the plain evaluation's verdict, by the same rule; SEED=${SEED}`, () => {
  const seen = run(SMALL, PAIRS / 10, 10, 1);
  assertVaried(seen, PAIRS / 50);
});

const skip = AS_SECTIONS && "blanks make lists long, and a section's document is written without them";

test(`small policies that are read in steps; SEED=${SEED}`, { skip }, () => {
  const seen = run(SMALL, PAIRS / 30, 10, 5, true);
  assertVaried(seen, PAIRS / 150);
});

test(`policies of many rules that are read in steps; SEED=${SEED}`, { skip }, () => {
  run(SOME_RULES, PAIRS / 200, 50, 6, true);
});

test(`policies of many rules that overlap; SEED=${SEED}`, () => {
  run(MANY_RULES, PAIRS / 200, 50, 2);
});

test(`thousands of rules, most of them on paths of their own; SEED=${SEED}`, () => {
  const seen = run(TENANTS, 4, 60, 3);
  const matches = ["allowed by a rule", "denied by a rule", "auditRule", "dryRunRule"].map(
    (kind) => seen.get(kind) ?? 0,
  );
  assert.ok(matches.reduce((sum, count) => sum + count) >= 40, JSON.stringify([...seen]));
});

test(`an identity that cannot be told: refused, or the same whoever it is; SEED=${SEED}`, () => {
  let unsure = 0;
  let sure = 0;
  for (let index = 0; index < 150; index++) {
    const random = new Random(SEED + 4 + index * 1000);
    const workload = { ...generateWorkload(random), kind: "sidecar" as const };
    const one = new Case({ ...generateConfiguration(random, SMALL), direction: "INBOUND" }, workload);
    for (let count = 0; count < 10; count++) {
      const { san: _san, forwarded: _forwarded, ...request } = generateRequest(random, 0);
      const malformed = random.pick(MALFORMED);
      const { details } = one.decide({ ...request, mtls: true, ...(malformed !== undefined && { san: malformed }) });
      if (details === "authz_unsure") {
        unsure++;
        continue;
      }
      sure++;
      for (const san of ["spiffe://cluster.local/ns/default/sa/sleep", "spiffe://old-td/ns/foo/sa/bar"]) {
        const expected = one.evaluate({ ...request, mtls: true, san });
        assert.equal(details, detailsOf(expected), `SEED=${SEED}, configuration ${index}`);
      }
    }
  }
  assert.ok(unsure > 50 && sure > 50, `${unsure} unsure, ${sure} sure`);
});
