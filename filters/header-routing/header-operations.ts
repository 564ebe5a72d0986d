import { headerName } from "../../assembly/config/header-name";
import { Place } from "../../assembly/config/place";
import { HeaderMap } from "../../assembly/host/headers";
import { Region } from "../../assembly/memory/region";
import { appendHeader, dropHeader, setHeader } from "../../assembly/request/header-writes";
import { Text, utf8 } from "../../assembly/text/text";

const enum Operation {
  REMOVE,
  SET,
  ADD,
}

@unmanaged
class HeaderOperation {
  operation: Operation;
  name: Text;
  value: Text;
  next: HeaderOperation | null;

  apply(map: HeaderMap): void {
    if (this.operation == Operation.REMOVE) dropHeader(map, this.name);
    else if (this.operation == Operation.SET) setHeader(map, this.name, this.value.start, this.value.length);
    else appendHeader(map, this.name, this.value.start, this.value.length);
  }

  precedes(other: HeaderOperation): bool {
    if (this.operation != other.operation) return this.operation < other.operation;
    const length = min(this.name.length, other.name.length);
    const order = memory.compare(this.name.start, other.name.start, length);
    return order == 0 ? this.name.length < other.name.length : order < 0;
  }
}

/**
 * What a route or destination does to headers (Istio's `Headers.HeaderOperations`), in the order in which Envoy does it:
 * `remove`, then `set`, then `add` (Envoy `HeaderParser::evaluateHeaders`), each by name as istiod sorts them; then what
 * follows in `then`.
 */
@unmanaged
export class HeaderOperations {
  private first: HeaderOperation | null;
  private count: u32;
  /** Whether these are on a request's headers. */
  ofRequest: bool;
  then: HeaderOperations | null;

  get isEmpty(): bool {
    return this.first == null;
  }

  /** Applies all operations to the current stream's headers. A write that the host refuses is left undone. */
  apply(map: HeaderMap): void {
    let operation = this.first;
    while (operation != null) {
      operation.apply(map);
      operation = operation.next;
    }
    const then = this.then;
    if (then != null) then.apply(map);
  }

  /** Adds an operation; to be followed by `sort`. */
  add(added: HeaderOperation): void {
    added.next = this.first;
    this.first = added;
    this.count++;
  }

  /** Puts the operations where Envoy's order has them: those that are alike in the order in which they were added. */
  sort(): void {
    this.first = sorted(this.first, this.count);
  }

  /** Whether one of them is on that header. */
  touch(name: Text): bool {
    let operation = this.first;
    while (operation != null) {
      if (operation.name.equals(name)) return true;
      operation = operation.next;
    }
    return false;
  }

  /** Takes the operations of `other` in behind its own of the same kind. */
  merge(region: Region, other: HeaderOperations): void {
    let operation = other.first;
    let before: HeaderOperation | null = null;
    let at = this.first;
    while (operation != null) {
      const copy = changetype<HeaderOperation>(region.take(offsetof<HeaderOperation>()));
      copy.operation = operation.operation;
      copy.name = operation.name;
      copy.value = operation.value;
      // Both lists are in order, so that the next one goes further back.
      while (at != null && at.operation <= copy.operation) {
        before = at;
        at = at.next;
      }
      copy.next = at;
      if (before == null) this.first = copy;
      else before.next = copy;
      before = copy;
      operation = operation.next;
    }
  }
}

/**
 * The first `count` operations of a list in order, those that are alike the other way round. It merges the links themselves: the
 * filter has no other use for a sort of addresses, which would make the module larger.
 */
function sorted(first: HeaderOperation | null, count: u32): HeaderOperation | null {
  if (first == null) return null;
  if (count == 1) {
    first.next = null;
    return first;
  }
  let middle: HeaderOperation | null = first;
  for (let i: u32 = 0; i < count / 2; i++) if (middle != null) middle = middle.next;
  let right = sorted(middle, count - count / 2);
  let left = sorted(first, count / 2);
  let whole: HeaderOperation | null = null;
  let last: HeaderOperation | null = null;
  while (true) {
    const isLeft = left != null && (right == null || left.precedes(right));
    const taken = isLeft ? left : right;
    if (taken == null) break;
    if (isLeft) left = taken.next;
    else right = taken.next;
    if (last == null) whole = taken;
    else last.next = taken;
    last = taken;
  }
  return whole;
}

