import { Region } from "../memory/region";
import { SlotTable } from "../request/slots";
import { Source } from "./source";
import { Timers } from "./timers";

/** What a configuration comes to for the frame, beside the plans of the filters. */
@unmanaged
export class Setup {
  /** What it lies in, with all that it points to. */
  region: Region;
  /** The slots of all filters of the module. */
  slots: SlotTable;
  source: Source;
  /** Null if no filter waits for anything. */
  timers: Timers | null;
  /** The module's plan: of a module with one filter, that filter's. 0 while it is read in steps, and if it then proves wrong. */
  plan: usize;
}
