import { Place } from "../../assembly/config/place";
import { Clause } from "../../assembly/match/set-rule";
import { Text, utf8 } from "../../assembly/text/text";
import { readTwins } from "./read-field";
import { RuleReader } from "./rule-reader";
import { Kind } from "./subject";

/** Reads `source` (AuthorizationPolicy `Source`): all of its fields must hold. */
export function readSource(place: Place, clause: Clause, reader: RuleReader): void {
  if (!place.object()) return;
  const before = place.report.errors.count;
  const principals = readTwins(place, utf8("principals"), utf8("notPrincipals"), Kind.PRINCIPAL, clause, reader);
  const namespaces = readTwins(place, utf8("namespaces"), utf8("notNamespaces"), Kind.NAMESPACE, clause, reader);
  const accounts = readTwins(
    place,
    utf8("serviceAccounts"),
    utf8("notServiceAccounts"),
    Kind.SERVICE_ACCOUNT,
    clause,
    reader,
  );
  readTwins(place, utf8("trustDomains"), utf8("notTrustDomains"), Kind.TRUST_DOMAIN, clause, reader);
  readTwins(place, utf8("requestPrincipals"), utf8("notRequestPrincipals"), Kind.REQUEST_PRINCIPAL, clause, reader);
  readTwins(place, utf8("remoteIpBlocks"), utf8("notRemoteIpBlocks"), Kind.REMOTE_IP, clause, reader);
  if (reader.directRemoteIp != null) {
    readTwins(place, utf8("ipBlocks"), utf8("notIpBlocks"), Kind.DIRECT_REMOTE_IP, clause, reader);
  } else {
    place.refuse(utf8("ipBlocks"), noDirectRemoteIp());
    place.refuse(utf8("notIpBlocks"), noDirectRemoteIp());
  }
  place.noOtherFields();
  if (accounts && (principals || namespaces)) {
    place.error(utf8("serviceAccounts cannot be combined with principals or namespaces"));
  }
  // Without a field it would hold for every request, which nobody writes on purpose.
  if (clause.fields == null && place.report.errors.count == before)
    place.expected(utf8("a source with at least one field"));
}

/** Why what asks for the direct peer's address is refused. */
export function noDirectRemoteIp(): Text {
  return utf8(
    "a filter cannot see the direct peer's address: use remoteIpBlocks (remote.ip), or set directRemoteIp to the filter state that holds it",
  );
}
