import { Region } from "../memory/region";
import { firstPresentHeader, firstValue } from "../request/request";
import { Fact, SlotTable } from "../request/slots";
import { lower, sameIgnoringCase } from "../text/ascii";
import { equalBytes } from "../text/equal-bytes";
import { HASH_START, hashByte, hashBytes, hashLower } from "../text/hash";
import { Text } from "../text/text";
import { Condition, Test, allHold } from "./condition";

/** Conditions of which all must hold, and what follows where they do. */
@unmanaged
export class Rule {
  /** The rule's place in the order: of two that match, the one of the lower number counts. */
  number: u32;
  conditions: Condition | null;
  /** What the rule's owner keeps with it. */
  outcome: usize;
  /** The next rule of the list that is being made, and then of the bucket that the rule came into. */
  next: Rule | null;
}

/** Rules that share one value of one fact: a request with another value need not be compared with them. */
@unmanaged
class Bucket {
  probe: Probe;
  text: Text;
  hash: u32;
  /** How many conditions ask for exactly this, while the index is made. */
  asked: u32;
  first: Rule | null;
  last: Rule | null;
  beside: Bucket | null;
}

/** A way in which a fact's values are looked up: whole, or by their first bytes. */
@unmanaged
class Probe {
  slot: u32;
  prefix: bool;
  ignoreCase: bool;
  /** The lengths of the prefixes, ascending; each once. */
  lengths: PrefixLength | null;
  /** How many rules lie in the probe's buckets. */
  rules: u32;
  next: Probe | null;
  /** The next probe of the same bucket of header probes. */
  beside: Probe | null;
}

@unmanaged
class PrefixLength {
  length: u32;
  next: PrefixLength | null;
}

/** How many buckets there are for probes on headers. */
const HEADER_PROBES: u32 = 64;

/**
 * Finds the first of many rules that the current request meets, looking only at those that it can meet.
 *
 * Each rule with a condition that a value must equal or start with lies in the bucket of the rarest such value; the
 * request's own values lead to their buckets. Rules without such a condition are tried one by one. The outcome is that
 * of going through all rules in order.
 */
@unmanaged
export class OrderedIndex {
  private region: Region;
  private count: u32;
  /** While the index is made: all probes; then those on facts that are no headers. */
  private probes: Probe | null;
  /** Those on headers, by their slots. */
  private headerProbes: usize;
  private buckets: usize;
  private bucketMask: u32;
  private alwaysFirst: Rule | null;
  private alwaysLast: Rule | null;

  /** Makes the index of a list of rules in ascending order, `count` of them. The list's links are used up. */
  static build(region: Region, slots: SlotTable, rules: Rule | null, count: u32): OrderedIndex {
    const index = changetype<OrderedIndex>(region.take(offsetof<OrderedIndex>()));
    index.count = count;
    index.region = region;
    let size: u32 = 16;
    while (size < count * 2) size *= 2;
    index.bucketMask = size - 1;
    index.buckets = region.take(size * sizeof<usize>());
    index.headerProbes = region.take(HEADER_PROBES * sizeof<usize>());
    index.countValues(rules);
    let rule = rules;
    while (rule != null) {
      const next = rule.next;
      rule.next = null;
      index.place(rule);
      rule = next;
    }
    index.sortProbes(slots);
    return index;
  }

  /** Whether there are no rules. */
  get isEmpty(): bool {
    return this.count == 0;
  }

  /** The first rule that the current request meets; null where there is none. */
  first(): Rule | null {
    let best: Rule | null = null;
    let header = firstPresentHeader();
    while (header != null) {
      let probe = changetype<Probe | null>(load<usize>(this.headerBucket(header.number)));
      while (probe != null) {
        if (probe.slot == header.number) best = this.look(probe, best);
        probe = probe.beside;
      }
      header = header.nextPresent;
    }
    let probe = this.probes;
    while (probe != null) {
      best = this.look(probe, best);
      probe = probe.next;
    }
    return firstOf(this.alwaysFirst, best);
  }

  private look(probe: Probe, best: Rule | null): Rule | null {
    return probe.prefix ? this.byPrefix(probe, best) : this.byValue(probe, best);
  }

  private headerBucket(slot: u32): usize {
    return this.headerProbes + (slot % HEADER_PROBES) * sizeof<usize>();
  }

  private byValue(probe: Probe, before: Rule | null): Rule | null {
    let best = before;
    let value = firstValue(probe.slot);
    while (value != null) {
      const hash = probe.ignoreCase ? hashLower(value.start, value.length) : hashBytes(value.start, value.length);
      const bucket = this.find(probe, hash, value.start, value.length);
      if (bucket != null) best = firstOf(bucket.first, best);
      value = value.next;
    }
    return best;
  }

  private byPrefix(probe: Probe, before: Rule | null): Rule | null {
    let best = before;
    let value = firstValue(probe.slot);
    while (value != null) {
      let hash = HASH_START;
      let hashed: u32 = 0;
      let prefix = probe.lengths;
      while (prefix != null && prefix.length <= value.length) {
        for (; hashed < prefix.length; hashed++) {
          const byte = <u32>load<u8>(value.start + hashed);
          hash = hashByte(hash, probe.ignoreCase ? lower(byte) : byte);
        }
        const bucket = this.find(probe, hash, value.start, prefix.length);
        if (bucket != null) best = firstOf(bucket.first, best);
        prefix = prefix.next;
      }
      value = value.next;
    }
    return best;
  }

