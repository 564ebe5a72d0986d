import { configuration, errors } from "../../test/support/spec/configuration";
import { text } from "../../test/support/spec/bytes";
import { forgetProperties, setIntegerProperty, setProperty } from "../../test/support/spec/host";
import { entry, listValue, setClaims, stringValue, structValue } from "../../test/support/spec/metadata";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest } from "../../test/support/spec/request";
import { Region } from "../memory/region";
import { SlotTable } from "../request/slots";
import { MatchCompiler } from "./compiler";
import { allHold } from "./condition";
import { HttpMatch } from "./http-match-request";

export { proxy_get_property } from "../../test/support/spec/host";

const compiler = MatchCompiler.open(Region.open(), SlotTable.open(Region.open(), false));

function read(json: string): HttpMatch {
  const root = configuration(json);
  const match = HttpMatch.open(root.report.region, compiler);
  do match.beginStep();
  while (!match.read(root));
  expect(errors(root)).toBe("", json);
  return match;
}

function problem(json: string): string {
  const root = configuration(json);
  const match = HttpMatch.open(root.report.region, compiler);
  do match.beginStep();
  while (!match.read(root));
  return errors(root);
}

/** A GET of `http://reviews/`, with more headers. */
function get(path: string): HeaderPairs {
  return new HeaderPairs().add(":method", "GET").add(":scheme", "http").add(":authority", "reviews").add(":path", path);
}

function holds(json: string, headers: HeaderPairs): bool {
  const match = read(json);
  startRequest(compiler.slots, headers);
  return allHold(match.conditions);
}

describe("uri (Istio HTTPMatchRequest; istio-semantics §2.2 as the oracle confirms it)", () => {
  it("is compared with the path without its query", () => {
    expect(holds('{"uri": {"exact": "/a"}}', get("/a?b=c"))).toBe(true);
    expect(holds('{"uri": {"exact": "/a"}}', get("/a/"))).toBe(false);
    expect(holds('{"uri": {"prefix": "/a"}}', get("/ab"))).toBe(true);
    expect(holds('{"uri": {"prefix": "/a?b"}}', get("/a?b=c"))).toBe(false);
    expect(holds('{"uri": {"regex": "/a.*c"}}', get("/abc"))).toBe(true);
    expect(holds('{"uri": {"regex": "/a"}}', get("/ab"))).toBe(false);
  });

  it("takes letters as they are, or not where ignoreUriCase says so of exact and prefix", () => {
    expect(holds('{"uri": {"exact": "/A"}}', get("/a"))).toBe(false);
    expect(holds('{"uri": {"exact": "/A"}, "ignoreUriCase": true}', get("/a"))).toBe(true);
    expect(holds('{"uri": {"prefix": "/A"}, "ignoreUriCase": true}', get("/abc"))).toBe(true);
    expect(holds('{"uri": {"regex": "/A"}, "ignoreUriCase": true}', get("/a"))).toBe(false);
  });
});

describe("uri without a match type", () => {
  it("is the prefix /, as without uri: istiod leaves the path specifier as it is (route.go: TranslateRouteMatch)", () => {
    expect(holds('{"uri": {}}', get("/a"))).toBe(true);
    expect(holds('{"uri": {"prefix": null}}', get("/a"))).toBe(true);
    expect(holds('{"uri": {}}', get("*"))).toBe(false);
    expect(read('{"uri": {}}').catchesAll).toBe(true);
    expect(read('{"uri": {}, "method": {}}').catchesAll).toBe(false);
  });
});

describe("scheme, method and authority", () => {
  it("are compared to the letter, the authority with its port", () => {
    expect(holds('{"method": {"exact": "GET"}}', get("/"))).toBe(true);
    expect(holds('{"method": {"exact": "get"}}', get("/"))).toBe(false);
    expect(holds('{"scheme": {"prefix": "http"}}', get("/"))).toBe(true);
    expect(holds('{"scheme": {"exact": "https"}}', get("/"))).toBe(false);
    expect(holds('{"authority": {"exact": "reviews"}}', get("/"))).toBe(true);
    const withPort = new HeaderPairs().add(":authority", "reviews:80").add(":path", "/");
    expect(holds('{"authority": {"exact": "reviews"}}', withPort)).toBe(false);
    expect(holds('{"authority": {"regex": "reviews(:\\\\d+)?"}}', withPort)).toBe(true);
  });

  it("ask for presence by {}, as natively (istio route.go: translateHeaderMatch)", () => {
    const bare = new HeaderPairs().add(":path", "/");
    expect(holds('{"scheme": {}, "method": {}, "authority": {}}', get("/"))).toBe(true);
    expect(holds('{"scheme": {}}', bare)).toBe(false);
    expect(holds('{"method": {"exact": null}}', bare)).toBe(false);
    expect(holds('{"authority": {}}', bare)).toBe(false);
    expect(holds('{"authority": null}', bare)).toBe(true);
  });
});

