import { Instance } from "./instance.ts";
import type { RootOptions } from "./plugin.ts";
import { Root } from "./root.ts";

export { LoadError, type VmOptions } from "./instance.ts";

/**
 * What a worker of Envoy has for every vm_id, VM configuration and code. It may hold several plugins (`createRoot`), which
 * share its memory and its globals.
 */
export class Vm extends Instance {
  /**
   * Adds a plugin: `proxy_on_context_create`, `proxy_on_vm_start`, `proxy_on_configure`, each where it is exported. A
   * configuration push is a new root and then `delete` of the old one.
   */
  createRoot(options: RootOptions = {}): Root {
    const root = this.register((id) => new Root(this, id, options));
    root.start();
    return root;
  }
}
