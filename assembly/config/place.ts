import { openChain } from "../memory/chain";
import { isDigit } from "../text/ascii";
import { JsonKind, JsonNode } from "../text/json/node";
import { Text, utf8 } from "../text/text";
import { Writer } from "../text/writer";
import { Report } from "./report";
import { KnownName, nearestName } from "./suggestion";

/** How much of a value or name a message shows, in bytes. */
const SHOWN: u32 = 80;
/** The most items or entries of what is read in one step, as nobody needs many. */
const MAX_FEW: u32 = 1000;
/** The most bytes of it. */
const MAX_FEW_BYTES: u32 = 32 << 10;

/**
 * A place in the configuration: a value, or the lack of one, that knows its own path.
 *
 * Reading is strict and goes on after an error, so that one push shows everything that is wrong. An object's known
 * fields are those that were asked for by `field`; `noOtherFields` then reports the rest, each with the nearest known
 * name. A JSON `null` is an absent field, as for Istio (protobuf's JSON mapping).
 */
@unmanaged
export class Place {
  /** What stands here; null where nothing does. */
  node: JsonNode | null;
  report: Report;
  private parent: Place | null;
  /** The name of a field; null of an item or entry. */
  private name: Text | null;
  private index: u32;
  /** The field here that was asked for last. */
  private lastField: Place | null;
  /** Of a field: the one of the same parent that was asked for before it. */
  private fieldBefore: Place | null;

  /** The document's root. */
  static root(report: Report, node: JsonNode | null): Place {
    return Place.make(report, null, node);
  }

  private static make(report: Report, parent: Place | null, node: JsonNode | null): Place {
    const place = changetype<Place>(report.region.takeOften(offsetof<Place>()));
    place.report = report;
    place.parent = parent;
    place.node = node;
    return place;
  }

  /** Whether a value stands here. */
  get present(): bool {
    const node = this.node;
    return node != null && node.kind != JsonKind.NULL;
  }

  /** Whether this is an object; reports where something else stands here. False, without a report, where nothing does. */
  object(): bool {
    return this.expect(JsonKind.OBJECT, utf8("an object"));
  }

  /** Whether this is a list; reports where something else stands here. False, without a report, where nothing does. */
  list(): bool {
    return this.expect(JsonKind.ARRAY, utf8("a list"));
  }

  /** Whether this is a string. */
  get isString(): bool {
    const node = this.node;
    return node != null && node.kind == JsonKind.STRING;
  }

  /** How many items or members stand here. */
  get count(): u32 {
    const node = this.node;
    return node == null ? 0 : node.count;
  }

  /** How many bytes stand here, as they are written. */
  get size(): u32 {
    const node = this.node;
    return node == null ? 0 : <u32>(node.to - node.from);
  }

  /** How many bytes the name of the field or key has. */
  get keyLength(): u32 {
    const node = this.node;
    return node == null ? 0 : node.keyLength;
  }

  /** The map key's name, in the report's region. */
  get key(): Text {
    const node = changetype<JsonNode>(this.node);
    return Text.copy(this.report.region, node.key, node.keyLength);
  }

  /** The field of that name, present or not. The name is a known one then, for all places of this value. */
  field(name: Text): Place {
    const place = Place.make(this.report, this, this.member(name));
    place.name = name;
    place.fieldBefore = this.lastField;
    this.lastField = place;
    return place;
  }

  /** Reports every field that `field` was not asked for. */
  noOtherFields(): void {
    let member = this.firstMember();
    while (member != null) {
      if (!member.isKnown) this.unknownField(member);
      member = member.next;
    }
  }

  /**
   * The first item of a list or the first entry of a map (an object whose names are the user's); null if there is none or it is malformed,
   * or if the report is exhausted.
   */
  first(): Place | null {
    const node = this.node;
    if (node == null || (node.kind != JsonKind.ARRAY && node.kind != JsonKind.OBJECT)) return null;
    const long = node.long;
    return this.child(long == null ? node.first : this.report.reader.firstOf(long), 0);
  }

