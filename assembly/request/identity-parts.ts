import { arenaTake } from "../memory/arena";
import { segmentEnd } from "../text/spiffe-id";
import { Text, utf8 } from "../text/text";
import { refuseFact } from "./property";
import { Slot } from "./slots";
import { addValue } from "./states";
import { Value } from "./value";

/** More accounts than this are in no ID that anyone has; with them, the request is one that cannot be told. */
const MAX_ACCOUNTS: u32 = 64;

const SLASH: u8 = 0x2f;

/**
 * The principal's trust domain, where a path follows it: AuthorizationPolicy's `trustDomains` asks for `spiffe://<td>/…`
 * (istio `pilot/pkg/security/authz/model: srcTrustDomainGenerator`).
 */
export function readTrustDomain(slot: Slot, principal: Value | null): void {
  if (principal == null) return;
  const end = principal.start + principal.length;
  const stop = segmentEnd(principal.start, end);
  if (stop < end) addValue(slot.number, principal.start, <u32>(stop - principal.start));
}

/**
 * Each segment of the principal that follows a segment `ns` and is not the last: the `<x>` for which `/ns/<x>/` stands
 * somewhere in the whole ID, which is what AuthorizationPolicy's `namespaces` asks for (istio
 * `pilot/pkg/security/authz/model: srcNamespaceGenerator`). The trust domain may be that `ns`.
 *
 * A value of `namespaces` with a `*` or a slash may match where no single segment does; look for it in the principal.
 */
export function readNamespaces(slot: Slot, principal: Value | null): void {
  if (principal == null) return;
  const end = principal.start + principal.length;
  let at = principal.start;
  while (at < end) {
    const stop = segmentEnd(at, end);
    if (stop < end && isSegment(utf8("ns"), at, stop)) {
      const behind = segmentEnd(stop + 1, end);
      if (behind < end) addValue(slot.number, stop + 1, <u32>(behind - stop - 1));
    }
    at = stop + 1;
  }
}

/**
 * `<ns>/<sa>` for each pair of segments that Istio's expression for `serviceAccounts` matches,
 * `spiffe://.+/ns/<ns>/(.+/|)sa/<sa>(/.+)?` (istio `pilot/pkg/security/authz/model: serviceAccountRegex`): the segment
 * behind an `ns` that is not the trust domain, and the one behind a later `sa`. Istio's own IDs have one.
 */
export function readServiceAccounts(slot: Slot, principal: Value | null): void {
  if (principal == null) return;
  const end = principal.start + principal.length;
  let count: u32 = 0;
  let at = segmentEnd(principal.start, end) + 1;
  while (at < end) {
    const stop = segmentEnd(at, end);
    if (stop < end && isSegment(utf8("ns"), at, stop)) {
      count = addAccounts(slot, stop + 1, end, count);
      if (count > MAX_ACCOUNTS) return refuseFact();
    }
    at = stop + 1;
  }
}

/** Adds the accounts in the namespace that starts there; gives how many there are now, stopping past the most. */
function addAccounts(slot: Slot, namespace: usize, end: usize, before: u32): u32 {
  const namespaceEnd = segmentEnd(namespace, end);
  let count = before;
  let at = namespaceEnd + 1;
  while (at < end && count <= MAX_ACCOUNTS) {
    const stop = segmentEnd(at, end);
    if (stop < end && isSegment(utf8("sa"), at, stop)) {
      addAccount(slot, namespace, namespaceEnd, stop + 1, segmentEnd(stop + 1, end));
      count++;
    }
    at = stop + 1;
  }
  return count;
}

function addAccount(slot: Slot, namespace: usize, namespaceEnd: usize, name: usize, nameEnd: usize): void {
  const before = <u32>(namespaceEnd - namespace);
  const behind = <u32>(nameEnd - name);
  const start = arenaTake(before + 1 + behind);
  memory.copy(start, namespace, before);
  store<u8>(start + before, SLASH);
  memory.copy(start + before + 1, name, behind);
  addValue(slot.number, start, before + 1 + behind);
}

function isSegment(name: Text, start: usize, end: usize): bool {
  return name.is(start, <u32>(end - start));
}