  private find(probe: Probe, hash: u32, start: usize, length: u32): Bucket | null {
    let bucket = changetype<Bucket | null>(load<usize>(this.slotOf(hash)));
    while (bucket != null) {
      if (bucket.hash == hash && bucket.probe == probe && bucket.text.length == length) {
        if (holdsText(bucket.text, start, probe.ignoreCase)) return bucket;
      }
      bucket = bucket.beside;
    }
    return null;
  }

  private slotOf(hash: u32): usize {
    return this.buckets + (hash & this.bucketMask) * sizeof<usize>();
  }

  /** Makes a bucket for each value that a condition asks for, and counts how often. */
  private countValues(rules: Rule | null): void {
    let rule = rules;
    while (rule != null) {
      let condition = rule.conditions;
      while (condition != null) {
        if (isLookup(condition)) this.bucketFor(condition).asked++;
        condition = condition.next;
      }
      rule = rule.next;
    }
  }

  /** Puts a rule, the highest so far, behind those of the bucket that the fewest share. */
  private place(rule: Rule): void {
    let rarest: Bucket | null = null;
    let condition = rule.conditions;
    while (condition != null) {
      if (isLookup(condition)) {
        const bucket = this.bucketFor(condition);
        if (rarest == null || bucket.asked < rarest.asked) rarest = bucket;
      }
      condition = condition.next;
    }
    if (rarest == null) {
      const last = this.alwaysLast;
      if (last == null) this.alwaysFirst = rule;
      else last.next = rule;
      this.alwaysLast = rule;
      return;
    }
    const last = rarest.last;
    if (last == null) {
      rarest.first = rule;
      if (rarest.probe.prefix) this.addLength(rarest.probe, rarest.text.length);
    } else {
      last.next = rule;
    }
    rarest.last = rule;
    rarest.probe.rules++;
  }

  private bucketFor(condition: Condition): Bucket {
    const probe = this.probeFor(condition);
    const text = lookupText(condition);
    const hash = probe.ignoreCase ? hashLower(text.start, text.length) : hashBytes(text.start, text.length);
    const known = this.find(probe, hash, text.start, text.length);
    if (known != null) return known;
    const bucket = changetype<Bucket>(this.region.take(offsetof<Bucket>()));
    bucket.probe = probe;
    bucket.text = text;
    bucket.hash = hash;
    const slot = this.slotOf(hash);
    bucket.beside = changetype<Bucket | null>(load<usize>(slot));
    store<usize>(slot, changetype<usize>(bucket));
    return bucket;
  }

  private probeFor(condition: Condition): Probe {
    const prefix = condition.test != Test.EXACT;
    let known = this.probes;
    while (known != null) {
      if (known.slot == condition.slot && known.prefix == prefix && known.ignoreCase == condition.ignoreCase)
        return known;
      known = known.next;
    }
    const probe = changetype<Probe>(this.region.take(offsetof<Probe>()));
    probe.slot = condition.slot;
    probe.prefix = prefix;
    probe.ignoreCase = condition.ignoreCase;
    probe.next = this.probes;
    this.probes = probe;
    return probe;
  }

  private addLength(probe: Probe, length: u32): void {
    let before: PrefixLength | null = null;
    let at = probe.lengths;
    while (at != null && at.length < length) {
      before = at;
      at = at.next;
    }
    if (at != null && at.length == length) return;
    const added = changetype<PrefixLength>(this.region.take(offsetof<PrefixLength>()));
    added.length = length;
    added.next = at;
    if (before == null) probe.lengths = added;
    else before.next = added;
  }

  /**
   * Puts the probes on headers where their slots lead to them. Probes without a rule (each had a rarer value elsewhere) are
   * left out.
   */
  private sortProbes(slots: SlotTable): void {
    let kept: Probe | null = null;
    let probe = this.probes;
    while (probe != null) {
      const next = probe.next;
      if (probe.rules > 0 && slots.at(probe.slot).fact == Fact.HEADER) {
        const bucket = this.headerBucket(probe.slot);
        probe.beside = changetype<Probe | null>(load<usize>(bucket));
        store<usize>(bucket, changetype<usize>(probe));
      } else if (probe.rules > 0) {
        probe.next = kept;
        kept = probe;
      }
      probe = next;
    }
    this.probes = kept;
  }
}

/** The first rule of an ascending list that the current request meets and that comes before `best`; else `best`. */
function firstOf(rules: Rule | null, best: Rule | null): Rule | null {
  let rule = rules;
  while (rule != null && (best == null || rule.number < best.number)) {
    if (allHold(rule.conditions)) return rule;
    rule = rule.next;
  }
  return best;
}

/** Whether a request can meet the condition only with a value that a table finds. */
function isLookup(condition: Condition): bool {
  if (condition.invert || condition.missingIsEmpty || condition.or != null) return false;
  if (condition.test == Test.EXACT || condition.test == Test.PREFIX) return true;
  return condition.test == Test.REGEX && lookupText(condition).length > 0;
}

/** What a value must be, or start with, to meet the condition: for an expression, the bytes that all its matches start with. */
function lookupText(condition: Condition): Text {
  const regex = condition.regex;
  return regex != null ? regex.literalPrefix : condition.text;
}

function holdsText(text: Text, start: usize, ignoreCase: bool): bool {
  if (ignoreCase) return sameIgnoringCase(text.start, text.length, start, text.length);
  return equalBytes(text.start, start, text.length);
}