  /**
   * The same of a list or map that is read in one step (`memory/agenda.ts`). Null, with a report, if it has more than 1,000 items or entries, or
   * more than 32 KiB.
   */
  firstOfFew(): Place | null {
    if (this.count > MAX_FEW) this.error(utf8("more than 1000 entries"));
    else if (this.size > MAX_FEW_BYTES) this.error(utf8("larger than 32 KiB"));
    else return this.first();
    return null;
  }

  /** The item or entry after this one; null after the last, or if the next one is malformed. */
  next(): Place | null {
    const parent = this.parent;
    const node = this.node;
    if (parent == null || node == null || parent.node == null) return null;
    const long = changetype<JsonNode>(parent.node).long;
    const next = long == null ? node.next : this.report.reader.nextOf(long, node.to);
    return parent.child(next, this.index + 1);
  }

  /** The place of this list's item of that index, which stands at `node`; null if there is none, or if the report is exhausted. */
  child(node: JsonNode | null, index: u32): Place | null {
    if (node == null || this.report.exhausted) return null;
    return this.itemAt(index, node);
  }

  /** The same for a message about an item of a list that was read before: without its value. */
  itemAt(index: u32, node: JsonNode | null = null): Place {
    const place = Place.make(this.report, this, node);
    place.index = index;
    return place;
  }

  /** Reports a field that Istio has and this filter cannot honour, if it is there. */
  refuse(name: Text, reason: Text): void {
    const field = this.field(name);
    if (!field.present) return;
    const writer = field.begin();
    writer.text(utf8("not supported: "));
    writer.text(reason);
    this.report.error();
  }

  /**
   * The string here; null where nothing stands, and with a report where something else does. Of a boolean the report says
   * how it may have come about: kubectl and istiod read YAML 1.1.
   */
  string(): Text | null {
    const node = this.node;
    if (node == null || node.kind == JsonKind.NULL) return null;
    if (node.kind == JsonKind.STRING) return Text.copy(this.report.region, node.start, node.count);
    if (node.kind != JsonKind.BOOLEAN) {
      this.expected(utf8("a string"));
      return null;
    }
    const writer = this.begin();
    writer.text(
      node.flag
        ? utf8("expected a string, got true: YAML reads y, yes and on as true unless they are quoted")
        : utf8("expected a string, got false: YAML reads n, no and off as false unless they are quoted"),
    );
    this.report.error();
    return null;
  }

  /** The string here, which must not be empty; null where nothing stands, and with a report where something else does. */
  nonEmptyString(): Text | null {
    const text = this.string();
    if (text == null || text.length > 0) return text;
    this.expected(utf8("a string that is not empty"));
    return null;
  }

  /** The string here, which must be there and not be empty, as an item of a list; null with a report where it is not. */
  requiredString(): Text | null {
    if (this.present) return this.nonEmptyString();
    this.expected(utf8("a string that is not empty"));
    return null;
  }

  /** The boolean here, or `otherwise`. */
  boolean(otherwise: bool): bool {
    return this.expect(JsonKind.BOOLEAN, utf8("true or false")) ? changetype<JsonNode>(this.node).flag : otherwise;
  }

  /** The whole number from `least` to `most` here, or `otherwise`. Numbers arrive as doubles: 3.0 is 3. */
  integer(least: i64, most: i64, otherwise: i64): i64 {
    const node = this.node;
    if (node == null || node.kind == JsonKind.NULL) return otherwise;
    if (node.kind == JsonKind.NUMBER) {
      const value = node.number;
      if (value >= <f64>least && value <= <f64>most && Math.floor(value) == value) return <i64>value;
    }
    const writer = this.begin();
    writer.text(utf8("expected a whole number from "));
    writer.integer(least);
    writer.text(utf8(" to "));
    writer.integer(most);
    this.endWithValue();
    return otherwise;
  }

  /** The number here, or `otherwise`. */
  number(otherwise: f64): f64 {
    return this.expect(JsonKind.NUMBER, utf8("a number")) ? changetype<JsonNode>(this.node).number : otherwise;
  }

  /** Reports that a field must be there, if it is not. */
  required(): bool {
    if (this.present) return true;
    this.begin().text(utf8("required, and missing"));
    this.report.error();
    return false;
  }

  /** Reports that something else than `what` stands here, and what does. */
  expected(what: Text): void {
    const writer = this.begin();
    writer.text(utf8("expected "));
    writer.text(what);
    this.endWithValue();
  }

