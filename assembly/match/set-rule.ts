import { Chain } from "../memory/chain";
import { Field } from "./field";

/** Fields all of which must hold; one of the alternatives of `Clauses`. */
@unmanaged
export class Clause extends Chain<Field> {
  next: Clause | null;

  get fields(): Field | null {
    return this.first;
  }

  holds(): bool {
    let field = this.fields;
    while (field != null) {
      if (!field.holds()) return false;
      field = field.next;
    }
    return true;
  }
}

/** Alternatives of which one must hold, such as a rule's `from`. */
@unmanaged
export class Clauses extends Chain<Clause> {
  /** What must hold too. */
  next: Clauses | null;
  /** The level of the index that leads by them to the rule, from 1 on; 0 where none does (`SetIndex`). */
  led: u32;

  holds(): bool {
    let clause = this.first;
    while (clause != null) {
      if (clause.holds()) return true;
      clause = clause.next;
    }
    return false;
  }
}

/** A rule of one of the sets of a `SetIndex`. */
@unmanaged
export class SetRule {
  /** The number of its set, below `MAX_SETS`. */
  set: u32;
  /** Its place in the set: of two rules that a request meets, the one of the lower number counts. */
  number: u32;
  /** All of which must hold; a rule without any holds for every request. */
  clauses: Clauses | null;
  /** What the rule's owner keeps with it. */
  outcome: usize;
  /** The next rule of the list that an index is made of. */
  next: SetRule | null;

  /** Whether the current request meets the rule. */
  holds(): bool {
    let clauses = this.clauses;
    while (clauses != null) {
      if (!clauses.holds()) return false;
      clauses = clauses.next;
    }
    return true;
  }
}
