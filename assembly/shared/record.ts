import { arenaTake } from "../memory/arena";
import { readShared, sharedLength, sharedStart, sharedVersion, writeShared } from "../host/shared-data";
import { Status } from "../host/status";
import { Region } from "../memory/region";
import { Text, utf8 } from "../text/text";

/** What `updateShared` writes: what was read, unless the change says something else (`writeInstead`). */
let nextStart: usize = 0;
let nextLength: u32 = 0;

/** For a change that puts its new value together elsewhere: it is the `length` bytes at `start`. */
export function writeInstead(start: usize, length: u32): void {
  nextStart = start;
  nextLength = length;
}

/**
 * Changes a value of the shared data, as if no other worker did so at the same time: reads it, has `change.apply(start, length)` change
 * the copy, and writes that, all again, `tries` times at most, if another worker wrote meanwhile. `apply` gives whether the value
 * is one that it understands; it may be called several times, so it changes nothing else.
 *
 * Gives Ok; CasMismatch if other workers were in the way each time; BadArgument if `apply` did not understand the value;
 * else what the host said.
 */
export function updateShared<C>(key: Text, tries: u32, change: C): Status {
  for (let left = tries; left > 0; left--) {
    const status = readShared(key);
    if (status != Status.OK) return status;
    writeInstead(sharedStart, sharedLength);
    if (!change.apply(sharedStart, sharedLength)) return Status.BAD_ARGUMENT;
    const written = writeShared(key, nextStart, nextLength, sharedVersion);
    if (written != Status.CAS_MISMATCH) return written;
  }
  return Status.CAS_MISMATCH;
}

/** A record of one size that all workers of a process share, under a key of the shared data. */
@unmanaged
export class SharedRecord {
  private key: Text;
  private size: u32;

  /**
   * The record of a kind, for one plugin or group. `kind` names the filter, what the record is, and its layout's version, with a dot
   * at the end: an image with another layout must not take it for its own.
   */
  static open(kind: Text, whose: Text, size: u32, region: Region): SharedRecord {
    const record = changetype<SharedRecord>(region.take(offsetof<SharedRecord>()));
    record.key = Text.joined(region, kind, whose, utf8(""));
    record.size = size;
    return record;
  }

  /**
   * Makes the record, of zeroes, if there is none of its size. To be called when a configuration was accepted: nothing can take it out
   * again. Envoy configures a plugin on its main thread before any worker has it, so no worker's change is lost.
   */
  make(): void {
    const status = readShared(this.key);
    if (status != Status.NOT_FOUND && !(status == Status.OK && sharedLength != this.size)) return;
    const empty = arenaTake(this.size);
    memory.fill(empty, 0, this.size);
    writeShared(this.key, empty, this.size, 0);
  }

  /** Where a copy of the record is, which lives until the callback ends; 0 if the host does not give it. */
  read(): usize {
    return readShared(this.key) == Status.OK && sharedLength == this.size ? sharedStart : 0;
  }

  /** Changes it with `change.apply(start)`, as `updateShared`; false if that did not come about. */
  update<C>(change: C, tries: u32): bool {
    return this.change<C>(change, tries) == Status.OK;
  }

  /** The same, where it matters why it did not come about: what `updateShared` gives. */
  change<C>(change: C, tries: u32): Status {
    return updateShared<C>(this.key, tries, change);
  }

  /** Writes it, whatever is there; false if the host does not take it. */
  overwrite(start: usize): bool {
    return writeShared(this.key, start, this.size, 0) == Status.OK;
  }
}
