import type { Schema } from "../problem.ts";

/** `[namespace/]host`, as istiod names a host. */
export const HOST = "^([^/:|]+/)?[^/:|]*\\.[^/:|]*$";

/** One of some fields, each with those that must not stand beside it. */
export function either(choices: Readonly<Record<string, readonly Schema[]>>): Schema {
  return { anyOf: Object.entries(choices).map(([name, without]) => ({ required: [name], not: { anyOf: without } })) };
}

/** That a field is there. */
export const has = (name: string): Schema => ({ required: [name] });

/** Either a service, or a cluster, which has its port already and may need the authority that `authority` finds. */
export const onePlace = (authority: Schema): Schema =>
  either({ service: [has("cluster"), authority], cluster: [has("service"), has("port")] });