/**
 * Whether Envoy's router (`router.cc: Filter::decodeHeaders`, `RouteMatcher` for `x-forwarded-proto`) reads a request
 * header before a route's own header operations: an operation of a filter changes what the router does then, that of a
 * native route does not. `test/oracle/routes/router-headers.test.ts` shows which they are.
 */
function isReadByRouter(name: Text): bool {
  return (
    name.equals(utf8("x-forwarded-proto")) ||
    name.equals(utf8("grpc-timeout")) ||
    name.equals(utf8("x-envoy-attempt-count")) ||
    name.equals(utf8("x-envoy-expected-rq-timeout-ms")) ||
    name.equals(utf8("x-envoy-upstream-alt-stat-name")) ||
    name.equals(utf8("x-envoy-upstream-rq-timeout-ms")) ||
    name.equals(utf8("x-envoy-upstream-rq-per-try-timeout-ms"))
  );
}

/**
 * Reads `{set, add, remove}` (Istio's `Headers.HeaderOperations`); null where nothing stands there or nothing is left to
 * do. Refused: names that are none, pseudo-headers and `host` (natively an authority rewrite after routing, which a
 * filter, whose write routes anew, cannot do), of a request also what Envoy's router reads early, and Envoy's `%…%` formats
 * but for `%%`. An empty value does nothing, as in Envoy.
 */
export function readHeaderOperations(place: Place, region: Region, ofRequest: bool): HeaderOperations | null {
  if (!place.object()) return null;
  const operations = changetype<HeaderOperations>(region.take(offsetof<HeaderOperations>()));
  operations.ofRequest = ofRequest;
  readValues(place.field(utf8("set")), region, operations, Operation.SET);
  readValues(place.field(utf8("add")), region, operations, Operation.ADD);
  const remove = place.field(utf8("remove"));
  if (remove.list()) {
    let item = remove.firstOfFew();
    while (item != null) {
      const written = item.nonEmptyString();
      if (written != null) addOperation(item, region, operations, Operation.REMOVE, written, utf8(""));
      item = item.next();
    }
  }
  place.noOtherFields();
  operations.sort();
  return operations.isEmpty ? null : operations;
}

function readValues(place: Place, region: Region, operations: HeaderOperations, operation: Operation): void {
  if (!place.object()) return;
  let entry = place.firstOfFew();
  while (entry != null) {
    const written = entry.string();
    const value = written != null ? readValue(entry, region, written) : null;
    if (value != null) addOperation(entry, region, operations, operation, entry.key, value);
    entry = entry.next();
  }
}

function addOperation(
  place: Place,
  region: Region,
  operations: HeaderOperations,
  operation: Operation,
  written: Text,
  value: Text,
): void {
  const name = changeableName(place, region, written, operations.ofRequest);
  if (name == null || (operation != Operation.REMOVE && value.length == 0)) return;
  const added = changetype<HeaderOperation>(region.take(offsetof<HeaderOperation>()));
  added.operation = operation;
  added.name = name;
  added.value = value;
  operations.add(added);
}

/** The name of a header that a route may change; null with a report where it may not. */
function changeableName(place: Place, region: Region, written: Text, ofRequest: bool): Text | null {
  const name = headerName(place, written, region);
  if (name == null) return null;
  if (load<u8>(name.start) == 0x3a) {
    place.error(utf8("not supported: if a filter changes it, Envoy chooses the route again"));
    return null;
  }
  if (ofRequest && isReadByRouter(name)) {
    place.error(utf8("not supported: Envoy's router reads this header before it applies a route's header changes"));
    return null;
  }
  return name;
}

/** The value that the header gets: `%%` is one `%`; null with a report where there is a format, or a byte no header has. */
function readValue(place: Place, region: Region, written: Text): Text | null {
  const value = Text.copy(region, written.start, written.length);
  const end = value.start + value.length;
  let from = value.start;
  let to = value.start;
  while (from < end) {
    const byte = load<u8>(from++);
    if (byte == 0x25) {
      if (from == end || load<u8>(from) != 0x25) {
        place.expected(utf8('a value without Envoy format strings (write "%%" for "%")'));
        return null;
      }
      from++;
    } else if (byte == 0 || byte == 0x0a || byte == 0x0d) {
      place.expected(utf8("a header value without NUL, CR and LF"));
      return null;
    }
    store<u8>(to++, byte);
  }
  value.length = <u32>(to - value.start);
  return value;
}
