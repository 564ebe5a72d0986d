import { isObject, type Json } from "../input/resource.ts";
import type { Merged, Part } from "./rule-groups.ts";
import { detectsOutliers, objects } from "./rule.ts";

/** How requests to subsets are told apart, as header-routing writes it. */
export interface Steering {
  readonly header: string;
  readonly value: string;
}

/** A part of a rule for circuit-breaking, its way in that, and what it comes from. */
export interface PlacedPart {
  readonly path: readonly (string | number)[];
  readonly part: Part;
}

/**
 * What a rule says of outlier detection, as circuit-breaking reads it. All other blocks stay native. Subsets have circuits of their own
 * if steering tells them apart; else only those are in it that the filter has to refuse.
 */
export function ruleConfig({ trafficPolicy, subsets }: Merged, steering: Steering | undefined): Json {
  const all = subsets.map(({ value }) => subsetConfig(value, steering));
  const told = steering === undefined && !all.some(({ trafficPolicy: own }) => own !== undefined) ? [] : all;
  return {
    ...(trafficPolicy !== undefined && { trafficPolicy: detectionOf(trafficPolicy.value) }),
    ...(told.length > 0 && { subsets: told }),
  };
}

/** Where the parts of a rule are in its configuration. */
export function placedParts({ trafficPolicy, subsets }: Merged): PlacedPart[] {
  const whole = trafficPolicy === undefined ? [] : [{ path: ["trafficPolicy"], part: trafficPolicy }];
  return [...whole, ...subsets.map((part, place) => ({ path: ["subsets", place], part }))];
}

function subsetConfig({ name, trafficPolicy }: Json, steering: Steering | undefined): Json {
  const says = isObject(trafficPolicy) && (steering !== undefined || detectsOutliers({ trafficPolicy }));
  return { name, ...(says && { trafficPolicy: detectionOf(trafficPolicy) }) };
}

/** Of a policy what is of outlier detection. A port without it stays, as it inherits nothing. */
function detectionOf({ outlierDetection, portLevelSettings }: Json): Json {
  const ports = objects(portLevelSettings).map(({ port, outlierDetection: own }) => ({
    port,
    ...(own !== undefined && { outlierDetection: own }),
  }));
  return {
    ...(outlierDetection !== undefined && { outlierDetection }),
    ...(ports.length > 0 && { portLevelSettings: ports }),
  };
}
