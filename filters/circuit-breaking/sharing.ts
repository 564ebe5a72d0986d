import { Standing } from "../../assembly/plugin/standing";
import { Text } from "../../assembly/text/text";

/** How the circuits of a configuration share metrics and records with other workers. */
@unmanaged
export class Sharing {
  /** The plugin's name, by which they are told from those of other plugins in the process. */
  plugin: Text;
  standing: Standing;
  /** Envoy did not take the record of some circuit. */
  refused: bool;
}
