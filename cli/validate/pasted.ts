import { SECTION_NAMES } from "../filter/sections.ts";
import type { Path } from "../input/path.ts";
import { isObject } from "../input/resource.ts";
import { itemsOf, type Remark } from "./remark.ts";

/** Whole resources where a pluginConfig has only their fields: at its root, in place of a section, or as an item of a list. */
export function pastedResources(config: unknown, at: Path = []): Remark[] {
  if (!isObject(config)) return [];
  const whole = kindAt(config);
  if (whole === "WasmPlugin" || whole === "TrafficExtension") {
    return [{ path: at, message: `a whole ${whole}: only what stands under its pluginConfig belongs here` }];
  }
  if (whole !== undefined) return [{ path: at, message: `a whole ${whole}: signalbox convert makes a plugin of it` }];
  return Object.entries(config).flatMap(([field, list]) => {
    if (SECTION_NAMES.includes(field) && at.length === 0) return pastedResources(list, [field]);
    return itemsOf(list).flatMap((item, place) => {
      const kind = kindAt(item);
      if (kind === undefined) return [];
      const message = `a whole ${kind}: write its name, its namespace and the fields of its spec, without metadata and spec`;
      return [{ path: [...at, field, place], message }];
    });
  });
}

function kindAt(value: unknown): string | undefined {
  return isObject(value) && typeof value.kind === "string" && "apiVersion" in value ? value.kind : undefined;
}
