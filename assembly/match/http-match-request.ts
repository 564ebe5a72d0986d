import { headerName } from "../config/header-name";
import { Place } from "../config/place";
import { nodeMetadata, workloadLabel } from "../host/node";
import { Fact } from "../request/slots";
import { Text, utf8 } from "../text/text";
import { Writer } from "../text/writer";
import { isClaimKey, readClaimKey } from "./claim-key";
import { MatchCompiler } from "./compiler";
import { Condition, Test } from "./condition";
import { readPrincipals } from "./principals";
import { readStringMatch } from "./string-match";

/** What came of reading a match. */
@unmanaged
export class HttpMatch {
  /** This proxy is not one that the match is for (`sourceLabels`, `sourceNamespace`): its rule is left out. */
  elsewhere: bool;
  /** It says nothing that a request could fail, as istiod's `isCatchAllMatch` has it: what comes behind it never counts. */
  catchesAll: bool;
  /** Of the path it asks no more than that it begins with `/`. */
  asksSlashOnly: bool;
  conditions: Condition | null;
}

/**
 * Istio's `HTTPMatchRequest` as conditions, all of which must hold (istio `pilot/pkg/networking/core/route/route.go:
 * TranslateRouteMatch`), with `cookies` and `principals` beside Istio's fields. `port` is the listener's. `sourceLabels`
 * and `sourceNamespace` are compared with this proxy's own metadata now, as istiod does.
 */
export function readHttpMatch(place: Place, compiler: MatchCompiler): HttpMatch {
  const match = changetype<HttpMatch>(place.report.region.take(offsetof<HttpMatch>()));
  compiler.begin();
  // In a list null is no match: taken for one without conditions, every request would meet it.
  if (!place.required() || !place.object()) return match;
  const ignoreUriCase = place.field(utf8("ignoreUriCase")).boolean(false);
  const uri = readUri(place.field(utf8("uri")), compiler, ignoreUriCase);
  addPseudoHeader(place.field(utf8("scheme")), compiler, utf8(":scheme"));
  addPseudoHeader(place.field(utf8("method")), compiler, utf8(":method"));
  addPseudoHeader(place.field(utf8("authority")), compiler, utf8(":authority"));
  addHeaders(place.field(utf8("headers")), compiler);
  addWithoutHeaders(place.field(utf8("withoutHeaders")), compiler);
  addNamed(place.field(utf8("queryParams")), compiler, Fact.QUERY_PARAMETER);
  addNamed(place.field(utf8("cookies")), compiler, Fact.COOKIE);
  addPort(place.field(utf8("port")), compiler);
  const principals = place.field(utf8("principals"));
  const anyPrincipal = readPrincipals(principals, compiler);
  if (anyPrincipal != null) compiler.add(anyPrincipal);
  match.elsewhere = !isFromHere(place.field(utf8("sourceNamespace")), place.field(utf8("sourceLabels")));
  // A label for people, which decides nothing.
  place.field(utf8("name")).string();
  place.refuse(utf8("gateways"), utf8("the WasmPlugin's selector and match decide where the filter runs"));
  place.refuse(utf8("statPrefix"), utf8("the filter names its counters after the route"));
  place.noOtherFields();
  match.asksSlashOnly = uri != null && asksSlashOnly(uri);
  match.catchesAll = compiler.conditions == null && principals.count == 0 && uri != null && isEveryPath(uri);
  if (uri != null) compiler.add(uri);
  match.conditions = compiler.conditions;
  return match;
}

/**
 * `uri`, which without one is the prefix `/`: `OPTIONS *` and CONNECT, whose path is none or does not start so, meet no such
 * match.
 */
function readUri(place: Place, compiler: MatchCompiler, ignoreCase: bool): Condition | null {
  if (!place.present) return catchAll(compiler);
  const uri = readStringMatch(place, compiler, Fact.PATH, utf8(""));
  // istiod leaves the path specifier of `{}` as it is without `uri`.
  if (uri != null && (uri.test == Test.PRESENT || asksSlashOnly(uri))) return catchAll(compiler);
  // A regular expression keeps its own case: istiod applies ignoreUriCase to exact and prefix only.
  if (uri != null && uri.test != Test.REGEX) uri.ignoreCase = ignoreCase;
  return uri;
}

/** The condition of a route without `match`: any path. It asks for the header's first byte, and not where the query begins. */
export function catchAll(compiler: MatchCompiler): Condition {
  const condition = compiler.condition(Fact.PATH, utf8(""), Test.PREFIX, utf8("/"));
  condition.slot = compiler.slots.at(condition.slot).source;
  return condition;
}

