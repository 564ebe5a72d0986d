import { partsOf } from "../filter/sections.ts";
import { isObject, type Json } from "../input/resource.ts";
import { NOTHING_ADAPTIVE, withoutConditions, withoutNames } from "./traces.ts";

/**
 * What chance says: a draw of so many per cent, so that each percentage above it holds and no other, and a destination's share of
 * the weights that it lies in is taken; or `keyed`, by which what sticks to a key of the request is left to that key.
 */
export type Draw = { readonly from: number; readonly to: number } | "keyed";

/** The fields that are left to the key of a request, if they are there. */
const KEYED = ["hashOn", "consistentBy"];

/** How many draws are tried. */
const MOST = 8;

/**
 * The draws that two configurations can tell apart, the one that lets most percentages hold first. One draw, of anything, if nothing
 * in them is left to chance.
 */
export function drawsOf(...given: readonly (readonly [filter: string, config: unknown])[]): Draw[] {
  const each = given.map(([filter, config]) => limitsIn(withDefaults(filter, config)));
  const limits = [...new Set(each.flatMap((one) => [...one.limits]))].sort((a, b) => a - b);
  const edges = [0, ...limits.filter((limit) => limit > 0 && limit < 100), 100];
  const all = edges.slice(1).map((to, at) => ({ from: edges[at] as number, to }));
  // Where only one of them has a limit, they differ beside it.
  const isNew = (limit: number): boolean => limits.includes(limit) && !each.every((one) => one.limits.has(limit));
  const near = all.filter(({ from, to }) => isNew(from) || isNew(to));
  const spread = all.filter((_, at) => at % Math.ceil(all.length / MOST) === 0);
  const chosen = [...new Set([...all.slice(0, 1), ...near, ...spread])].slice(0, MOST);
  return each.some(({ keyed }) => keyed) ? [...chosen, "keyed"] : chosen;
}

/** Policies of requests that are over, whose limits are no chance of a sampler. */
const KEEP = "keep";

/** Where what chance decides in a configuration changes, in per cent, and whether anything is left to a request's key. */
function limitsIn(config: unknown): { limits: ReadonlySet<number>; keyed: boolean } {
  const limits = new Set<number>();
  let keyed = false;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (!isObject(value)) return;
    if (KEYED.some((field) => value[field] !== undefined)) keyed = true;
    for (const share of sharesIn(value)) limits.add(share);
    for (const [name, one] of Object.entries(value)) if (name !== KEEP) visit(one);
  };
  visit(config);
  return { limits, keyed };
}

/** Where the draws that an object decides by differ in what comes of them, in per cent. */
function sharesIn(value: Json): number[] {
  const { percentage, percent, randomSamplingPercentage, rateLimiting, jaegerRemote, route } = value;
  const shares = [
    isObject(percentage) ? percentage.value : undefined,
    percent,
    randomSamplingPercentage,
    shareOfRate(rateLimiting),
    isObject(jaegerRemote) ? rateOf(jaegerRemote) : undefined,
  ];
  return [...shares.filter((one) => typeof one === "number"), ...shareLimits(destinationsOf(route))];
}

/**
 * A limit of traces a second as a share, which is larger for a higher limit: how many traces there are a second, no configuration
 * says.
 */
function shareOfRate(rateLimiting: unknown): number | undefined {
  if (!isObject(rateLimiting)) return undefined;
  const most = Number(rateLimiting.maxTracesPerSecond);
  return Math.round((100e4 * most) / (1 + most)) / 1e4;
}

/** `initialSamplingRate` in per cent (trace-propagation's README). */
function rateOf({ initialSamplingRate }: Json): number {
  return Number(initialSamplingRate ?? 0.001) * 100;
}

