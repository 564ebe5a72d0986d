import { hex, text } from "../../test/support/spec/bytes";
import { forgetProperties, setIntegerProperty, setProperty } from "../../test/support/spec/host";
import { entry, listValue, setClaims, stringValue, structValue } from "../../test/support/spec/metadata";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { allows, inDefaultNamespace, ruleProblems, withRule } from "./test/spec/policies";

export { proxy_get_property } from "../../test/support/spec/host";

function begin(): void {
  forgetProperties();
  inDefaultNamespace();
}

function condition(key: string, rest: string): string {
  return '{"when": [{"key": "' + key + '", ' + rest + "}]}";
}

/** Whether a condition on a key holds with that value, and its negation does not: each is tried. */
function holds(key: string, value: string, headers: HeaderPairs = new HeaderPairs()): bool {
  const direct = '"directRemoteIp": {"filterState": "peer"}, ';
  const asked = allows(withRule(condition(key, '"values": ["' + value + '"]'), direct), headers);
  const askedNot = allows(withRule(condition(key, '"notValues": ["' + value + '"]'), direct), headers);
  expect(askedNot).toBe(!asked, key + " " + value);
  return asked;
}

/** What is wrong with a key. */
function problem(key: string): string {
  return ruleProblems(condition(key, '"values": ["v"]')).replace("when[0].key: ", "");
}

describe("a key", () => {
  it("names each fact that AuthorizationPolicy knows", () => {
    begin();
    setProperty("connection/uri_san_peer_certificate", text("spiffe://td/ns/foo/sa/bar"));
    setProperty("connection/requested_server_name", text("a.example"));
    setProperty("source/address", text("10.1.2.3:1"));
    setProperty("filter_state/peer", text("10.9.9.9:1"));
    setProperty("destination/address", text("10.5.5.5:80"));
    setIntegerProperty("destination/port", 8080);
    expect(holds("source.principal", "td/ns/foo/sa/bar")).toBe(true);
    expect(holds("source.principal", "td/ns/foo/sa/baz")).toBe(false);
    expect(holds("source.namespace", "fo*")).toBe(true);
    expect(holds("source.namespace", "bar")).toBe(false);
    expect(holds("source.serviceAccount", "foo/bar")).toBe(true);
    expect(holds("source.serviceAccount", "bar")).toBe(false);
    expect(holds("source.trustDomain", "t*")).toBe(true);
    expect(holds("source.trustDomain", "x")).toBe(false);
    expect(holds("remote.ip", "10.1.0.0/16")).toBe(true);
    expect(holds("remote.ip", "10.9.9.9")).toBe(false);
    expect(holds("source.ip", "10.9.9.9")).toBe(true);
    expect(holds("source.ip", "10.1.0.0/16")).toBe(false);
    expect(holds("destination.ip", "10.5.0.0/16")).toBe(true);
    expect(holds("destination.ip", "10.1.2.3")).toBe(false);
    expect(holds("destination.port", "8080")).toBe(true);
    expect(holds("destination.port", "80")).toBe(false);
    expect(holds("connection.sni", "*.example")).toBe(true);
    expect(holds("connection.sni", "example")).toBe(false);
  });

  it("names what a token says", () => {
    begin();
    setClaims(
      entry("iss", stringValue("issuer")) +
        entry("sub", stringValue("me")) +
        entry("aud", listValue([stringValue("a"), stringValue("b")])) +
        entry("azp", stringValue("client")),
    );
    expect(holds("request.auth.principal", "issuer/me")).toBe(true);
    expect(holds("request.auth.principal", "issuer/you")).toBe(false);
    expect(holds("request.auth.audiences", "b")).toBe(true);
    expect(holds("request.auth.audiences", "c")).toBe(false);
    expect(holds("request.auth.presenter", "cl*")).toBe(true);
    expect(holds("request.auth.presenter", "a")).toBe(false);
  });

  it("that Istio refuses is refused with its reason", () => {
    expect(problem("destination.namespace")).toBe("not a condition key: use the policy's namespace");
    expect(problem("destination.labels[app]")).toBe("not a condition key: use the policy's selector");
    expect(problem("destination.labels")).toBe("not a condition key: use the policy's selector");
    expect(problem("destination.name")).toBe("not a condition key: only v1alpha1 had it");
    expect(problem("destination.user")).toBe("not a condition key: only v1alpha1 had it");
    expect(problem("source.user")).toBe('unknown key "source.user"');
    expect(problem("request.header[x]")).toBe('unknown key "request.header[x]" (did you mean "request.headers[…]"?)');
  });

  it("that is misspelt is refused with the nearest one", () => {
    expect(problem("source.namespaces")).toBe('unknown key "source.namespaces" (did you mean "source.namespace"?)');
    expect(problem("source.serviceaccount")).toBe(
      'unknown key "source.serviceaccount" (did you mean "source.serviceAccount"?)',
    );
    expect(problem("connection.snl")).toBe('unknown key "connection.snl" (did you mean "connection.sni"?)');
    expect(problem("Source.principal")).toBe('unknown key "Source.principal" (did you mean "source.principal"?)');
  });

  it("source.ip is refused where no filter is named that knows the direct peer", () => {
    expect(
      ruleProblems(condition("source.ip", '"values": ["10.0.0.1"]')).startsWith("when[0].key: a filter cannot see"),
    ).toBe(true);
  });
});