describe("headers", () => {
  it("ask for presence by {} and null, and for the empty value by exact", () => {
    expect(holds('{"headers": {"h": {}}}', get("/").add("h", ""))).toBe(true);
    expect(holds('{"headers": {"h": null}}', get("/").add("h", "x"))).toBe(true);
    expect(holds('{"headers": {"h": {}}}', get("/"))).toBe(false);
    expect(holds('{"headers": {"h": {"exact": null}}}', get("/"))).toBe(false);
    expect(holds('{"headers": {"h": {"exact": ""}}}', get("/").add("h", ""))).toBe(true);
    expect(holds('{"headers": {"h": {"exact": ""}}}', get("/").add("h", "x"))).toBe(false);
    expect(holds('{"headers": {"h": {"exact": ""}}}', get("/"))).toBe(false);
    expect(holds('{"headers": {"h": {"regex": ".*"}}}', get("/"))).toBe(false);
  });

  it("must all hold; names are compared without case, values with it", () => {
    const both = '{"headers": {"End-User": {"exact": "jason"}, "x": {"prefix": "a"}}}';
    expect(holds(both, get("/").add("end-user", "jason").add("x", "ab"))).toBe(true);
    expect(holds(both, get("/").add("end-user", "jason"))).toBe(false);
    expect(holds(both, get("/").add("end-user", "Jason").add("x", "ab"))).toBe(false);
  });

  it("may be pseudo-headers, and host is the authority", () => {
    expect(holds('{"headers": {":method": {"exact": "GET"}}}', get("/"))).toBe(true);
    expect(holds('{"headers": {"Host": {"exact": "reviews"}}}', get("/"))).toBe(true);
    expect(holds('{"headers": {":path": {"exact": "/?q"}}}', get("/?q"))).toBe(true);
  });

  it("may be claims of the verified token", () => {
    forgetProperties();
    const groups = listValue([stringValue("dev"), stringValue("ops")]);
    setClaims(entry("groups", groups) + entry("realm", structValue(entry("role", stringValue("admin")))));
    expect(holds('{"headers": {"@request.auth.claims.groups": {"exact": "ops"}}}', get("/"))).toBe(true);
    expect(holds('{"headers": {"@request.auth.claims.groups": {"exact": "o"}}}', get("/"))).toBe(false);
    expect(holds('{"headers": {"@request.auth.claims[realm][role]": {"prefix": "adm"}}}', get("/"))).toBe(true);
    expect(holds('{"headers": {"@request.auth.claims.missing": {}}}', get("/"))).toBe(false);
    expect(holds('{"withoutHeaders": {"@request.auth.claims.groups": {"exact": "dev"}}}', get("/"))).toBe(false);
    expect(holds('{"withoutHeaders": {"@request.auth.claims.groups": {"exact": "qa"}}}', get("/"))).toBe(true);
    forgetProperties();
  });
});

describe("withoutHeaders", () => {
  it("turns the match round, a missing header being an empty one", () => {
    const jason = '{"withoutHeaders": {"h": {"exact": "jason"}}}';
    expect(holds(jason, get("/"))).toBe(true);
    expect(holds(jason, get("/").add("h", "x"))).toBe(true);
    expect(holds(jason, get("/").add("h", "jason"))).toBe(false);
    expect(holds('{"withoutHeaders": {"h": {"regex": ".*"}}}', get("/"))).toBe(false);
    expect(holds('{"withoutHeaders": {"h": {"regex": ".+"}}}', get("/"))).toBe(true);
    expect(holds('{"withoutHeaders": {"h": {"exact": ""}}}', get("/"))).toBe(false);
  });

  it("asks for absence by {} and by the expression *, which is none elsewhere", () => {
    expect(holds('{"withoutHeaders": {"h": {}}}', get("/"))).toBe(true);
    expect(holds('{"withoutHeaders": {"h": {}}}', get("/").add("h", ""))).toBe(false);
    expect(holds('{"withoutHeaders": {"h": {"regex": "*"}}}', get("/"))).toBe(true);
    expect(holds('{"withoutHeaders": {"h": {"regex": "*"}}}', get("/").add("h", ""))).toBe(false);
    expect(
      problem('{"headers": {"h": {"regex": "*"}}}').startsWith("headers.h.regex: not an RE2 regular expression"),
    ).toBe(true);
  });
});

