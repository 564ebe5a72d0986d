import type { Admin } from "../../envoy/admin.ts";
import { until } from "../../envoy/deadline.ts";

const MANAGER = "listener_manager.";

/**
 * Waits until a proxy has taken a version of its listeners, and no connection is left that has the filters of the one before: they are
 * replaced in place, and connections that are open are drained.
 *
 * @param name of the pod, for messages
 * @param before how many were replaced before (`replacedIn`)
 * @throws Error if the proxy refuses it, or neither happens in half a minute
 */
export async function taken(admin: Admin, name: string, version: string, before: number): Promise<void> {
  await until(`${name} to take its listeners, version ${version}`, async () => {
    const stats = await admin.stats();
    const of = (stat: string): number => Number(stats.get(`${MANAGER}${stat}`) ?? 0);
    if (of("lds.update_rejected") > 0) throw new Error(`Envoy of ${name} refuses its listeners`);
    const isThere = stats.get(`${MANAGER}lds.version_text`) === version && of("listener_in_place_updated") > before;
    return isThere && of("total_listeners_warming") === 0 && of("total_filter_chains_draining") === 0;
  });
}

/**
 * Whether a proxy that starts has its first listeners and is ready for requests.
 *
 * @throws Error if it cannot listen there
 */
export async function isServing(admin: Admin): Promise<boolean> {
  if (!(await admin.isLive())) return false;
  const stats = await admin.stats();
  const refused =
    Number(stats.get(`${MANAGER}lds.update_rejected`) ?? 0) +
    Number(stats.get(`${MANAGER}listener_create_failure`) ?? 0);
  if (refused > 0) throw new Error("it cannot open its listeners");
  return Number(stats.get(`${MANAGER}lds.update_success`) ?? 0) > 0;
}

/** How many listeners of a proxy were replaced in place. */
export async function replacedIn(admin: Admin): Promise<number> {
  return Number((await admin.stats()).get(`${MANAGER}listener_in_place_updated`) ?? 0);
}
