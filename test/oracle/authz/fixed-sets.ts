/**
 * The sets of policies that the tests always have, which `record.ts` records for machines that cannot translate: those of a
 * fixed seed, and those that the attempts to get past a policy are made on.
 */
import { POLICY_SETS } from "./bypass-policies.ts";
import { bare, generateSets } from "./experiment.ts";
import type { Size } from "./experiment.ts";
import type { PolicySet } from "./policy.ts";

export const FIXED_SEED = 1;

/** What a run of the fixed seed comes to: about 14,000 pairs. */
export const SIZE: Size = { scenes: 12, requests: 12, forEach: 8 };

/** What a run of a fresh seed comes to: about 7,600 pairs, as there is a new one each time. */
export const FRESH_SIZE: Size = { scenes: 8, requests: 8, forEach: 4 };

/** So many of the fixed seed's random sets are recorded, beside all that are not random. */
const RECORDED_RANDOM_SETS = 4;

const { each, combined, others } = generateSets(FIXED_SEED);

/** So many of the fixed seed's sets are recorded, the first ones. */
export const RECORDED_SETS = each.length + combined.length + RECORDED_RANDOM_SETS;

const sets: PolicySet[] = [
  ...[...each, ...combined, ...others].slice(0, RECORDED_SETS).map(bare),
  ...Object.values(POLICY_SETS).flat(),
];
export default sets;
