import { proxy_done, proxy_set_effective_context } from "@solo-io/proxy-runtime/assembly/imports";
import { Status } from "./status";

/**
 * Whether the host still has a context of that id. Only a live one can be made effective, so the asking makes it so:
 * call `restoreContext` before any other host call.
 *
 * Being told of every end (`proxy_on_delete`) costs each request a callback of its own; asking costs only whoever has
 * something to free.
 */
export function isAlive(context: u32): bool {
  return <Status>proxy_set_effective_context(context) == Status.OK;
}

/** Makes the context of the running callback the effective one again. */
export function restoreContext(context: u32): void {
  proxy_set_effective_context(context);
}

/** Lets go of a root that stayed after its `proxy_on_done`; the host deletes it when the callback ends. */
export function finishRoot(): void {
  proxy_done();
}
