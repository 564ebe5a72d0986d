import { Place } from "../../assembly/config/place";
import { Condition, Test } from "../../assembly/match/condition";
import { Field } from "../../assembly/match/field";
import { valuePattern } from "../../assembly/match/value-pattern";
import { Fact } from "../../assembly/request/slots";
import { isDigit } from "../../assembly/text/ascii";
import { AddressBlock, MAX_PORT } from "../../assembly/text/ip-address";
import { Text, utf8 } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";
import { addIdentity } from "./identity-values";
import { pathCondition } from "./path-value";
import { requestPrincipal } from "./request-principal";
import { RuleReader } from "./rule-reader";
import { Kind, Subject } from "./subject";

const OPENING: u8 = 0x5b;
const CLOSING: u8 = 0x5d;

/**
 * Reads one value of a policy's field into `field`: as istiod's generators make it (istio
 * `pilot/pkg/security/authz/model/generator.go`). What istiod would leave out, or could never match, is reported.
 */
export function readValue(place: Place, field: Field, subject: Subject, reader: RuleReader): void {
  const value = place.requiredString();
  if (value == null) return;
  switch (subject.kind) {
    case Kind.PRINCIPAL:
    case Kind.NAMESPACE:
    case Kind.SERVICE_ACCOUNT:
    case Kind.TRUST_DOMAIN:
      return addIdentity(place, value, field, subject.kind, reader);
    case Kind.PATH:
      return addIfThere(field, pathCondition(place, value, reader.compiler));
    case Kind.PORT:
      return addIfThere(field, portCondition(place, value, reader));
    case Kind.REMOTE_IP:
    case Kind.DESTINATION_IP:
    case Kind.DIRECT_REMOTE_IP:
      return addIfThere(field, addressCondition(place, value, subject.kind, reader));
  }
  field.add(simpleCondition(value, subject, reader));
}

function addIfThere(field: Field, condition: Condition | null): void {
  if (condition != null) field.add(condition);
}

/** The kinds of value that every text is one of. */
function simpleCondition(value: Text, subject: Subject, reader: RuleReader): Condition {
  const compiler = reader.compiler;
  switch (subject.kind) {
    case Kind.REQUEST_PRINCIPAL:
      return requestPrincipal(value, compiler);
    case Kind.METADATA:
      return metadataCondition(value, subject.name, reader);
    case Kind.HOST: {
      const host = pattern(value, Fact.HEADER, utf8(":authority"), Test.PRESENT, reader);
      host.ignoreCase = true;
      return host;
    }
    case Kind.METHOD:
      return pattern(value, Fact.HEADER, utf8(":method"), Test.PRESENT, reader);
    case Kind.HEADER:
      return pattern(value, Fact.HEADER, subject.name, Test.PRESENT, reader);
    case Kind.SNI:
      return pattern(value, Fact.SNI, utf8(""), Test.NOT_EMPTY, reader);
  }
  return pattern(value, Fact.CLAIM, subject.name, Test.NOT_EMPTY, reader);
}

function pattern(value: Text, fact: Fact, name: Text, star: Test, reader: RuleReader): Condition {
  return valuePattern(reader.compiler, fact, name, star, value.start, value.length);
}

/** `[v]` asks for a list with such an item, everything else for a string (istio `envoyFilterGenerator`). */
function metadataCondition(value: Text, name: Text, reader: RuleReader): Condition {
  let start = value.start;
  let end = start + value.length;
  if (load<u8>(start) != OPENING || load<u8>(end - 1) != CLOSING) {
    return pattern(value, Fact.METADATA_STRING, name, Test.NOT_EMPTY, reader);
  }
  while (start < end && isBracket(load<u8>(start))) start++;
  while (start < end && isBracket(load<u8>(end - 1))) end--;
  const length = <u32>(end - start);
  if (length == 0) return reader.compiler.conditionOf(Fact.METADATA_LIST, name, Test.EXACT, start, 0);
  return valuePattern(reader.compiler, Fact.METADATA_LIST, name, Test.NOT_EMPTY, start, length);
}

function isBracket(byte: u8): bool {
  return byte == OPENING || byte == CLOSING;
}

/** A port as istiod reads it (`strconv.ParseUint`): digits, zeros before them allowed. */
function portCondition(place: Place, value: Text, reader: RuleReader): Condition | null {
  let port: u32 = 0;
  for (let i: u32 = 0; i < value.length && port <= MAX_PORT; i++) {
    const byte = <u32>load<u8>(value.start + i);
    port = isDigit(byte) ? port * 10 + (byte - 0x30) : MAX_PORT + 1;
  }
  if (port > MAX_PORT) {
    place.expected(utf8("a port from 0 to 65535"));
    return null;
  }
  const decimal = Writer.decimal(reader.scratch, port);
  return reader.compiler.condition(Fact.PORT, utf8(""), Test.EXACT, decimal);
}

function addressCondition(place: Place, value: Text, kind: Kind, reader: RuleReader): Condition | null {
  const block = AddressBlock.parse(reader.scratch, value);
  if (block == null) {
    place.expected(utf8("an IP address or a CIDR block"));
    return null;
  }
  const state = reader.directRemoteIp;
  const direct = kind == Kind.DIRECT_REMOTE_IP;
  const fact = direct ? Fact.DIRECT_REMOTE_IP : kind == Kind.REMOTE_IP ? Fact.REMOTE_IP : Fact.DESTINATION_IP;
  const name = direct && state != null ? state : utf8("");
  const condition = reader.compiler.condition(fact, name, Test.CIDR, block.prefix);
  condition.bits = <u8>block.bits;
  return condition;
}
