import { headerName } from "../../assembly/config/header-name";
import { Place } from "../../assembly/config/place";
import { KnownName, nearestName } from "../../assembly/config/suggestion";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";
import { noDirectRemoteIp } from "./read-source";
import { RuleReader } from "./rule-reader";
import { Kind, Subject } from "./subject";

const OPENING: u8 = 0x5b;
const CLOSING: u8 = 0x5d;

/**
 * What the `key` of a condition names (AuthorizationPolicy `Condition`; istio `pkg/config/security: ValidateAttribute`,
 * `pilot/pkg/security/authz/model/model.go`). Null with a report where it names nothing: istiod would leave the whole rule
 * out.
 */
export function readKey(place: Place, reader: RuleReader): Subject | null {
  const key = place.nonEmptyString();
  if (key == null) return null;
  if (key.contains(0)) return wrongForm(place, utf8("a key must not contain NUL"));
  if (key.startsWith(utf8("request.headers"))) return headerSubject(place, key, reader);
  if (key.startsWith(utf8("request.auth.claims"))) return claimSubject(place, key, reader);
  if (key.startsWith(utf8("experimental.envoy.filters."))) return metadataSubject(place, key, reader);
  if (key.equals(utf8("source.ip")) && reader.directRemoteIp == null) {
    place.error(noDirectRemoteIp());
    return null;
  }
  const keys = Keys.of(key, reader.scratch);
  if (keys.found) return Subject.of(reader.scratch, keys.kind, keys.name);
  refuse(place, key, keys);
  return null;
}

/** The keys that stand for one fact each, compared with the one that is written. */
@unmanaged
class Keys {
  private written: Text;
  private region: Region;
  found: bool;
  kind: Kind;
  name: Text;
  known: KnownName | null;

  static of(written: Text, region: Region): Keys {
    const keys = changetype<Keys>(region.take(offsetof<Keys>()));
    keys.written = written;
    keys.region = region;
    keys.add(utf8("source.principal"), Kind.PRINCIPAL, utf8(""));
    keys.add(utf8("source.namespace"), Kind.NAMESPACE, utf8(""));
    keys.add(utf8("source.serviceAccount"), Kind.SERVICE_ACCOUNT, utf8(""));
    keys.add(utf8("source.trustDomain"), Kind.TRUST_DOMAIN, utf8(""));
    keys.add(utf8("source.ip"), Kind.DIRECT_REMOTE_IP, utf8(""));
    keys.add(utf8("remote.ip"), Kind.REMOTE_IP, utf8(""));
    keys.add(utf8("request.auth.principal"), Kind.REQUEST_PRINCIPAL, utf8(""));
    keys.add(utf8("request.auth.audiences"), Kind.CLAIM, utf8("aud"));
    keys.add(utf8("request.auth.presenter"), Kind.CLAIM, utf8("azp"));
    keys.add(utf8("destination.ip"), Kind.DESTINATION_IP, utf8(""));
    keys.add(utf8("destination.port"), Kind.PORT, utf8(""));
    keys.add(utf8("connection.sni"), Kind.SNI, utf8(""));
    return keys;
  }

  /** Makes a name one that might have been meant. */
  know(name: Text): void {
    const known = changetype<KnownName>(this.region.take(offsetof<KnownName>()));
    known.name = name;
    known.next = this.known;
    this.known = known;
  }

  private add(key: Text, kind: Kind, name: Text): void {
    this.know(key);
    if (!key.equals(this.written)) return;
    this.found = true;
    this.kind = kind;
    this.name = name;
  }
}

