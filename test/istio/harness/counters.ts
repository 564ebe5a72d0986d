import type { Admin } from "../../../envoy/admin.ts";

/** What filters count, as Prometheus is given it by a proxy: values by name and labels. */
export type Counters = ReadonlyMap<string, number>;

/** All counters of filters, those at 0 too; no gauges, as these say what is now. */
export async function countersOf(admin: Admin): Promise<Counters> {
  const lines = (await admin.get("/stats/prometheus?filter=^wasmcustom")).split("\n");
  const counters = new Set(lines.flatMap((line) => /^# TYPE (\S+) counter$/.exec(line)?.[1] ?? []));
  const values = lines.flatMap((line) => {
    const [, name = "", labels, value] = /^(\w+)\{(.*)\} (\d+)$/.exec(line) ?? [];
    return counters.has(name) ? [[labels ? `${name}{${labels}}` : name, Number(value)] as const] : [];
  });
  return new Map(values);
}

/** By how much each went up. */
export function risen(before: Counters, after: Counters): Record<string, number> {
  return Object.fromEntries([...after].map(([name, value]) => [name, value - (before.get(name) ?? 0)]));
}
