import { Chain, openChain } from "../memory/chain";
import { Text, utf8 } from "../text/text";
import { Place } from "./place";
import { KnownName, nearestName } from "./suggestion";

/**
 * The reading of an enumeration: the names that may stand at a place, each with the value that it means:
 * `Choice.at(place).or(utf8("ALLOW"), 0).or(utf8("DENY"), 1).value(0)`.
 */
@unmanaged
export class Choice {
  private place: Place;
  private written: Text | null;
  private found: bool;
  private meaning: i32;
  private names: Chain<KnownName>;

  /** Starts the choice of what stands at `place`. */
  static at(place: Place): Choice {
    const choice = changetype<Choice>(place.report.region.take(offsetof<Choice>()));
    choice.place = place;
    choice.names = openChain<KnownName>(place.report.region);
    choice.written = place.string();
    return choice;
  }

  /** Adds a name and its value. Names are compared to the letter, as protobuf's JSON mapping does. */
  or(name: Text, value: i32): Choice {
    const known = changetype<KnownName>(this.place.report.region.take(offsetof<KnownName>()));
    known.name = name;
    this.names.add(known);
    const written = this.written;
    if (written != null && written.equals(name)) {
      this.found = true;
      this.meaning = value;
    }
    return this;
  }

  /** The value of the name that stands there; `otherwise` where none does, with a report where it is not one of them. */
  value(otherwise: i32): i32 {
    if (this.found) return this.meaning;
    const written = this.written;
    if (written == null) return otherwise;
    if (this.place.report.isFull) {
      this.place.report.error();
      return otherwise;
    }
    const writer = this.place.begin();
    writer.text(utf8("expected "));
    let known = this.names.first;
    while (known != null) {
      writer.text(known.name);
      known = known.next;
      if (known != null) writer.text(known.next == null ? utf8(" or ") : utf8(", "));
    }
    const near = nearestName(written, this.names.first);
    if (near != null) {
      writer.text(utf8(" (did you mean "));
      writer.text(near);
      writer.text(utf8("?)"));
    }
    this.place.endWithValue();
    return otherwise;
  }
}
