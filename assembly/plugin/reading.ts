import { Choice } from "../config/choice";
import { Place } from "../config/place";
import { Region } from "../memory/region";
import { SlotTable } from "../request/slots";
import { Text, utf8 } from "../text/text";
import { Source } from "./source";
import { Standing } from "./standing";
import { Timers } from "./timers";

/**
 * What the filters of a module read their configuration with: memory, one table of slots, and the fields that are the same for all
 * of them. These stand at the document's root, and each is read at its first asking, so that a filter has those alone that it
 * asks for.
 */
@unmanaged
export class PluginReading {
  /** The document's root. */
  shared: Place;
  /** The plan's region; the report's (`scratch`) is freed when the configuration is read. */
  region: Region;
  slots: SlotTable;
  /** What `activate` may have to know of the configuration. */
  standing: Standing;
  timersOrNull: Timers | null;
  private sourceOrNull: Source | null;
  private rootNamespaceOrNull: Text | null;
  private readsRepeatedHeaders: bool;

  static open(root: Place, region: Region): PluginReading {
    const reading = changetype<PluginReading>(root.report.region.take(offsetof<PluginReading>()));
    reading.shared = root;
    reading.region = region;
    reading.slots = SlotTable.open(region, false);
    return reading;
  }

  get scratch(): Region {
    return this.shared.report.region;
  }

  /**
   * Begins to read a filter's configuration: `repeatedHeaders`, which is read first as it decides what the slots hold. False if no object stands
   * there; if nothing does the report says what to write, `example`.
   */
  begin(root: Place, example: Text): bool {
    if (!root.present && !root.report.failed) {
      root.error(Text.joined(this.scratch, utf8("empty: write "), example, utf8("")));
    }
    if (!root.object()) return false;
    this.repeatedHeaders();
    return true;
  }

  /** `direction` and `trustDomain`: who the source of a request is. */
  source(): Source {
    let source = this.sourceOrNull;
    if (source == null) {
      source = Source.read(this.shared, this.region);
      this.sourceOrNull = source;
    }
    return source;
  }

  /** `repeatedHeaders`: whether each value of a repeated header is matched, or all joined. */
  repeatedHeaders(): void {
    if (this.readsRepeatedHeaders) return;
    this.readsRepeatedHeaders = true;
    const choice = Choice.at(this.shared.field(utf8("repeatedHeaders")));
    this.slots.joined = choice.or(utf8("EACH"), 0).or(utf8("JOINED"), 1).value(0) == 1;
  }

  /** `rootNamespace` (MeshConfig): the namespace whose policies are for all workloads. Dead when the configuration is read. */
  get rootNamespace(): Text {
    let namespace = this.rootNamespaceOrNull;
    if (namespace == null) {
      namespace = this.shared.field(utf8("rootNamespace")).nonEmptyString();
      if (namespace == null) namespace = utf8("istio-system");
      this.rootNamespaceOrNull = namespace;
    }
    return namespace;
  }

  /** The timers of the configuration's root. */
  get timers(): Timers {
    let timers = this.timersOrNull;
    if (timers == null) {
      timers = Timers.open(this.region);
      this.timersOrNull = timers;
    }
    return timers;
  }
}
