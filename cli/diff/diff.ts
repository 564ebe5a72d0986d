import { rulesIn } from "../decision/explain.ts";
import type { Loaded } from "../decision/load.ts";
import type { Request } from "../decision/request.ts";
import type { Workload } from "../filter/configured.ts";
import { sectionsOf } from "../filter/sections.ts";
import { isObject } from "../input/resource.ts";
import type { Path } from "../input/path.ts";
import { positionOf } from "../input/position.ts";
import type { Condition, Target } from "./aims/condition.ts";
import { changedHeaders, otherPatches, timesIn } from "./aims/others.ts";
import { targetsOf } from "./aims/targets.ts";
import { Distributions, drawsOf } from "./chance.ts";
import { Choices } from "./choices.ts";
import { Comparison, type Difference } from "./comparison.ts";
import { Explorer, type Goal } from "./explore.ts";
import { Kinds, type Kind } from "./kinds.ts";
import { partsOf, type Patch } from "./parts.ts";
import { Side } from "./side.ts";
import { unseenIn } from "./unseen.ts";
import { isFor, workloadsOf } from "./workloads.ts";

/** A plugin as it was and as it is to be; undefined in the file that has none of that name. */
export interface Pair {
  readonly name: string;
  readonly old: Loaded | undefined;
  readonly new: Loaded | undefined;
}

/** How two configurations are compared. */
export interface Search {
  /** Requests of the user's. */
  readonly requests: readonly Request[];
  readonly seed: number;
  /** How many requests are decided at most, beside the user's. */
  readonly most: number;
  /** Whether the user has said which workload it is about. */
  readonly oneWorkload: boolean;
}

/** A rule that no request met, and where it stands. */
export interface Unreached {
  readonly side: "old" | "new";
  readonly rule: string;
  readonly file: string;
  readonly line: number;
}

/** A kind of difference, and for which workload its example is; undefined if it does not matter which. */
export interface KindFor extends Kind {
  readonly workload: Workload | undefined;
}

/** What the comparison of a pair came to. */
export interface Report {
  readonly name: string;
  readonly kinds: readonly KindFor[];
  /** How many requests both sides decided, each draw and workload counted. */
  readonly asked: number;
  /** How many rules there are on each side. */
  readonly rules: { readonly old: number; readonly new: number };
  readonly unreached: readonly Unreached[];
  /** What is written differently, and no single request shows. */
  readonly unseen: readonly string[];
}

/** Compares what two configurations decide. The same configurations, requests and seed have the same outcome. */
export function diff({ name, old, new: other }: Pair, search: Search): Report {
  const workloads = workloadsOf([old, other], search.oneWorkload);
  const found = new Map<string, KindFor>();
  const met = { old: new Set<string>(), new: new Set<string>() };
  let asked = 0;
  for (const workload of workloads) {
    const most = Math.ceil(search.most / workloads.length);
    const { kinds, comparison } = diffFor(workload, old, other, { ...search, most });
    asked += comparison.asked;
    for (const side of ["old", "new"] as const) for (const rule of comparison.met[side]) met[side].add(rule);
    for (const kind of kinds) {
      const known = found.get(kind.example.kind);
      const of = workloads.length > 1 ? workload : undefined;
      found.set(
        kind.example.kind,
        known === undefined ? { ...kind, workload: of } : { ...known, count: known.count + kind.count },
      );
    }
  }
  return {
    name,
    kinds: [...found.values()].sort((a, b) => weightOf(b.example) - weightOf(a.example)),
    asked,
    rules: { old: old === undefined ? 0 : rulesIn(old).length, new: other === undefined ? 0 : rulesIn(other).length },
    unreached: [...unreachedOf("old", old, met.old), ...unreachedOf("new", other, met.new)],
    unseen: unseenIn(old?.plugin.config, other?.plugin.config),
  };
}

/** What decides more comes first: another outcome, then another header or delay, then another reason. */
function weightOf({ changes }: Difference): number {
  if (changes.some(({ what }) => what === "outcome")) return 2;
  return changes.every(({ what }) => what === "reason") ? 0 : 1;
}

function diffFor(
  workload: Workload,
  old: Loaded | undefined,
  other: Loaded | undefined,
  { seed, most, requests }: Search,
): { kinds: Kind[]; comparison: Comparison } {
  const distributions = new Distributions();
  const pair = [old, other].map((one) => (one !== undefined && isFor(one, workload) ? one : undefined));
  const texts = pair.map((one) => textsIn(one?.plugin.config));
  const targets = pair.map((one, at) => {
    if (one === undefined) return [];
    const others = texts[1 - at] as ReadonlySet<string>;
    return targetsOf(one.filter, one.plugin.config, workload, (value) => !others.has(value));
  });
  const [before, after] = targets as [Target[], Target[]];
  const answered = pair.flatMap((one) => changedHeaders(one?.plugin.config, "response"));
  const service = Object.fromEntries(answered.map((name) => [name.toLowerCase(), ["from the service"]]));
  const sides = pair.map(
    (one, at) => new Side(one, workload, targets[at] as Target[], targets[1 - at] as Target[], distributions, service),
  );
  const configs = pair.flatMap((one) => (one === undefined ? [] : [[one.filter, one.plugin.config] as const]));
  const comparison = new Comparison(sides[0] as Side, sides[1] as Side, drawsOf(...configs));
  const { fixed, conditions } = surroundings(pair, workload);
  const goals = goalsOf(before, after);
  const others: Patch[] = [
    ...configs.flatMap(([filter, config]) => otherPatches(filter, config)),
    ...conditions.flatMap(({ meets, misses }) => [...meets, ...misses]),
  ];
  const kinds = new Kinds();
  const plan = { goals, surroundings: conditions, others: unique(others), choices: new Choices(seed), most };
  const explorer = new Explorer(comparison, kinds, plan);
  explorer.run(requests.map(partsOf));
  return { kinds: kinds.shrunk(comparison, fixed), comparison };
}

