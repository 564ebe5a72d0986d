import { arenaTake } from "../host/arena";
import { HeaderMap, pairsSize, pairsStart, readHeaderPairs } from "../host/headers";
import { Status } from "../host/status";
import { hashBytes } from "../text/hash";
import { readDestinationAddress, readDirectRemoteAddress, readRemoteAddress } from "./address";
import { readClaim, readClaimString } from "./claim";
import { readCookie } from "./cookie";
import { readNamespaces, readServiceAccounts, readTrustDomain } from "./identity-parts";
import { readMetadata, readMetadataList, readMetadataString } from "./metadata";
import { readPort } from "./port";
import { forgetIdentity, readPrincipal } from "./principal";
import { forgetRefusal } from "./property";
import { readServerName } from "./server-name";
import { Fact, Slot, SlotTable, lengthBit } from "./slots";
import { SlotState, addHeaderValue, forgetSlots, isKnown, setAbsent, stateOf } from "./states";
import { readPath, readQueryParameter } from "./target";
import { Value } from "./value";

export { firstPresentHeader, reserveSlots } from "./states";

let table: SlotTable = changetype<SlotTable>(0);

/**
 * Starts the evaluation of a request by the plan whose slots are given: nothing is read yet.
 */
export function openRequest(slots: SlotTable): void {
  table = slots;
  forgetSlots();
  forgetRefusal();
  forgetIdentity();
}

/**
 * Reads the request's headers, all at once, into the slots that the plan has for them. False where the host refuses.
 */
export function readRequestHeaders(): bool {
  if (readHeaderPairs(HeaderMap.REQUEST_HEADERS) != Status.OK) return false;
  fillHeaders(pairsStart, pairsSize);
  return true;
}

/** Takes headers in the host's pairs encoding (`host/headers.ts`) into the slots. Malformed pairs end the reading. */
export function fillHeaders(pairs: usize, size: u32): void {
  if (size < 4) return;
  const end = pairs + size;
  const count = load<u32>(pairs);
  let lengths = pairs + 4;
  if (<u64>count * 8 > <u64>(size - 4)) return;
  let at = lengths + count * 8;
  const wanted = table.nameLengths;
  for (let i: u32 = 0; i < count; i++) {
    const nameLength = load<u32>(lengths);
    const valueLength = load<u32>(lengths, 4);
    lengths += 8;
    if (<u64>nameLength + valueLength + 2 > <u64>(end - at)) return;
    if ((wanted & lengthBit(nameLength)) != 0) takeHeader(at, nameLength, valueLength);
    at += nameLength + valueLength + 2;
  }
}

function takeHeader(name: usize, nameLength: u32, valueLength: u32): void {
  const hash = hashBytes(name, nameLength);
  let slot = table.candidates(hash);
  while (slot != null) {
    if (slot.hash == hash && slot.fact == Fact.HEADER && slot.name.is(name, nameLength)) {
      addHeaderValue(slot.number, name + nameLength + 1, valueLength);
      return;
    }
    slot = slot.beside;
  }
}

/** The slot's first value, null where the request has none; go on with `next`. A fact is read at its first asking. */
export function firstValue(number: u32): Value | null {
  const state = stateOf(number);
  if (!isKnown(state)) {
    const slot = table.at(number);
    if (slot.fact == Fact.HEADER) return null;
    setAbsent(state);
    readFact(slot);
  } else if (state.count > 1 && table.joined && table.at(number).fact == Fact.HEADER) {
    join(state);
  }
  return state.first;
}

/** Whether the request has a value for the slot. */
export function isPresent(number: u32): bool {
  return firstValue(number) != null;
}

function readFact(slot: Slot): void {
  switch (slot.fact) {
    case Fact.PATH:
      readPath(slot, firstValue(slot.source));
      break;
    case Fact.QUERY_PARAMETER:
      readQueryParameter(slot, firstValue(slot.source));
      break;
    case Fact.COOKIE:
      readCookie(slot, firstValue(slot.source));
      break;
    case Fact.CLAIM:
      readClaim(slot, firstValue(slot.source));
      break;
    case Fact.CLAIM_STRING:
      readClaimString(slot, firstValue(slot.source));
      break;
    case Fact.METADATA_STRING:
      readMetadataString(slot, firstValue(slot.source));
      break;
    case Fact.METADATA_LIST:
      readMetadataList(slot, firstValue(slot.source));
      break;
    case Fact.METADATA:
      readMetadata(slot);
      break;
    case Fact.PRINCIPAL:
      readPrincipal(slot);
      break;
    case Fact.TRUST_DOMAIN:
      readTrustDomain(slot, firstValue(slot.source));
      break;
    case Fact.NAMESPACE:
      readNamespaces(slot, firstValue(slot.source));
      break;
    case Fact.SERVICE_ACCOUNT:
      readServiceAccounts(slot, firstValue(slot.source));
      break;
    case Fact.PORT:
      readPort(slot);
      break;
    case Fact.REMOTE_IP:
      readRemoteAddress(slot);
      break;
    case Fact.DIRECT_REMOTE_IP:
      readDirectRemoteAddress(slot);
      break;
    case Fact.DESTINATION_IP:
      readDestinationAddress(slot);
      break;
    case Fact.SNI:
      readServerName(slot);
      break;
  }
}

/** Makes a repeated header's values one, with "," between (Envoy's `HeaderUtility::getAllOfHeaderAsString`). */
function join(state: SlotState): void {
  let length: u32 = 0;
  let value = state.first;
  while (value != null) {
    length += value.length + 1;
    value = value.next;
  }
  const start = arenaTake(length);
  let at = start;
  value = state.first;
  while (value != null) {
    if (value != state.first) store<u8>(at++, 0x2c);
    memory.copy(at, value.start, value.length);
    at += value.length;
    value = value.next;
  }
  const joined = Value.of(start, length - 1);
  state.first = joined;
  state.last = joined;
  state.count = 1;
}