function refuse(place: Place, key: Text, keys: Keys): void {
  if (key.equals(utf8("destination.namespace")))
    return place.error(utf8("not a condition key: use the policy's namespace"));
  if (key.startsWith(utf8("destination.labels")))
    return place.error(utf8("not a condition key: use the policy's selector"));
  if (key.equals(utf8("destination.user")) || key.equals(utf8("destination.name"))) {
    return place.error(utf8("not a condition key: only v1alpha1 had it"));
  }
  keys.know(utf8("request.headers[…]"));
  keys.know(utf8("request.auth.claims[…]"));
  const writer = place.begin();
  writer.text(utf8("unknown key "));
  writer.quoted(key.start, key.length, 80);
  const near = nearestName(key, keys.known);
  if (near != null) {
    writer.text(utf8(" (did you mean "));
    writer.quoted(near.start, near.length, near.length);
    writer.text(utf8("?)"));
  }
  place.report.error();
}

function headerSubject(place: Place, key: Text, reader: RuleReader): Subject | null {
  const inner = inBrackets(key, utf8("request.headers").length, reader.scratch);
  if (inner == null) return wrongForm(place, utf8("expected request.headers[name]"));
  const name = headerName(place, inner, reader.scratch);
  return name == null ? null : Subject.of(reader.scratch, Kind.HEADER, name);
}

function claimSubject(place: Place, key: Text, reader: RuleReader): Subject | null {
  const from = utf8("request.auth.claims").length;
  const whole = inBrackets(key, from, reader.scratch);
  if (whole == null || hasEmptyName(key, from))
    return wrongForm(place, utf8("expected request.auth.claims[name] or request.auth.claims[name][name]"));
  const nested = nestedNames(key, from, reader.scratch);
  // Where the brackets do not pair, everything between the outer ones is one name (istio `extractNameInNestedBrackets`).
  return Subject.of(reader.scratch, Kind.CLAIM, nested == null ? whole : nested);
}

/** `experimental.envoy.filters.a.b[c]` is the entry `c` of the dynamic metadata of `envoy.filters.a.b`. */
function metadataSubject(place: Place, key: Text, reader: RuleReader): Subject | null {
  const from = utf8("experimental.").length;
  let open = from;
  while (open < key.length && load<u8>(key.start + open) != OPENING) open++;
  const entry = inBrackets(key, open, reader.scratch);
  if (entry == null) return wrongForm(place, utf8("expected experimental.envoy.filters.name[key]"));
  const path = Writer.open();
  path.bytes(key.start + from, open - from);
  path.byte(0);
  path.text(entry);
  const name = path.finish(reader.scratch);
  return Subject.of(reader.scratch, Kind.METADATA, name);
}

function wrongForm(place: Place, problem: Text): Subject | null {
  place.error(problem);
  return null;
}

/** What stands between the `[` at `from` and the `]` at the end of a key; null where they do not stand there, or nothing does. */
function inBrackets(key: Text, from: u32, region: Region): Text | null {
  if (key.length < from + 3 || load<u8>(key.start + from) != OPENING) return null;
  if (load<u8>(key.start + key.length - 1) != CLOSING) return null;
  return Text.copy(region, key.start + from + 1, key.length - from - 2);
}

/** Whether `[]` stands in the key: Envoy refuses the nameless segment that istiod makes of it. */
function hasEmptyName(key: Text, from: u32): bool {
  for (let at = from; at + 1 < key.length; at++) {
    if (load<u8>(key.start + at) == OPENING && load<u8>(key.start + at + 1) == CLOSING) return true;
  }
  return false;
}

/** The names of `[a][b]` with a NUL between two; null where the brackets do not pair so. */
function nestedNames(key: Text, from: u32, region: Region): Text | null {
  const path = Writer.open();
  const whole = writeNames(path, key, from);
  const names = path.finish(region);
  return whole ? names : null;
}

function writeNames(path: Writer, key: Text, from: u32): bool {
  for (let at = from; at < key.length;) {
    if (load<u8>(key.start + at) != OPENING) return false;
    const start = ++at;
    while (at < key.length && load<u8>(key.start + at) != CLOSING) {
      if (load<u8>(key.start + at++) == OPENING) return false;
    }
    if (at == key.length) return false;
    if (start > from + 1) path.byte(0);
    path.bytes(key.start + start, at - start);
    at++;
  }
  return true;
}