describe("a header's key", () => {
  it("names it in any case, and host is the authority", () => {
    const headers = new HeaderPairs().add(":authority", "Example.com").add("x-user", "jason").add(":path", "/a?b");
    begin();
    expect(holds("request.headers[X-User]", "jason", headers)).toBe(true);
    expect(holds("request.headers[x-user]", "Jason", headers)).toBe(false);
    expect(holds("request.headers[Host]", "Example.com", headers)).toBe(true);
    expect(holds("request.headers[host]", "example.com", headers)).toBe(false);
    expect(holds("request.headers[:path]", "/a?b", headers)).toBe(true);
    expect(holds("request.headers[:path]", "/a", headers)).toBe(false);
    expect(holds("request.headers[x-other]", "*", headers)).toBe(false);
  });

  it("with * asks for a header that is there, be it empty", () => {
    begin();
    expect(holds("request.headers[a]", "*", new HeaderPairs().add("a", ""))).toBe(true);
    expect(holds("request.headers[a]", "*", new HeaderPairs().add("b", ""))).toBe(false);
  });

  it("of a repeated header holds where one of its values does", () => {
    begin();
    const twice = new HeaderPairs().add("a", "x").add("a", "y");
    expect(holds("request.headers[a]", "y", twice)).toBe(true);
    expect(holds("request.headers[a]", "x,y", twice)).toBe(false);
  });

  it("has the name in brackets, up to the end", () => {
    const form = "expected request.headers[name]";
    expect(problem("request.headers")).toBe(form);
    expect(problem("request.headers[]")).toBe(form);
    expect(problem("request.headers[a")).toBe(form);
    expect(problem("request.headers[a]b")).toBe(form);
    expect(problem("request.headersX[a]")).toBe(form);
    expect(problem("request.headers.a")).toBe(form);
  });

  it("has a name that a header can have", () => {
    const form = "not a valid header name";
    expect(problem("request.headers[a b]")).toBe(form);
    expect(problem("request.headers[a][b]")).toBe(form);
    expect(problem("request.headers[:]")).toBe(form);
    expect(problem("request.headers[a:b]")).toBe(form);
    expect(problem("request.headers[:method]")).toBe("");
  });
});

describe("a claim's key", () => {
  it("leads through objects, a name in brackets for each", () => {
    begin();
    const inner = structValue(
      entry("b", listValue([stringValue("x"), stringValue("y")])) + entry("c", stringValue("z")),
    );
    setClaims(entry("a", inner) + entry("a][b", stringValue("odd")) + entry("d", stringValue("w")));
    expect(holds("request.auth.claims[a][b]", "y")).toBe(true);
    expect(holds("request.auth.claims[a][b]", "z")).toBe(false);
    expect(holds("request.auth.claims[a][c]", "z")).toBe(true);
    expect(holds("request.auth.claims[a]", "*")).toBe(false);
    expect(holds("request.auth.claims[d]", "w")).toBe(true);
    expect(holds("request.auth.claims[d][x]", "w")).toBe(false);
    expect(holds("request.auth.claims[a][b][c]", "*")).toBe(false);
  });

  it("whose brackets do not pair is one name, all that stands between the outer ones", () => {
    begin();
    setClaims(entry("a[b", stringValue("x")) + entry("a]b", stringValue("y")) + entry("a", stringValue("z")));
    expect(holds("request.auth.claims[a[b]", "x")).toBe(true);
    expect(holds("request.auth.claims[a]b]", "y")).toBe(true);
    expect(holds("request.auth.claims[a[b]", "z")).toBe(false);
  });

  it("that is a number, a boolean, an object or an empty list is no value", () => {
    begin();
    const number = "110000000000000040";
    const boolean = "2001";
    setClaims(
      entry("n", number) +
        entry("b", boolean) +
        entry("o", structValue("")) +
        entry("l", listValue([])) +
        entry("e", stringValue("")),
    );
    const names = ["n", "b", "o", "l", "e", "none"];
    for (let i = 0; i < names.length; i++)
      expect(holds("request.auth.claims[" + names[i] + "]", "*")).toBe(false, names[i]);
  });

  it("has each name in brackets, up to the end, and none without a name", () => {
    const form = "expected request.auth.claims[name] or request.auth.claims[name][name]";
    expect(problem("request.auth.claims")).toBe(form);
    expect(problem("request.auth.claims[]")).toBe(form);
    expect(problem("request.auth.claims[a][]")).toBe(form);
    expect(problem("request.auth.claims[][a]")).toBe(form);
    expect(problem("request.auth.claims.a")).toBe(form);
    expect(problem("request.auth.claims[a")).toBe(form);
    expect(problem("request.auth.claims[a]x")).toBe(form);
    expect(problem("request.auth.claimsX[a]")).toBe(form);
  });
});

