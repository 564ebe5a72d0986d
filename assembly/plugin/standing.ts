/**
 * Whether a configuration is still the latest of its plugin. One that is read in steps may be activated after a newer one, for example for
 * a listener that drains: it must not take over then what both share with other workers.
 */
@unmanaged
export class Standing {
  /** A newer configuration of the plugin, with another document, has been accepted in this VM. */
  replaced: bool;
}