describe("queryParams, cookies and port", () => {
  it("are compared with the first value, undecoded", () => {
    expect(holds('{"queryParams": {"q": {"exact": "1"}}}', get("/?q=1&q=2"))).toBe(true);
    expect(holds('{"queryParams": {"q": {"exact": "2"}}}', get("/?q=1&q=2"))).toBe(false);
    expect(holds('{"queryParams": {"q": {}}}', get("/?q"))).toBe(true);
    expect(holds('{"queryParams": {"q": {}}}', get("/?p"))).toBe(false);
    expect(holds('{"queryParams": {"q": {"regex": "\\\\d+$"}}}', get("/?q=123"))).toBe(true);
    expect(holds('{"queryParams": {"q": {"regex": "\\\\d+$"}}}', get("/?q=a123"))).toBe(false);
    expect(holds('{"queryParams": {"Q": {}}}', get("/?q"))).toBe(false);
  });

  it("of cookies as of parameters", () => {
    expect(holds('{"cookies": {"user": {"exact": "jason"}}}', get("/").add("cookie", "a=b; user=jason"))).toBe(true);
    expect(holds('{"cookies": {"user": {}}}', get("/"))).toBe(false);
  });

  it("of the port with the listener's", () => {
    forgetProperties();
    expect(holds('{"port": 8080}', get("/"))).toBe(false);
    setIntegerProperty("destination/port", 8080);
    expect(holds('{"port": 8080.0}', get("/"))).toBe(true);
    expect(holds('{"port": 80}', get("/"))).toBe(false);
    forgetProperties();
  });
});

describe("sourceNamespace and sourceLabels", () => {
  it("leave out what is for other proxies, when configured", () => {
    forgetProperties();
    setProperty("xds/node/metadata/NAMESPACE", text("default"));
    setProperty("xds/node/metadata/LABELS/app", text("sleep"));
    expect(read('{"sourceNamespace": "default"}').elsewhere).toBe(false);
    expect(read('{"sourceNamespace": "other"}').elsewhere).toBe(true);
    expect(read('{"sourceLabels": {"app": "sleep"}}').elsewhere).toBe(false);
    expect(read('{"sourceLabels": {"app": "sleep", "version": "v1"}}').elsewhere).toBe(true);
    expect(read('{"sourceLabels": {"app": "awake"}}').elsewhere).toBe(true);
    expect(read('{"sourceLabels": {}}').elsewhere).toBe(false);
    forgetProperties();
    expect(read('{"sourceNamespace": "default"}').elsewhere).toBe(true);
  });
});

describe("a match that says nothing (istiod isCatchAllMatch)", () => {
  it("catches all, and so does a prefix or expression that every path has", () => {
    expect(read("{}").catchesAll).toBe(true);
    expect(read('{"name": "all"}').catchesAll).toBe(true);
    expect(read('{"uri": {"prefix": "/"}}').catchesAll).toBe(true);
    expect(read('{"uri": {"prefix": ""}}').catchesAll).toBe(true);
    expect(read('{"uri": {"regex": ".*"}}').catchesAll).toBe(true);
    expect(read('{"uri": {"regex": "/.*"}}').catchesAll).toBe(false);
    expect(read('{"uri": {"exact": "/"}}').catchesAll).toBe(false);
    expect(read('{"uri": {"prefix": "/"}, "headers": {"h": {}}}').catchesAll).toBe(false);
    expect(read('{"uri": {"prefix": "/"}, "withoutHeaders": {"h": {}}}').catchesAll).toBe(false);
    expect(read('{"uri": {"prefix": "/"}, "queryParams": {"h": {}}}').catchesAll).toBe(false);
    expect(read('{"principals": ["a"]}').catchesAll).toBe(false);
    expect(read('{"port": 80}').catchesAll).toBe(false);
  });
});