/** Destinations in an order that does not depend on how they are written. */
function destinationsOf(route: unknown): Json[] {
  const all = Array.isArray(route) ? route.filter(isObject) : [];
  const key = ({ weight: _, ...others }: Json): string => JSON.stringify(others);
  return all.length < 2 ? [] : [...all].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function shareLimits(destinations: readonly Json[]): number[] {
  const weights = destinations.map(({ weight }) => Number(weight ?? 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return total === 0 ? [] : weights.map((weight) => Math.round((100e6 * (sum += weight)) / total) / 1e6);
}

/** The delays that are drawn, each as one that is fixed: by its length it is known again. */
export class Distributions {
  private readonly labels: string[] = [];

  /** A delay of its own for each distribution. */
  fixed(distribution: unknown): string {
    const label = JSON.stringify(distribution);
    if (!this.labels.includes(label)) this.labels.push(label);
    return `${BASE + this.labels.indexOf(label)}ms`;
  }

  /** The distribution that a delay stands for, or the delay itself. */
  shown(delay: string): string {
    const at = (delay.endsWith("ms") ? Number(delay.slice(0, -2)) : Number(delay.slice(0, -1)) * 1000) - BASE;
    const label = this.labels[at];
    return label === undefined ? delay : `drawn from ${label}`;
  }
}

/** Longer than what anybody lets requests wait, in milliseconds. */
const BASE = 2_345_600;

/** Caps that the first fault of a proxy may meet already, so that a single request would never see one. */
const CAPS = ["budget", "maxActiveFaults"];

/** Whether a cap lets no fault through at all. */
function isNothing(cap: unknown): boolean {
  return cap === 0 || (isObject(cap) && cap.maxPercent === 0);
}

/** The configuration with every chance decided by the draw, without caps other than 0, and as `Traces` needs it. */
export function decided(filter: string, config: unknown, draw: Draw, distributions: Distributions): unknown {
  const point = draw === "keyed" ? 50 : (draw.from + draw.to) / 2;
  const holds = (share: number): number => (share > point ? 100 : 0);
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (!isObject(value)) return value;
    if (draw === "keyed" && KEYED.some((field) => value[field] !== undefined)) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name, one]) => !CAPS.includes(name) || isNothing(one))
        .map(([name, one]) => {
          if (name === KEEP) return [name, one === null ? one : withoutConditions(one)];
          if (name === "adaptive" && isObject(one)) return [name, NOTHING_ADAPTIVE];
          if (name === "sampling" && isObject(one)) return [name, visit({ ...one, rules: withoutNames(one.rules) })];
          if (name === "percentage" && isObject(one)) return [name, { value: holds(Number(one.value ?? 0)) }];
          if (name === "percent" || name === "randomSamplingPercentage") return [name, holds(Number(one))];
          if (name === "rateLimiting") return ["randomSamplingPercentage", holds(shareOfRate(one) ?? 0)];
          // Of `jaegerRemote`, what holds before Jaeger has answered, as it never does here.
          if (name === "jaegerRemote" && isObject(one))
            return [name, { ...one, initialSamplingRate: holds(rateOf(one)) / 100 }];
          if (name === "distribution") return ["fixedDelay", distributions.fixed(one)];
          if (name === "route" && Array.isArray(one)) return [name, visit(chosen(one, point))];
          return [name, visit(one)];
        }),
    );
  };
  return visit(withDefaults(filter, config));
}

function chosen(route: readonly unknown[], point: number): unknown {
  const destinations = destinationsOf(route);
  const limits = shareLimits(destinations);
  const one = destinations[limits.findIndex((limit) => point < limit)];
  return one === undefined ? route : [{ ...one, weight: 100 }];
}

/** The share of traces that are recorded if nothing is said of it (trace-propagation's README). */
const USUAL_SAMPLING = 1;

/** The configuration with the percentages that it leaves out. */
function withDefaults(filter: string, config: unknown): unknown {
  const part = partsOf(filter, config).find((one) => one.filter === "trace-propagation");
  if (part === undefined || !isObject(config)) return config;
  const [section] = part.path;
  const own = (section === undefined ? config : config[section]) as Json;
  const sampling = isObject(own.sampling) ? own.sampling : {};
  // There is one sampler, and percentages are only the usual one.
  if (["rateLimiting", "adaptive", "jaegerRemote"].some((name) => sampling[name] !== undefined)) return config;
  const filled = { ...own, sampling: { randomSamplingPercentage: USUAL_SAMPLING, ...sampling } };
  return section === undefined ? filled : { ...config, [section]: filled };
}