/** Whether of the path no more is asked than that it begins with `/`. */
function asksSlashOnly(uri: Condition): bool {
  return uri.test == Test.PREFIX && uri.text.equals(utf8("/"));
}

/** A prefix that every path has, or an expression that istiod takes for one. */
function isEveryPath(uri: Condition): bool {
  if (uri.test == Test.PREFIX) return uri.text.length == 0 || asksSlashOnly(uri);
  return uri.test == Test.REGEX && (uri.text.equals(utf8(".*")) || uri.text.equals(utf8("*")));
}

function addPseudoHeader(place: Place, compiler: MatchCompiler, name: Text): void {
  if (!place.present) return;
  const condition = readStringMatch(place, compiler, Fact.HEADER, name);
  if (condition != null) compiler.add(condition);
}

function addHeaders(place: Place, compiler: MatchCompiler): void {
  if (!place.object()) return;
  let entry = place.first();
  while (entry != null) {
    const condition = readHeader(entry, compiler);
    if (condition != null) compiler.add(condition);
    entry = entry.next();
  }
}

/**
 * `withoutHeaders`: the same matchers turned round. A missing header is tested as an empty one, so that `exact: x` holds
 * without it and the expression `.*` does not; `regex: "*"` asks for absence (istio `route.go: translateHeaderMatch`).
 */
function addWithoutHeaders(place: Place, compiler: MatchCompiler): void {
  if (!place.object()) return;
  let entry = place.first();
  while (entry != null) {
    const condition = isStarRegex(entry) ? presence(entry, compiler) : readHeader(entry, compiler);
    if (condition != null) {
      condition.invert = true;
      condition.missingIsEmpty = condition.test != Test.PRESENT && !isClaimKey(entry.key);
      compiler.add(condition);
    }
    entry = entry.next();
  }
}

/** `{regex: "*"}`: no RE2 expression, which istiod takes for presence in `withoutHeaders` alone. */
function isStarRegex(place: Place): bool {
  const node = place.node;
  if (node == null || node.count != 1) return false;
  const only = node.first;
  return only != null && only.isNamed(utf8("regex")) && only.isText(utf8("*"));
}

function presence(place: Place, compiler: MatchCompiler): Condition | null {
  if (isClaimKey(place.key)) {
    const path = readClaimKey(place, compiler.region);
    return path == null ? null : compiler.condition(Fact.CLAIM, path, Test.PRESENT, utf8(""));
  }
  const name = readHeaderName(place, compiler);
  return name == null ? null : compiler.condition(Fact.HEADER, name, Test.PRESENT, utf8(""));
}

function readHeader(place: Place, compiler: MatchCompiler): Condition | null {
  if (isClaimKey(place.key)) {
    const path = readClaimKey(place, compiler.region);
    return path == null ? null : readStringMatch(place, compiler, Fact.CLAIM, path);
  }
  const name = readHeaderName(place, compiler);
  return name == null ? null : readStringMatch(place, compiler, Fact.HEADER, name);
}

function readHeaderName(place: Place, compiler: MatchCompiler): Text | null {
  return headerName(place, place.key, compiler.region);
}

/** A map from a name to a StringMatch. */
function addNamed(place: Place, compiler: MatchCompiler, fact: Fact): void {
  if (!place.object()) return;
  let entry = place.first();
  while (entry != null) {
    const condition = readStringMatch(entry, compiler, fact, entry.key);
    if (condition != null) compiler.add(condition);
    entry = entry.next();
  }
}

function addPort(place: Place, compiler: MatchCompiler): void {
  const port = place.integer(1, 65535, 0);
  if (port == 0) return;
  const decimal = Writer.decimal(compiler.region, port);
  compiler.add(compiler.condition(Fact.PORT, utf8(""), Test.EXACT, decimal));
}

/** Whether this proxy is one that the match is for. */
function isFromHere(namespace: Place, labels: Place): bool {
  const region = namespace.report.region;
  let here = true;
  const wanted = namespace.nonEmptyString();
  if (wanted != null) {
    const own = nodeMetadata(region, utf8("NAMESPACE"));
    here = own != null && own.equals(wanted);
  }
  if (!labels.object()) return here;
  let label = labels.first();
  while (label != null) {
    const value = label.string();
    // The first label that differs decides: the host is asked for as many as the proxy has, however many are written.
    const own = here ? workloadLabel(region, label.key) : null;
    if (value == null || own == null || !own.equals(value)) here = false;
    label = label.next();
  }
  return here;
}