/** The rules of both, those of the same content once. */
function goalsOf(old: readonly Target[], other: readonly Target[]): Goal[] {
  const contents = [old, other].map((all) => new Set(all.map(({ content }) => content)));
  const isChanged = ({ content }: Target): boolean => !contents.every((all) => all.has(content));
  const key = ({ rule = "", content }: Target): string => `${rule} ${content}`;
  // A rule at another place has another name, and can be met instead of others.
  const keys = [old, other].map((all) => new Set(all.map(key)));
  const moved = (target: Target): boolean => !keys.every((all) => all.has(key(target)));
  const all = [...old, ...other].map((target) => ({ ...target, changed: isChanged(target), moved: moved(target) }));
  const once = [...new Map(all.map((goal) => [key(goal), goal])).values()];
  const changes = once.some(({ changed }) => changed);
  return once.map(({ moved, ...goal }) => ({ ...goal, changed: goal.changed || (!changes && moved) }));
}

/** What all requests have to say, as the two plugins are not in the same listeners, or times matter. */
function surroundings(
  pair: readonly (Loaded | undefined)[],
  { gateway }: Workload,
): { fixed: string[]; conditions: Condition[] } {
  const [old, other] = pair.map((one) => one?.selectors ?? []);
  const same = JSON.stringify(old) === JSON.stringify(other);
  const sections = pair.some((one) => one !== undefined && sectionsOf(one.filter, one.plugin.config).length > 0);
  const directions = gateway !== true && (!same || sections);
  const ports = same ? [] : [...new Set([...(old ?? []), ...(other ?? [])].flatMap((one) => one.ports))];
  const times = timesIn(...pair.map((one) => one?.plugin.config));
  const condition = (meets: Patch[]): Condition[] => (meets.length === 0 ? [] : [{ meets, misses: [] }]);
  return {
    fixed: [
      ...(same ? [] : ["direction", "port"]),
      ...(sections ? ["direction"] : []),
      ...(times.length > 0 ? ["at"] : []),
    ],
    conditions: [
      ...condition(directions ? [{ direction: "INBOUND" }, { direction: "OUTBOUND" }] : []),
      ...condition(same ? [] : [...ports, 80].map((port) => ({ port }))),
      ...condition(times.map((at) => ({ at }))),
      ...(pair.some((one) => ASKS_ADDRESS.test(JSON.stringify(one?.plugin.config ?? {}))) ? [ADDRESS] : []),
      ...(pair.some((one) => asksForMtls(one?.plugin.config)) ? [MTLS] : []),
    ],
  };
}

/** A client has an address: rules about addresses are unsure of a request that has none. */
const ADDRESS: Condition = { meets: [{ remoteIp: "192.0.2.1" }], misses: [{ remoteIp: null }] };
const ASKS_ADDRESS = /"(?:not)?[rR]emoteIpBlocks"|"remote\.ip"/;

/** Where plaintext is refused before any rule, only who has a certificate comes to them. */
const MTLS: Condition = { meets: [{ account: "default" }], misses: [{ principal: null }] };

function asksForMtls(config: unknown): boolean {
  return isObject(config) && [config, config.authz].some((one) => isObject(one) && one.requireMtls === true);
}

/** All texts in a configuration. */
function textsIn(value: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (typeof value === "string") found.add(value);
  else if (typeof value === "object" && value !== null) for (const one of Object.values(value)) textsIn(one, found);
  return found;
}

function unique(patches: readonly Patch[]): Patch[] {
  return [...new Map(patches.map((patch) => [JSON.stringify(patch), patch])).values()];
}

function unreachedOf(side: "old" | "new", loaded: Loaded | undefined, met: ReadonlySet<string>): Unreached[] {
  if (loaded === undefined) return [];
  const { source, at, config } = loaded.plugin;
  return rulesIn(loaded)
    .filter(({ name, path }) => !met.has(name) && !isSilent(loaded.filter, config, path))
    .map(({ name, path }) => {
      const { file, line } = positionOf(source, [...at, ...path]);
      return { side, rule: name, file, line };
    });
}

/** Whether a rule is an entry of fault-injection without a fault, which no decision names. */
function isSilent(filter: string, config: unknown, path: Path): boolean {
  const faults = path[0] === "faultInjection" || filter === "fault-injection";
  const entry = path.reduce<unknown>(
    (value, step) => (value as Record<string | number, unknown> | undefined)?.[step],
    config,
  );
  return faults && isObject(entry) && entry.fault === undefined;
}
