import { parseAllDocuments } from "yaml";
import { carriedManifest } from "../carried.ts";
import type { Json } from "../input/resource.ts";

/** What a filter's own WasmPlugin says of when it runs and of what happens where it cannot. */
const FIELDS = ["phase", "priority", "failStrategy"];

/** `phase`, `priority` and `failStrategy` as the filter's own manifest (`filters/<name>/wasmplugin.yaml`) has them. */
export function manifestFields(filter: string): Json {
  const { spec } = parseAllDocuments(carriedManifest(filter))[0]?.toJS() as { spec: Json };
  return Object.fromEntries(FIELDS.filter((field) => field in spec).map((field) => [field, spec[field]]));
}
