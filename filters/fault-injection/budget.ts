import { pluginName } from "../../assembly/host/plugin-name";
import { Region } from "../../assembly/memory/region";
import { SharedRecord } from "../../assembly/shared/record";
import { utf8 } from "../../assembly/text/text";
import { MINUTE_SIZE, Minute, faultsOfMinute, requestsOfMinute } from "./minute";
import { NANOSECONDS_PER_SECOND } from "../../assembly/text/nanoseconds";

const MILLION: u64 = 1_000_000;
/** How many times a write is tried if other workers write in between. */
const MAX_TRIES: u32 = 8;
/**
 * Requests that many seconds old are no longer shared: a minute later the place of their second is another one's, which a
 * worker that looks at the clock a moment later may have taken already.
 */
const TOO_OLD: u32 = 59;

/**
 * `budget`: of the requests of the last minute no more than a share meets a fault, in all workers together. What is shared is
 * one `Minute` per process and plugin; a request is counted by the worker alone until the next second or the next fault, so
 * that the shared one holds no more requests than there were.
 */
@unmanaged
export class Budget {
  private record: SharedRecord;
  /** The share, of a million. */
  private most: u64;
  private second: u32;
  private requests: u32;
  /** The faults that are asked for, and whether there was room for them. */
  private faults: u32;
  private room: bool;

  /** A budget of the plugin's. */
  static open(region: Region, most: u32): Budget {
    const budget = changetype<Budget>(region.take(offsetof<Budget>()));
    budget.record = SharedRecord.open(utf8("fault-injection.budget."), pluginName(region), MINUTE_SIZE, region);
    budget.most = most;
    return budget;
  }

  /** Makes the minute that is shared, if there is none. */
  share(): void {
    this.record.make();
  }

  /**
   * Counts a request that came at a time in nanoseconds since 1970. Those of an earlier second that cannot be shared now count
   * no more: they would be taken for later ones.
   */
  seen(now: u64): void {
    const second = <u32>(now / NANOSECONDS_PER_SECOND);
    if (second != this.second) {
      if (this.requests != 0 && second - this.second < TOO_OLD) this.update(0);
      this.requests = 0;
      this.second = second;
    }
    this.requests++;
  }

  /**
   * Whether the request that was seen last may meet a fault, which is then spent. False also where that cannot be told: the
   * host gives no time or no shared data, other workers write all the time, or the clock was set back and is not yet as late
   * again.
   */
  spend(): bool {
    return this.second != 0 && this.update(1);
  }

  /** Adds this worker's requests, and so many faults if there is room for them; whether both came about. */
  private update(faults: u32): bool {
    this.faults = faults;
    if (!this.record.update<Budget>(this, MAX_TRIES)) return false;
    this.requests = 0;
    return this.room;
  }

  /** Adds them to the minute; for `SharedRecord.update`. */
  apply(start: usize, length: u32): bool {
    if (length != MINUTE_SIZE) return false;
    const minute = changetype<Minute>(start);
    minute.add(this.second, this.requests, 0);
    this.room = this.faults != 0 && this.hasRoom(minute);
    if (this.room) minute.add(this.second, 0, this.faults);
    return true;
  }

  private hasRoom(minute: Minute): bool {
    if (!minute.sum(this.second)) return false;
    return (faultsOfMinute + 1) * MILLION <= requestsOfMinute * this.most;
  }
}