  /** Reports an error here. */
  error(problem: Text): void {
    this.begin().text(problem);
    this.report.error();
  }

  /** Reports a warning here. */
  warn(problem: Text): void {
    this.begin().text(problem);
    this.report.warning();
  }

  /** Starts a message about this place: the report's writer, with the path in it. `report.error()` ends it. */
  begin(): Writer {
    const writer = this.report.writer;
    writer.clear();
    if (this.report.isFull) return writer;
    this.writePath(writer);
    writer.text(utf8(": "));
    return writer;
  }

  /** Ends a message with `, got ‹value›`, shown as it was written. */
  endWithValue(): void {
    const writer = this.report.writer;
    const node = this.node;
    writer.text(utf8(", got "));
    if (this.report.isFull) return this.report.error();
    if (node == null) writer.text(utf8("nothing"));
    else writer.plain(node.from, <u32>(node.to - node.from), SHOWN);
    this.report.error();
  }

  /** Writes the path: `virtualServices[0].http[1].match[0].headers["end-user"]`. */
  writePath(writer: Writer): void {
    const parent = this.parent;
    if (parent == null) {
      writer.text(utf8("pluginConfig"));
      return;
    }
    const inRoot = parent.parent == null;
    if (!inRoot) parent.writePath(writer);
    const parentNode = parent.node;
    if (parentNode != null && parentNode.kind == JsonKind.ARRAY) {
      writer.byte(0x5b);
      writer.integer(this.index);
      writer.byte(0x5d);
    } else {
      const field = this.name;
      const name = field == null ? this.key : field;
      if (isIdentifier(name.start, name.length)) {
        if (!inRoot) writer.byte(0x2e);
        writer.text(name);
      } else {
        writer.byte(0x5b);
        writer.quoted(name.start, name.length, SHOWN);
        writer.byte(0x5d);
      }
    }
  }

  /** The member of that name, which is a known one from now on. */
  private member(name: Text): JsonNode | null {
    let member = this.firstMember();
    while (member != null) {
      if (member.isNamed(name)) {
        member.isKnown = true;
        break;
      }
      member = member.next;
    }
    return member;
  }

  /** The first member of the object here; of a long one all are read now. Null if there is none, or no object stands here. */
  private firstMember(): JsonNode | null {
    const node = this.node;
    if (node == null || node.kind != JsonKind.OBJECT) return null;
    const long = node.long;
    // An object that is read by the names of its fields is a record, and no record has so many.
    if (long != null) this.report.reader.unfold(node, long);
    return node.first;
  }

  private unknownField(member: JsonNode): void {
    if (this.report.isFull) return this.report.error();
    const writer = this.begin();
    writer.text(utf8("unknown field "));
    writer.quoted(member.key, member.keyLength, SHOWN);
    const near = nearestName(Text.copy(this.report.region, member.key, member.keyLength), this.knownNames());
    if (near != null) {
      writer.text(utf8(" (did you mean "));
      writer.quoted(near.start, near.length, SHOWN);
      writer.text(utf8("?)"));
    }
    this.report.error();
  }

  /** The names that were asked for, the last one first. */
  private knownNames(): KnownName | null {
    const region = this.report.region;
    const names = openChain<KnownName>(region);
    let field = this.lastField;
    while (field != null) {
      const known = changetype<KnownName>(region.take(offsetof<KnownName>()));
      known.name = changetype<Text>(field.name);
      names.add(known);
      field = field.fieldBefore;
    }
    return names.first;
  }

  private expect(kind: JsonKind, what: Text): bool {
    const node = this.node;
    if (node == null || node.kind == JsonKind.NULL) return false;
    if (node.kind == kind) return true;
    this.expected(what);
    return false;
  }
}

/** `noOtherFields` as a step (`memory/agenda.ts`), for an object whose last fields are read in steps. */
export function endFields(place: Place): bool {
  place.noOtherFields();
  return true;
}

function isIdentifier(start: usize, length: u32): bool {
  if (length == 0 || length > SHOWN) return false;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(start + i);
    if (!isDigit(byte) && byte != 0x5f && (byte | 0x20) - 0x61 >= 26) return false;
  }
  return true;
}
