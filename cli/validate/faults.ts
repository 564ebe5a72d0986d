import type { Path } from "../input/path.ts";
import { isObject } from "../input/resource.ts";
import { itemsOf, type Remark } from "./remark.ts";

/** Faults of a VirtualService's `http`, which `at` leads to, that are injected into no request: without a percentage it is 0. */
export function remarksOnFaults(http: unknown, at: Path): Remark[] {
  return itemsOf(http).flatMap((route, place) => {
    const fault = isObject(route) && isObject(route.fault) ? route.fault : {};
    return ["delay", "abort"].flatMap((kind) => {
      const one = fault[kind];
      if (!isObject(one) || "percentage" in one || "percent" in one) return [];
      const message = "never injected: without a percentage it is 0; write percentage: { value: 100 }";
      return [{ path: [...at, place, "fault", kind], message }];
    });
  });
}
