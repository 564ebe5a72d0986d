import { headerName } from "../config/header-name";
import { Items } from "../config/items";
import { Place } from "../config/place";
import { nodeMetadata, workloadLabel } from "../host/node";
import { Region } from "../memory/region";
import { Fact } from "../request/slots";
import { Text, utf8 } from "../text/text";
import { Writer } from "../text/writer";
import { isClaimKey, readClaimKey } from "./claim-key";
import { MatchCompiler } from "./compiler";
import { Condition, Test } from "./condition";
import { isPrincipals, orPrincipal } from "./principals";
import { readStringMatch } from "./string-match";

/** So much work is done in one step, and so much of it a match is; an entry of its maps is 1, and 1 more for so many bytes. */
const WORK_A_STEP: i32 = 32;
const WORK_OF_MATCH: i32 = 4;
const BYTES_MORE: u32 = 32;

/** The fields of which a match may have many values, in the order in which they are read. */
const enum ManyValued {
  HEADERS,
  WITHOUT_HEADERS,
  QUERY_PARAMS,
  COOKIES,
  PRINCIPALS,
  SOURCE_LABELS,
  END,
}

/**
 * Istio's `HTTPMatchRequest` as conditions, all of which must hold (istio `pilot/pkg/networking/core/route/route.go:
 * TranslateRouteMatch`), with `cookies` and `principals` beside Istio's fields. `port` is the listener's. `sourceLabels`
 * and `sourceNamespace` are compared with this proxy's own metadata now, as istiod does.
 *
 * The record reads one match after another, one of many conditions in steps. What it says is said of the last that was read to its end.
 */
@unmanaged
export class HttpMatch {
  /** This proxy is not one that the match is for (`sourceLabels`, `sourceNamespace`): its rule is left out. */
  elsewhere: bool;
  /** It says nothing that a request could fail, as istiod's `isCatchAllMatch` has it: what comes behind it never counts. */
  catchesAll: bool;
  /** Of the path it asks no more than that it begins with `/`. */
  asksSlashOnly: bool;
  conditions: Condition | null;
  /** Whether a match was begun and not ended, which of its fields is read, whether that was begun, and its values. */
  private begun: bool;
  private part: ManyValued;
  private inPart: bool;
  private items: Items;
  private uri: Condition | null;
  private principals: Place;
  private anyPrincipal: Condition | null;
  private compiler: MatchCompiler;
  /** How much work is left of the step. */
  private left: i32;

  /** The record lies in `region`. Nothing else makes a rule with `compiler` between two steps of a match. */
  static open(region: Region, compiler: MatchCompiler): HttpMatch {
    const match = changetype<HttpMatch>(region.take(offsetof<HttpMatch>()));
    match.compiler = compiler;
    match.items = Items.open(region);
    return match;
  }

  /** Begins a step: some matches are read in it, until it has ended, or some of one. */
  beginStep(): void {
    this.left = WORK_A_STEP;
  }

  /** Whether enough was read in the step. */
  get stepEnded(): bool {
    return this.left <= 0;
  }

  /** Reads some of the match at a place, which is given again until this is true: then the match was read. */
  read(place: Place): bool {
    if (!this.begun && !this.begin(place)) return true;
    const items = this.items;
    for (; this.part != ManyValued.END; this.part++) {
      if (this.inPart || this.beginPart(place)) {
        let item = items.next();
        while (item != null) {
          this.readItem(item);
          this.counted(item);
          this.left--;
          if (this.left <= 0) {
            this.inPart = true;
            return false;
          }
          item = items.next();
        }
        this.inPart = false;
      }
    }
    this.end(place);
    return true;
  }

  /** Reads what stands before the fields that may have many values; false where no match stands. */
  private begin(place: Place): bool {
    const compiler = this.compiler;
    compiler.begin();
    this.elsewhere = false;
    this.catchesAll = false;
    this.asksSlashOnly = false;
    this.conditions = null;
    this.part = ManyValued.HEADERS;
    this.anyPrincipal = null;
    this.left -= WORK_OF_MATCH;
    // In a list null is no match: taken for one without conditions, every request would meet it.
    if (!place.required() || !place.object()) return false;
    this.begun = true;
    const ignoreUriCase = place.field(utf8("ignoreUriCase")).boolean(false);
    this.uri = readUri(this.counted(place.field(utf8("uri"))), compiler, ignoreUriCase);
    addPseudoHeader(this.counted(place.field(utf8("scheme"))), compiler, utf8(":scheme"));
    addPseudoHeader(this.counted(place.field(utf8("method"))), compiler, utf8(":method"));
    addPseudoHeader(this.counted(place.field(utf8("authority"))), compiler, utf8(":authority"));
    return true;
  }

  /** Takes what stands at a place from the work that is left of the step: an expression of 1 KiB is as much as a whole step. */
  private counted(place: Place): Place {
    this.left -= <i32>((place.size + place.keyLength) / BYTES_MORE);
    return place;
  }

