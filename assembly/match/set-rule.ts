import { Field } from "./field";

/** The field added last, of the clause that is being filled: clauses are filled one after the other. */
let last: usize = 0;

/** Fields all of which must hold; one of the alternatives of `Clauses`. */
@unmanaged
export class Clause {
  fields: Field | null;
  /** The next alternative. */
  or: Clause | null;

  /** Adds a field after the others. No field may have been added to another clause since the first of this one. */
  add(field: Field): void {
    if (this.fields == null) this.fields = field;
    else changetype<Field>(last).next = field;
    last = changetype<usize>(field);
  }

  /** Whether the current request meets all fields, whatever the alternatives ask for. */
  isMet(): bool {
    let field = this.fields;
    while (field != null) {
      if (!field.holds()) return false;
      field = field.next;
    }
    return true;
  }
}

/** The first of alternatives of which one must hold, such as a rule's `from`, and what is known of all of them. */
@unmanaged
export class Clauses extends Clause {
  /** What must hold too. */
  next: Clauses | null;
  /** The level of the index that leads by them to the rule, from 1 on; 0 where none does (`SetIndex`). */
  led: u32;

  holds(): bool {
    if (this.isMet()) return true;
    let clause = this.or;
    while (clause != null) {
      if (clause.isMet()) return true;
      clause = clause.or;
    }
    return false;
  }
}

/** A rule of one of the sets of a `SetIndex`. Its owner's rules extend it. */
@unmanaged
export class SetRule {
  /** The number of its set, below `MAX_SETS`. */
  set: u32;
  /** Its place in the set: of two rules that a request meets, the one of the lower number counts. */
  number: u32;
  /** All of which must hold; a rule without any holds for every request. */
  clauses: Clauses | null;
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

/** Only rules with a lower number than this come before the one found; if none is found, all rules do. */
export function limitOf(found: SetRule | null): u32 {
  return found == null ? u32.MAX_VALUE : found.number;
}
