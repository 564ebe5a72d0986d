import { Place } from "../../assembly/config/place";
import { nodeMetadata, nodeWasRefused, workloadLabel } from "../../assembly/host/node";
import { Region } from "../../assembly/memory/region";
import { PluginReading } from "../../assembly/plugin/reading";
import { Text, utf8 } from "../../assembly/text/text";

const STAR: u8 = 0x2a;

/** The workload whose proxy this is, as far as it decides which policies are for it. */
@unmanaged
export class Workload {
  /** Null where the proxy's node metadata does not say it. */
  namespace: Text | null;
  /** The namespace whose policies are for all (MeshConfig `rootNamespace`). */
  rootNamespace: Text;
  private scratch: Region;

  /** Reads `rootNamespace` and the proxy's own namespace. */
  static read(reading: PluginReading): Workload {
    const scratch = reading.scratch;
    const workload = changetype<Workload>(scratch.take(offsetof<Workload>()));
    workload.scratch = scratch;
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
    const selects = this.isSelected(selector);
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

  private isSelected(selector: Place): bool {
    if (!selector.object()) return true;
    const labels = selector.field(utf8("matchLabels"));
    selector.noOtherFields();
    if (!labels.object()) return true;
    let selects = true;
    let label = labels.first();
    while (label != null) {
      if (!label.present) label.expected(utf8("a string"));
      const wanted = label.string();
      if (label.key.length == 0) label.error(utf8("a label's name must not be empty"));
      if (label.key.contains(STAR) || (wanted != null && wanted.contains(STAR)))
        label.error(utf8("a selector must not contain *"));
      // The first label that differs decides: the host is asked for as many as the proxy has, however many are written.
      const own = selects ? workloadLabel(this.scratch, label.key) : null;
      if (selects && nodeWasRefused) {
        label.error(
          utf8(
            "this proxy's labels are unknown (node metadata LABELS), so it is unknown whether the policy applies to it",
          ),
        );
      }
      if (wanted == null || own == null || !own.equals(wanted)) selects = false;
      label = label.next();
    }
    return selects;
  }
}