  /** Reads what stands before the field that comes next, and begins with its values; false where it has none. */
  private beginPart(place: Place): bool {
    switch (this.part) {
      case ManyValued.HEADERS:
        return this.beginMap(place.field(utf8("headers")));
      case ManyValued.WITHOUT_HEADERS:
        return this.beginMap(place.field(utf8("withoutHeaders")));
      case ManyValued.QUERY_PARAMS:
        return this.beginMap(place.field(utf8("queryParams")));
      case ManyValued.COOKIES:
        return this.beginMap(place.field(utf8("cookies")));
      case ManyValued.PRINCIPALS: {
        addPort(place.field(utf8("port")), this.compiler);
        const principals = place.field(utf8("principals"));
        this.principals = principals;
        if (!isPrincipals(principals)) return false;
        this.items.begin(principals);
        return true;
      }
    }
    const anyPrincipal = this.anyPrincipal;
    if (anyPrincipal != null) this.compiler.add(anyPrincipal);
    const namespace = place.field(utf8("sourceNamespace"));
    const labels = place.field(utf8("sourceLabels"));
    this.elsewhere = !isOwnNamespace(namespace);
    return this.beginMap(labels);
  }

  private beginMap(map: Place): bool {
    if (!map.object()) return false;
    this.items.begin(map);
    return true;
  }

  private readItem(item: Place): void {
    const compiler = this.compiler;
    let condition: Condition | null = null;
    switch (this.part) {
      case ManyValued.HEADERS:
        condition = readHeader(item, item.key, compiler);
        break;
      case ManyValued.WITHOUT_HEADERS:
        condition = readWithoutHeader(item, compiler);
        break;
      case ManyValued.QUERY_PARAMS:
        condition = readStringMatch(item, compiler, Fact.QUERY_PARAMETER, item.key);
        break;
      case ManyValued.COOKIES:
        condition = readStringMatch(item, compiler, Fact.COOKIE, item.key);
        break;
      case ManyValued.PRINCIPALS:
        this.anyPrincipal = orPrincipal(this.anyPrincipal, item, compiler);
        break;
      case ManyValued.SOURCE_LABELS:
        // The first label that differs decides: the host is asked for as many as the proxy has, however many are written.
        this.elsewhere = !isOwnLabel(item, !this.elsewhere);
    }
    if (condition != null) compiler.add(condition);
  }

  /** Reads what stands behind those fields. */
  private end(place: Place): void {
    const compiler = this.compiler;
    const uri = this.uri;
    this.begun = false;
    // A label for people, which decides nothing.
    place.field(utf8("name")).string();
    place.refuse(utf8("gateways"), utf8("the WasmPlugin's selector and match decide where the filter runs"));
    place.refuse(utf8("statPrefix"), utf8("the filter names its counters after the route"));
    place.noOtherFields();
    this.asksSlashOnly = uri != null && asksSlashOnly(uri);
    this.catchesAll = compiler.conditions == null && this.principals.count == 0 && uri != null && isEveryPath(uri);
    if (uri != null) compiler.add(uri);
    this.conditions = compiler.conditions;
  }
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

/**
 * `withoutHeaders`: the same matchers turned round. A missing header is tested as an empty one, so that `exact: x` holds
 * without it and the expression `.*` does not; `regex: "*"` asks for absence (istio `route.go: translateHeaderMatch`).
 */
function readWithoutHeader(entry: Place, compiler: MatchCompiler): Condition | null {
  const key = entry.key;
  const condition = isStarRegex(entry) ? presence(entry, key, compiler) : readHeader(entry, key, compiler);
  if (condition != null) {
    condition.invert = true;
    condition.missingIsEmpty = condition.test != Test.PRESENT && !isClaimKey(key);
  }
  return condition;
}

/** `{regex: "*"}`: no RE2 expression, which istiod takes for presence in `withoutHeaders` alone. */
function isStarRegex(place: Place): bool {
  const node = place.node;
  if (node == null || node.count != 1) return false;
  const only = node.first;
  return only != null && only.isNamed(utf8("regex")) && only.isText(utf8("*"));
}

function presence(place: Place, key: Text, compiler: MatchCompiler): Condition | null {
  if (isClaimKey(key)) {
    const path = readClaimKey(place, compiler.region);
    return path == null ? null : compiler.condition(Fact.CLAIM, path, Test.PRESENT, utf8(""));
  }
  const name = headerName(place, key, compiler.region);
  return name == null ? null : compiler.condition(Fact.HEADER, name, Test.PRESENT, utf8(""));
}

function readHeader(place: Place, key: Text, compiler: MatchCompiler): Condition | null {
  if (isClaimKey(key)) {
    const path = readClaimKey(place, compiler.region);
    return path == null ? null : readStringMatch(place, compiler, Fact.CLAIM, path);
  }
  const name = headerName(place, key, compiler.region);
  return name == null ? null : readStringMatch(place, compiler, Fact.HEADER, name);
}

function addPort(place: Place, compiler: MatchCompiler): void {
  const port = place.integer(1, 65535, 0);
  if (port == 0) return;
  const decimal = Writer.decimal(compiler.region, port);
  compiler.add(compiler.condition(Fact.PORT, utf8(""), Test.EXACT, decimal));
}

/** Whether a namespace is this proxy's; true where none is given. */
function isOwnNamespace(place: Place): bool {
  const wanted = place.nonEmptyString();
  if (wanted == null) return true;
  const own = nodeMetadata(place.report.region, utf8("NAMESPACE"));
  return own != null && own.equals(wanted);
}

/** Whether a label is this proxy's, if that `counts`. */
function isOwnLabel(label: Place, counts: bool): bool {
  const value = label.string();
  const own = counts ? workloadLabel(label.report.region, label.key) : null;
  return value != null && own != null && own.equals(value);
}
