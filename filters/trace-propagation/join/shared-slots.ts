import { readShared, writeShared } from "../../../assembly/host/shared-data";
import { Status } from "../../../assembly/host/status";
import { Region } from "../../../assembly/memory/region";
import { Text, utf8 } from "../../../assembly/text/text";
import { hexDigit } from "../../../assembly/text/writer";
import { EMPTY_SLOT_SIZE } from "./slot";

/** A power of two; the last hexadecimal digits of a slot's key tell them apart. */
export const SLOTS: u32 = 4096;
const DIGITS: u32 = 3;

/**
 * The slots of one group of plugins in the process's shared data: the same for all workers and both listeners. Their keys begin with the
 * group's name and the version of what lies in them.
 */
@unmanaged
export class SharedSlots {
  private keys: Text;

  /** The slots of a group. */
  static open(group: Text, region: Region): SharedSlots {
    const slots = changetype<SharedSlots>(region.take(offsetof<SharedSlots>()));
    slots.keys = Text.joined(region, utf8("trace-propagation.join.1."), group, utf8(".000"));
    return slots;
  }

  /** Reads a slot, as `host/shared-data.ts` has it. */
  read(slot: u32): Status {
    return readShared(this.key(slot));
  }

  /** Writes a slot, whatever is there. */
  overwrite(slot: u32, start: usize, length: u32): Status {
    return writeShared(this.key(slot), start, length, 0);
  }

  /**
   * Makes the slots if there are none yet, so that no request has to: to make one where two might at once would lose what the other
   * put there. Envoy configures a plugin on its main thread before any worker has it.
   */
  make(scratch: Region): void {
    if (readShared(this.key(SLOTS - 1)) != Status.NOT_FOUND) return;
    const empty = scratch.take(EMPTY_SLOT_SIZE);
    for (let slot: u32 = 0; slot < SLOTS; slot++) this.overwrite(slot, empty, EMPTY_SLOT_SIZE);
  }

  /** The key of a slot; it counts until another one is asked for. */
  key(slot: u32): Text {
    const end = this.keys.start + this.keys.length;
    for (let digit: u32 = 1; digit <= DIGITS; digit++) {
      store<u8>(end - digit, hexDigit((slot >> ((digit - 1) * 4)) & 15));
    }
    return this.keys;
  }
}
