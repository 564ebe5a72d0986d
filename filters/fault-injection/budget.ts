import { pluginName } from "../../assembly/host/plugin-name";
import { readShared, sharedLength, sharedStart, sharedVersion, writeShared } from "../../assembly/host/shared-data";
import { Status } from "../../assembly/host/status";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";
import { MINUTE_SIZE, Minute, faultsOfMinute, requestsOfMinute } from "./minute";

const NANOSECONDS_A_SECOND: u64 = 1_000_000_000;
const MILLION: u64 = 1_000_000;
/** So often a write is tried that other workers are in the way of. */
const TRIES: u32 = 8;
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
  private key: Text;
  /** The share, of a million. */
  private most: u64;
  private second: u32;
  private requests: u32;

  /** Opens the plugin's minute; called while configuring, where Envoy's main thread comes before its workers. */
  static open(region: Region, most: u32): Budget {
    const budget = changetype<Budget>(region.take(offsetof<Budget>()));
    budget.key = sharedKey(region);
    budget.most = most;
    // Also what an image with another layout has left is of no use.
    const status = readShared(budget.key);
    if (status == Status.NOT_FOUND || (status == Status.OK && sharedLength != MINUTE_SIZE)) {
      writeShared(budget.key, region.take(MINUTE_SIZE), MINUTE_SIZE, 0);
    }
    return budget;
  }

  /**
   * Counts a request that came at a time in nanoseconds since 1970. Those of an earlier second that cannot be shared now count
   * no more: they would be taken for later ones.
   */
  seen(now: u64): void {
    const second = <u32>(now / NANOSECONDS_A_SECOND);
    if (second != this.second) {
      if (this.requests != 0 && second - this.second < TOO_OLD) this.share(0);
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
    return this.second != 0 && this.share(1);
  }

  /** Adds this worker's requests, and so many faults if there is room for them; whether both came about. */
  private share(faults: u32): bool {
    for (let tries: u32 = 0; tries < TRIES; tries++) {
      if (readShared(this.key) != Status.OK || sharedLength != MINUTE_SIZE) return false;
      const minute = changetype<Minute>(sharedStart);
      minute.add(this.second, this.requests, 0);
      const room = faults != 0 && this.hasRoom(minute);
      if (room) minute.add(this.second, 0, faults);
      const status = writeShared(this.key, sharedStart, MINUTE_SIZE, sharedVersion);
      if (status == Status.OK) {
        this.requests = 0;
        return room;
      }
      if (status != Status.CAS_MISMATCH) return false;
    }
    return false;
  }

  private hasRoom(minute: Minute): bool {
    if (!minute.sum(this.second)) return false;
    return (faultsOfMinute + 1) * MILLION <= requestsOfMinute * this.most;
  }
}

function sharedKey(region: Region): Text {
  const writer = Writer.open();
  writer.text(utf8("fault-injection.budget."));
  writer.text(pluginName(region));
  const key = Text.copy(region, writer.start, writer.length);
  writer.close();
  return key;
}
