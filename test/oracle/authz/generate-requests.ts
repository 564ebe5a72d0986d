/**
 * Requests aimed at a set of policies: each scene, which is one connection, is aimed at a rule that it then mostly meets or
 * narrowly misses.
 */
import type { Random } from "../random.ts";
import { ordinary } from "./draft.ts";
import type { Connection, Draft, Request } from "./draft.ts";
import { STRICT_PEERS } from "./peers.ts";
import { nearby } from "./strings.ts";
import { someClaims } from "./token-fields.ts";
import type { PlannedSet } from "./rule-plan.ts";
import { leavesOf } from "./rule-plan.ts";
import type { Leaf, RulePlan } from "./rule-plan.ts";
import { isForWorkload } from "./verdict.ts";
import { METADATA_HEADER, METADATA_VALUES, PATHS, HEADER_NAMES, HEADER_VALUES } from "./vocabulary.ts";

/** Requests of one connection, in order. */
export interface Scene {
  connection: Connection;
  requests: Request[];
}

/** Makes a draft meet what a leaf asks, or not; for a twin that is the other way round. */
function aim(random: Random, draft: Draft, { cell, key, values }: Leaf, holds: boolean): void {
  cell.field.aim(random, draft, values, holds !== cell.not, key);
}

/** The leaves that a request aimed at a rule has to meet: of one alternative of each kind, and of all conditions. */
function targets(random: Random, { sources, operations, conditions }: RulePlan): Leaf[] {
  const one = (alternatives: readonly Leaf[][]): Leaf[] => (alternatives.length === 0 ? [] : random.pick(alternatives));
  return [...one(sources), ...one(operations), ...conditions];
}

/** Meets them all, but for one in about half of the cases. */
function aimAt(random: Random, draft: Draft, plan: RulePlan): void {
  const leaves = targets(random, plan);
  const missed = random.percent(45) ? random.int(leaves.length) : -1;
  leaves.forEach((leaf, index) => aim(random, draft, leaf, index !== missed));
}

/** What no condition asked for: noise, and small changes. */
function embellish(random: Random, draft: Draft): void {
  const { request } = draft;
  if (random.percent(15)) request.headers.push([random.pick(HEADER_NAMES), random.pick(HEADER_VALUES)]);
  if (random.percent(8)) request.headers.push([METADATA_HEADER, random.pick(METADATA_VALUES)]);
  if (random.percent(20)) request.token ??= { claims: someClaims(random) };
  if (random.percent(2)) request.token = { claims: someClaims(random), flaw: random.pick(["signature", "expired"]) };
  if (random.percent(4)) request.headers.push(["content-type", "application/grpc"]);
  if (random.percent(5)) request.target = random.pick(PATHS);
  if (random.percent(4)) request.target = `/${nearby(random, request.target.slice(1)).replaceAll(/[^!"$-~]/g, "")}`;
}

/** A connection as an aim left it, and requests that are each an ordinary one, aimed on their own. */
function scene(random: Random, start: Draft, count: number, finish: (draft: Draft) => void): Scene {
  const { connection, trustDomains } = start;
  const requests = random.times(count, count, () => {
    const { request } = ordinary(random, trustDomains);
    const draft: Draft = { trustDomains, connection: structuredClone(connection), open: true, request };
    finish(draft);
    return draft.request;
  });
  return { connection, requests };
}

const trustDomains = ({ trustDomain, trustDomainAliases }: PlannedSet): string[] => [
  trustDomain,
  ...trustDomainAliases,
];

/** `count` scenes of `requests` requests each: one connection after the other is aimed at one rule after the other. */
export function generateScenes(random: Random, set: PlannedSet, count: number, requests: number): Scene[] {
  const targets = set.policies
    .filter((policy) => isForWorkload(policy, set))
    .flatMap(({ namespace, plans }) => plans.map((plan) => ({ namespace, plan })))
    .filter(({ plan }) => leavesOf(plan).length > 0);
  return Array.from({ length: count }, (_, index): Scene => {
    const draft = ordinary(random, trustDomains(set));
    const first = targets[index % targets.length];
    const aimed = (next: Draft, target: typeof first): void => {
      if (target) aimAt(random, Object.assign(next, { namespace: target.namespace }), target.plan);
    };
    aimed(draft, first);
    return scene(random, draft, requests, (next) => {
      aimed(next, random.percent(75) ? first : random.pick(targets));
      embellish(random, next);
    });
  });
}

/**
 * For each rule of a set of `generateEach` `count` requests in which its list should hold, and as many in which it should
 * not: over two connections each where the list is about connections, else over one.
 */
export function generateScenesForEach(random: Random, set: PlannedSet, count: number): Scene[] {
  return set.policies.flatMap(({ namespace, plans }) =>
    plans.flatMap((plan) => {
      const [tested, ...others] = leavesOf(plan);
      if (tested === undefined) return [];
      const aimed = (draft: Draft, holds: boolean): void => {
        aim(random, draft, tested, holds);
        others.forEach((leaf) => aim(random, draft, leaf, true));
      };
      const aimedScene = (holds: boolean[], requests: number, strict: boolean): Scene => {
        const draft: Draft = { ...ordinary(random, trustDomains(set)), namespace, strict };
        if (!tested.cell.field.ofIdentity) draft.connection.peer = random.pick(STRICT_PEERS);
        aimed(draft, holds[0]!);
        let turn = 0;
        return scene(random, draft, requests, (next) => aimed(next, holds[turn++ % holds.length]!));
      };
      if (!tested.cell.field.ofConnection) return [aimedScene([true, false], 2 * count, true)];
      return [true, false].flatMap((strict) => [true, false].map((holds) => aimedScene([holds], count / 2, strict)));
    }),
  );
}
