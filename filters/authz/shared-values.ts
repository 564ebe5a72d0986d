import { Condition } from "../../assembly/match/condition";
import { Region } from "../../assembly/memory/region";
import { hashText } from "../../assembly/text/hash";

/** How many values are known at most: a power of two. */
const PLACES: u32 = 1 << 10;

/**
 * Values that fields have alone, so that fields with the same value can share it: thousands of rules ask for the same method. Of values that
 * have one place only the last is known, since most are rare, and to know them all takes longer than it spares.
 */
@unmanaged
export class SharedValues {
  private places: usize;

  /** None yet, in `region`. */
  static open(region: Region): SharedValues {
    const values = changetype<SharedValues>(region.take(offsetof<SharedValues>()));
    values.places = region.take(PLACES * sizeof<usize>());
    return values;
  }

  /** A value, of the test EXACT, that asks for the same, if one is known; else this one is from now on. */
  sharedWith(value: Condition): Condition | null {
    const text = value.text;
    const hash = hashText(text.start, text.length) + value.slot;
    const place = this.places + (hash & (PLACES - 1)) * sizeof<usize>();
    const known = changetype<Condition | null>(load<usize>(place));
    if (known != null && known.slot == value.slot && known.ignoreCase == value.ignoreCase && known.text.equals(text)) {
      return known;
    }
    store<usize>(place, changetype<usize>(value));
    return null;
  }
}
