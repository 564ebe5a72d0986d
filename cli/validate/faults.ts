import type { Path } from "../input/path.ts";
import { isObject, type Json } from "../input/resource.ts";
import { itemsOf, type Remark } from "./remark.ts";

/** Faults of a VirtualService's `http`, which `at` leads to, that are injected into no request: without a percentage it is 0. */
export function remarksOnFaults(http: unknown, at: Path): Remark[] {
  return itemsOf(http).flatMap((route, place) => {
    const fault = isObject(route) && isObject(route.fault) ? route.fault : {};
    return ["delay", "abort"].flatMap((kind) => {
      const one = fault[kind];
      if (!isObject(one) || hasPercentage(one)) return [];
      const message = "never injected: without a percentage it is 0; write percentage: { value: 100 }";
      return [{ path: [...at, place, "fault", kind], message }];
    });
  });
}

/** Whether a percentage is written down, be it 0; `{}` has none. */
function hasPercentage({ percentage, percent }: Json): boolean {
  if (percent !== undefined && percent !== null) return true;
  return isObject(percentage) ? "value" in percentage : percentage !== undefined && percentage !== null;
}