describe("what is reported", () => {
  it("names the place, what was expected and what stands there", () => {
    expect(problem('{"headers": {"end-user": {"exacto": "jason"}}}')).toBe(
      'headers["end-user"]: unknown field "exacto" (did you mean "exact"?)',
    );
    expect(problem('{"uri": {"exact": "/a", "prefix": "/"}}')).toBe(
      'uri: expected only one of exact, prefix and regex, got {"exact": "/a", "prefix": "/"}',
    );
    expect(problem('{"headers": {"h": {"prefix": ""}}}')).toBe(
      'headers.h.prefix: expected a string that is not empty, got ""',
    );
    expect(problem('{"headers": {"a b": {}}}')).toBe('headers["a b"]: not a valid header name');
    expect(problem('{"headers": {"": {}}}')).toBe('headers[""]: not a valid header name');
    expect(problem('{"port": "80"}')).toBe('port: expected a whole number from 1 to 65535, got "80"');
    expect(problem('{"port": 0}')).toBe("port: expected a whole number from 1 to 65535, got 0");
    expect(problem('{"principals": []}')).toBe("principals: expected a list that is not empty, got []");
    expect(problem('{"url": {"exact": "/"}}')).toBe('pluginConfig: unknown field "url" (did you mean "uri"?)');
    expect(problem('{"gateways": ["mesh"]}').startsWith("gateways: not supported: ")).toBe(true);
  });

  it("is all of it, in the order in which it is read", () => {
    expect(
      problem('{"uri": {"exact": 1}, "method": {"prefix": ""}, "headers": {"h": {"regex": "("}}, "x": 1}').split("\n")
        .length,
    ).toBe(4);
  });

  it("is an expression that is none, empty or too long", () => {
    expect(problem('{"uri": {"regex": ""}}')).toBe(
      'uri.regex: expected a regular expression of 1 to 1024 bytes, got ""',
    );
    expect(problem('{"uri": {"regex": "' + "a".repeat(1024) + '"}}')).toBe("");
    expect(problem('{"uri": {"regex": "' + "a".repeat(1025) + '"}}').startsWith("uri.regex: expected a regular")).toBe(
      true,
    );
    expect(problem('{"uri": {"regex": "a(b"}}').startsWith("uri.regex: not an RE2 regular expression: ")).toBe(true);
  });
});

/** A map of so many headers, all with one value. */
function manyHeaders(count: i32): string {
  const parts: string[] = [];
  for (let i = 0; i < count; i++) parts.push('"h' + i.toString() + '": {"exact": "a"}');
  return "{" + parts.join(", ") + "}";
}

describe("a match of many conditions", () => {
  it("is read in steps, and has its conditions when the last of them was read", () => {
    const root = configuration('{"headers": ' + manyHeaders(300) + ', "queryParams": {"q": {}}}');
    const match = HttpMatch.open(Region.open(), compiler);
    let steps = 0;
    for (let isRead = false; !isRead; steps++) {
      match.beginStep();
      isRead = match.read(root);
      if (!isRead) expect(match.conditions == null && match.stepEnded).toBe(true);
    }
    expect(errors(root)).toBe("");
    // 300 headers, of 32 of which or less one step is.
    expect(steps).toBeGreaterThan(9);
    let count = 0;
    let condition = match.conditions;
    while (condition != null) {
      count++;
      condition = condition.next;
    }
    // The path's first byte beside them.
    expect(count).toBe(302);
  });

  it("ends the step that others began, and leaves nothing for the next match", () => {
    const one = configuration(
      '{"headers": ' + manyHeaders(40) + ', "principals": ["a/ns/b/sa/c"], "sourceNamespace": "x"}',
    );
    const other = configuration('{"uri": {"prefix": ""}}');
    const match = HttpMatch.open(Region.open(), compiler);
    match.beginStep();
    expect(match.read(other)).toBe(true);
    expect(match.catchesAll).toBe(true);
    expect(match.stepEnded).toBe(false);
    expect(match.read(one)).toBe(false);
    do match.beginStep();
    while (!match.read(one));
    expect(match.elsewhere).toBe(true);
    match.beginStep();
    expect(match.read(other)).toBe(true);
    expect(match.catchesAll).toBe(true);
    expect(match.elsewhere).toBe(false);
    expect(match.conditions!.next == null).toBe(true);
  });
});
