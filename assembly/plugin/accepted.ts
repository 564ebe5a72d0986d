import { pluginName } from "../host/plugin-name";
import { readShared, sharedLength, sharedStart, writeShared } from "../host/shared-data";
import { arenaTake } from "../memory/arena";
import { Region } from "../memory/region";
import { buildId } from "../text/build-id";
import { Text, utf8 } from "../text/text";
import { xxHash64 } from "../text/xxhash64";

/** A document is known by a hash of 128 bits: of two seeds, as XXH64 is one of 64. */
const HASH: u32 = 2 * sizeof<u64>();
const OTHER_SEED: u64 = 1;
/** How many bytes of shared data a plugin has: 64 documents are remembered, each by its hash. */
const SIZE: u32 = 64 * HASH;

/**
 * Whether a document has been read by this build of the module without an error, in this process: a list of the last of such
 * documents in the shared data. Envoy has its main thread read a configuration before any worker does ("canary", proxy-wasm-cpp-host
 * `src/wasm.cc`), so the workers find its document there. If two threads write at the same time, one document is not remembered, and is
 * read at once.
 *
 * Any plugin of the proxy can write the list. So it is a hint: who relies on it must be ready to find errors after all. The list counts
 * within the callback alone.
 */
@unmanaged
export class Accepted {
  private key: Text;
  private list: usize;
  private hash: u64;
  private otherHash: u64;

  /** The entry of a document, for the plugin that is being configured; in `region`. */
  static of(start: usize, length: u32, region: Region): Accepted {
    const accepted = changetype<Accepted>(region.take(offsetof<Accepted>()));
    accepted.key = Text.joined(region, utf8("signalbox.read."), buildId(), pluginName(region));
    accepted.hash = xxHash64(start, length, 0);
    accepted.otherHash = xxHash64(start, length, OTHER_SEED);
    return accepted;
  }

  /** Whether this is another document of the same plugin. */
  replaces(other: Accepted): bool {
    if (!this.key.equals(other.key)) return false;
    return this.hash != other.hash || this.otherHash != other.otherHash;
  }

  /** Asks whether the document is said to have been read without an error; before `note`. */
  isNoted(): bool {
    readShared(this.key);
    if (sharedLength == SIZE) {
      this.list = sharedStart;
    } else {
      this.list = arenaTake(SIZE);
      memory.fill(this.list, 0, SIZE);
    }
    const list = this.list;
    for (let at = list; at < list + SIZE; at += HASH) {
      if (load<u64>(at) == this.hash && load<u64>(at, sizeof<u64>()) == this.otherHash) return true;
    }
    return false;
  }

  /** Says so of it, in the place of the oldest. If the host does not take that, nothing is lost but time: workers read it at once. */
  note(): void {
    const list = this.list;
    memory.copy(list + HASH, list, SIZE - HASH);
    store<u64>(list, this.hash);
    store<u64>(list, this.otherHash, sizeof<u64>());
    writeShared(this.key, list, SIZE, 0);
  }
}