describe("a metadata key", () => {
  it("parts the filter's name from the entry's at its first bracket", () => {
    begin();
    const written = entry("k", stringValue("v")) + entry("a][b", stringValue("w"));
    setProperty("metadata", hex(entry("envoy.filters.http.a.b", written)));
    expect(holds("experimental.envoy.filters.http.a.b[k]", "v")).toBe(true);
    expect(holds("experimental.envoy.filters.http.a.b[a][b]", "w")).toBe(true);
    expect(holds("experimental.envoy.filters.http.a[k]", "v")).toBe(false);
    expect(holds("experimental.envoy.filters.http.a.b[x]", "*")).toBe(false);
  });

  it("begins with experimental.envoy.filters. and has an entry in brackets", () => {
    const form = "expected experimental.envoy.filters.name[key]";
    expect(problem("experimental.envoy.filters.a")).toBe(form);
    expect(problem("experimental.envoy.filters.a[]")).toBe(form);
    expect(problem("experimental.envoy.filters.a[b")).toBe(form);
    expect(problem("experimental.envoy.filters.a[b]c")).toBe(form);
    expect(problem("experimental.other[a]")).toBe('unknown key "experimental.other[a]"');
  });
});

describe("a condition", () => {
  it("with values and notValues asks for both", () => {
    begin();
    const both = condition("request.headers[a]", '"values": ["x*"], "notValues": ["*y"]');
    expect(allows(withRule(both), new HeaderPairs().add("a", "xx"))).toBe(true);
    expect(allows(withRule(both), new HeaderPairs().add("a", "xy"))).toBe(false);
    expect(allows(withRule(both), new HeaderPairs().add("a", "yx"))).toBe(false);
    expect(allows(withRule(both), new HeaderPairs())).toBe(false);
    const negated = condition("request.headers[a]", '"notValues": ["x"]');
    expect(allows(withRule(negated), new HeaderPairs())).toBe(true);
  });

  it("takes expressions for more values, which match whole", () => {
    begin();
    const either = condition("request.headers[a]", '"values": ["x"], "regex": ["y+", "z"]');
    expect(allows(withRule(either), new HeaderPairs().add("a", "x"))).toBe(true);
    expect(allows(withRule(either), new HeaderPairs().add("a", "yyy"))).toBe(true);
    expect(allows(withRule(either), new HeaderPairs().add("a", "yyyz"))).toBe(false);
    const neither = condition("request.headers[a]", '"notValues": ["x"], "notRegex": ["y+"]');
    expect(allows(withRule(neither), new HeaderPairs().add("a", "yy"))).toBe(false);
    expect(allows(withRule(neither), new HeaderPairs().add("a", "x"))).toBe(false);
    expect(allows(withRule(neither), new HeaderPairs().add("a", "z"))).toBe(true);
    expect(allows(withRule(neither), new HeaderPairs())).toBe(true);
  });

  it("takes expressions on texts alone", () => {
    const texts = [
      "source.principal",
      "request.headers[a]",
      "connection.sni",
      "request.auth.claims[a]",
      "request.auth.audiences",
    ];
    for (let i = 0; i < texts.length; i++)
      expect(ruleProblems(condition(texts[i], '"regex": ["a"]'))).toBe("", texts[i]);
    const problem =
      "when[0].regex: not supported: the values of this key are not text, so a regular expression cannot match them";
    const others = ["remote.ip", "destination.port", "source.namespace", "source.serviceAccount", "source.trustDomain"];
    for (let i = 0; i < others.length; i++)
      expect(ruleProblems(condition(others[i], '"regex": ["a"]'))).toBe(problem, others[i]);
    expect(ruleProblems(condition("request.auth.principal", '"regex": ["a"]'))).toBe(problem);
  });

  it("is one of several that must all hold", () => {
    begin();
    const two =
      '{"when": [{"key": "request.headers[a]", "values": ["1"]}, {"key": "request.headers[b]", "values": ["2"]}]}';
    expect(allows(withRule(two), new HeaderPairs().add("a", "1").add("b", "2"))).toBe(true);
    expect(allows(withRule(two), new HeaderPairs().add("a", "1"))).toBe(false);
    expect(allows(withRule(two), new HeaderPairs().add("b", "2"))).toBe(false);
  });
});
