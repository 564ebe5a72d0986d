import { Place } from "../../assembly/config/place";
import { Condition, Test } from "../../assembly/match/condition";
import { Field } from "../../assembly/match/field";
import { valuePattern } from "../../assembly/match/value-pattern";
import { Fact } from "../../assembly/request/slots";
import { Text, utf8 } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";
import { RuleReader } from "./rule-reader";
import { Kind } from "./subject";
import { TrustDomain, principalIn } from "./trust-domains";

const STAR: u8 = 0x2a;
const SLASH: u8 = 0x2f;
/** The longest service account that Istio takes, in bytes, its namespace included. */
const MAX_ACCOUNT_LENGTH: u32 = 320;

/** Adds a value that the peer's SPIFFE identity is compared with. */
export function addIdentity(place: Place, value: Text, field: Field, kind: Kind, reader: RuleReader): void {
  switch (kind) {
    case Kind.PRINCIPAL:
      return addPrincipals(place, value, field, reader);
    case Kind.NAMESPACE:
      return addNamespace(place, value, field, reader);
    case Kind.SERVICE_ACCOUNT:
      return addServiceAccount(place, value, field, reader);
  }
  addTrustDomains(place, value, field, reader);
}

/** Whether a value can be that of a principal; reports what cannot. */
function isPrincipal(place: Place, value: Text): bool {
  if (!value.startsWith(utf8("spiffe://"))) return true;
  place.error(utf8("remove spiffe://: with it, a principal matches nobody"));
  return false;
}

/** A principal, and the same in the mesh's other trust domains. */
function addPrincipals(place: Place, value: Text, field: Field, reader: RuleReader): void {
  if (!isPrincipal(place, value)) return;
  const length = reader.trustDomains.expanded(value);
  if (length == 0) return addPrincipal(value, field, reader);
  let domain = reader.trustDomains.first;
  while (domain != null) {
    addPrincipal(principalIn(domain.name, value, length, reader.scratch), field, reader);
    domain = domain.next;
  }
}

function addPrincipal(value: Text, field: Field, reader: RuleReader): void {
  field.add(onPart(value.start, value.length, Fact.PRINCIPAL, Test.PRESENT, reader));
}

/**
 * A namespace. Only here a `*` counts wherever it stands, and what it stands for may go on behind a `/`: istiod makes the
 * expression `.*\/ns/<namespace>/.*` of it. What a table can look up is taken for what it is.
 */
function addNamespace(place: Place, value: Text, field: Field, reader: RuleReader): void {
  const star = value.position(STAR);
  if (!value.contains(SLASH) && star > 0 && star + 1 >= value.length) {
    return field.add(onPart(value.start, value.length, Fact.NAMESPACE, Test.PRESENT, reader));
  }
  const expression = Writer.open();
  expression.text(utf8("(?:.*/)?ns/"));
  for (let i: u32 = 0; i < value.length; i++) writeLiteral(expression, load<u8>(value.start + i));
  expression.text(utf8("/.*"));
  const pattern = expression.finish(reader.scratch);
  const condition = reader.compiler.condition(Fact.PRINCIPAL, utf8(""), Test.REGEX, pattern);
  if (reader.compiler.regex(place, condition, pattern)) field.add(condition);
}

/** Writes a byte as what it stands for in an expression, and `*` as anything. */
function writeLiteral(expression: Writer, byte: u8): void {
  if (byte == STAR) return expression.text(utf8(".*"));
  if (byte < 0x80 && !isPlain(byte)) expression.byte(0x5c);
  expression.byte(byte);
}

/** Whether a byte means itself in an expression: letters, digits, `-`, `_` and `/` do. */
function isPlain(byte: u8): bool {
  const letter = (byte | 0x20) - 0x61;
  return letter < 26 || byte - 0x30 < 10 || byte == 0x2d || byte == 0x5f || byte == SLASH;
}

/** `<namespace>/<service account>`, or a service account of the policy's own namespace. */
function addServiceAccount(place: Place, value: Text, field: Field, reader: RuleReader): void {
  const slash = value.position(SLASH);
  if (!isServiceAccount(value, slash)) {
    return place.expected(utf8("a service account or namespace/service account, without * and at most 320 bytes long"));
  }
  if (slash < value.length) return field.add(onWhole(value, Fact.SERVICE_ACCOUNT, reader));
  if (!reader.knowsNamespace) {
    return place.error(utf8("the namespace of this service account is unknown: write namespace/service account"));
  }
  const full = Text.joined(reader.scratch, reader.policy.namespace, utf8("/"), value);
  field.add(onWhole(full, Fact.SERVICE_ACCOUNT, reader));
}

function isServiceAccount(value: Text, slash: u32): bool {
  if (value.length > MAX_ACCOUNT_LENGTH || value.contains(STAR) || slash == 0) return false;
  if (slash == value.length) return true;
  for (let i = slash + 1; i < value.length; i++) if (load<u8>(value.start + i) == SLASH) return false;
  return slash + 1 < value.length;
}

/** A trust domain; one of the mesh's is all of them. */
function addTrustDomains(place: Place, value: Text, field: Field, reader: RuleReader): void {
  const star = value.position(STAR);
  const inside = star > 0 && star + 1 < value.length;
  if (inside || (star == 0 && load<u8>(value.start + value.length - 1) == STAR && value.length > 1)) {
    return place.expected(utf8("a trust domain, with at most one *, at its start or end"));
  }
  if (value.contains(SLASH)) return place.error(utf8("a trust domain must not contain /"));
  if (!reader.trustDomains.includes(value)) return addTrustDomain(value, field, reader);
  let domain: TrustDomain | null = reader.trustDomains.first;
  while (domain != null) {
    addTrustDomain(domain.name, field, reader);
    domain = domain.next;
  }
}

function addTrustDomain(value: Text, field: Field, reader: RuleReader): void {
  const any = value.length == 1 && load<u8>(value.start) == STAR;
  field.add(onPart(value.start, value.length, any ? Fact.PRINCIPAL : Fact.TRUST_DOMAIN, Test.PRESENT, reader));
}

function onPart(start: usize, length: u32, fact: Fact, star: Test, reader: RuleReader): Condition {
  return valuePattern(reader.compiler, fact, utf8(""), star, start, length);
}

function onWhole(value: Text, fact: Fact, reader: RuleReader): Condition {
  return reader.compiler.condition(fact, utf8(""), Test.EXACT, value);
}
