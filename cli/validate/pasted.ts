import type { Path } from "../input/path.ts";
import { isObject } from "../input/resource.ts";
import { itemsOf, type Remark } from "./remark.ts";

/** Whole resources where a pluginConfig has only their fields: at its root, or as an item of one of its lists. */
export function pastedResources(config: unknown): Remark[] {
  if (!isObject(config)) return [];
  const whole = kindAt(config);
  if (whole === "WasmPlugin" || whole === "TrafficExtension") {
    return [{ path: [], message: `a whole ${whole}: only what stands under its pluginConfig belongs here` }];
  }
  if (whole !== undefined) return [{ path: [], message: `a whole ${whole}: signalbox convert makes a plugin of it` }];
  return Object.entries(config).flatMap(([field, list]) =>
    itemsOf(list).flatMap((item, place) => {
      const kind = kindAt(item);
      if (kind === undefined) return [];
      const message = `a whole ${kind}: write its name, its namespace and the fields of its spec, without metadata and spec`;
      return [{ path: [field, place], message }];
    }),
  );
}

/** Whether one path leads into what another leads to. */
export function isWithin(path: Path, outer: Path): boolean {
  return outer.every((step, place) => path[place] === step);
}

function kindAt(value: unknown): string | undefined {
  return isObject(value) && typeof value.kind === "string" && "apiVersion" in value ? value.kind : undefined;
}
