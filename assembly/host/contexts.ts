import { proxy_done, proxy_set_effective_context } from "@solo-io/proxy-runtime/assembly/imports";
import { utf8 } from "../text/text";
import { readProperty } from "./properties";
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

/**
 * Whether the effective context is that of a stream that is over. Envoy keeps the context until its event loop comes round, and
 * `isAlive` is true until then. Such a stream must be neither continued nor answered. Seen where streams that ended while they were held were:
 * one of two runs with 1.36.4 ended in a segmentation fault, and 1.37.0 and 1.40.0 reported a bug of the caller ("envoy bug failure").
 * Envoy has the attribute `request.duration` from the end of a stream on.
 *
 * A stream whose end is told by `proxy_on_log` or `proxy_on_delete` needs no such question: both come at once.
 */
export function isOver(): bool {
  return readProperty(utf8("request\0duration")) == Status.OK;
}

/** Lets go of a root that stayed after its `proxy_on_done`; the host deletes it when the callback ends. */
export function finishRoot(): void {
  proxy_done();
}
