import { Place } from "../../assembly/config/place";
import { nodeMetadata } from "../../assembly/host/node";
import { selectsWorkload } from "../../assembly/match/workload-selector";
import { PluginReading } from "../../assembly/plugin/reading";
import { Text, utf8 } from "../../assembly/text/text";

/** The workload whose proxy this is, as far as it decides which policies are for it. */
@unmanaged
export class Workload {
  /** Null where the proxy's node metadata does not say it. */
  namespace: Text | null;
  /** The namespace whose policies are for all (MeshConfig `rootNamespace`). */
  rootNamespace: Text;

  /** Reads `rootNamespace` and the proxy's own namespace. */
  static read(reading: PluginReading): Workload {
    const scratch = reading.scratch;
    const workload = changetype<Workload>(scratch.take(offsetof<Workload>()));
    workload.namespace = nodeMetadata(scratch, utf8("NAMESPACE"));
    workload.rootNamespace = reading.rootNamespace;
    return workload;
  }

  /** The namespace of a policy that names none. */
  get namespaceOrDefault(): Text {
    const own = this.namespace;
    return own == null ? utf8("default") : own;
  }

  /**
   * Whether a policy of that namespace (empty: this workload's own) and selector is for this workload: of the root namespace
   * or its own, and selecting its labels (istio `pilot/pkg/model/authorization.go`). Reports what cannot be told, as the
   * policy might be meant for it.
   */
  isMeant(place: Place, namespace: Text, selector: Place): bool {
    const selects = selectsWorkload(selector);
    if (namespace.length == 0 || namespace.equals(this.rootNamespace)) return selects;
    const own = this.namespace;
    if (own == null) {
      place.error(
        utf8(
          "this proxy's namespace is unknown (node metadata NAMESPACE), so it is unknown whether the policy applies to it",
        ),
      );
      return false;
    }
    return own.equals(namespace) && selects;
  }
}
