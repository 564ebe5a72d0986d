import { Place } from "../../assembly/config/place";
import { Clause } from "../../assembly/match/set-rule";
import { utf8 } from "../../assembly/text/text";
import { readTwins } from "./read-field";
import { RuleReader } from "./rule-reader";
import { Kind } from "./subject";

/** Reads `operation` (AuthorizationPolicy `Operation`): all of its fields must hold. */
export function readOperation(place: Place, clause: Clause, reader: RuleReader): void {
  if (!place.object()) return;
  const before = place.report.errors.count;
  readTwins(place, utf8("hosts"), utf8("notHosts"), Kind.HOST, clause, reader);
  readTwins(place, utf8("methods"), utf8("notMethods"), Kind.METHOD, clause, reader);
  readTwins(place, utf8("paths"), utf8("notPaths"), Kind.PATH, clause, reader);
  readTwins(place, utf8("ports"), utf8("notPorts"), Kind.PORT, clause, reader);
  place.noOtherFields();
  // Without a field it would hold for every request, which nobody writes on purpose.
  if (clause.fields == null && place.report.errors.count == before)
    place.expected(utf8("an operation with at least one field"));
}
