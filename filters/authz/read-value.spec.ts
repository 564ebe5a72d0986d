import { hex, text } from "../../test/support/spec/bytes";
import { forgetProperties, setIntegerProperty, setProperty } from "../../test/support/spec/host";
import { entry, listValue, stringValue, structValue } from "../../test/support/spec/metadata";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { allows, inDefaultNamespace, ruleProblems, withRule } from "./test/spec/policies";

export { proxy_get_property } from "../../test/support/spec/host";

const FILTER = "envoy.filters.http.custom";

function begin(): void {
  forgetProperties();
  inDefaultNamespace();
}

/** Whether a field of `operation` with one value holds for a request. */
function operation(field: string, value: string, headers: HeaderPairs): bool {
  begin();
  setIntegerProperty("destination/port", 8080);
  return allows(withRule('{"to": [{"operation": {"' + field + '": ["' + value + '"]}}]}'), headers);
}

function withPath(value: string, path: string): bool {
  return operation("paths", value, new HeaderPairs().add(":path", path));
}

function withHost(value: string, host: string): bool {
  return operation("hosts", value, new HeaderPairs().add(":authority", host));
}

/** Whether a condition with one value holds for a request whose filter `FILTER` wrote this value under `k`. */
function withMetadata(value: string, written: string): bool {
  begin();
  setProperty(
    "metadata",
    hex(entry("envoy.filters.http.other", entry("k", stringValue("z"))) + entry(FILTER, entry("k", written))),
  );
  const key = '"key": "experimental.' + FILTER + '[k]"';
  return allows(withRule('{"when": [{' + key + ', "values": ["' + value + '"]}]}'), new HeaderPairs());
}

/** Whether a block holds for a client at that address. */
function withAddress(block: string, address: string): bool {
  begin();
  setProperty("source/address", text(address));
  return allows(withRule('{"from": [{"source": {"remoteIpBlocks": ["' + block + '"]}}]}'), new HeaderPairs());
}

describe("ports", () => {
  it("are digits, zeros before them allowed (strconv.ParseUint)", () => {
    const none = new HeaderPairs();
    expect(operation("ports", "8080", none)).toBe(true);
    expect(operation("ports", "008080", none)).toBe(true);
    expect(operation("ports", "80", none)).toBe(false);
    expect(operation("ports", "0", none)).toBe(false);
    expect(operation("ports", "65535", none)).toBe(false);
    expect(operation("notPorts", "8080", none)).toBe(false);
    expect(operation("notPorts", "80", none)).toBe(true);
  });

  it("are refused with a sign, a space, another base or past the last one", () => {
    const wrong = [
      "65536",
      "4294967376",
      "99999999999999999999",
      "+80",
      "-1",
      " 80",
      "80 ",
      "8_0",
      "0x50",
      "80.0",
      "http",
    ];
    for (let i = 0; i < wrong.length; i++) {
      const problem = ruleProblems('{"to": [{"operation": {"notPorts": ["' + wrong[i] + '"]}}]}');
      expect(problem).toBe('to[0].operation.notPorts[0]: expected a port from 0 to 65535, got "' + wrong[i] + '"');
    }
  });
});

describe("hosts", () => {
  it("are compared without their case, their ports with them", () => {
    expect(withHost("Example.COM", "eXample.com")).toBe(true);
    expect(withHost("example.com", "example.com:8080")).toBe(false);
    expect(withHost("example.com:8080", "EXAMPLE.com:8080")).toBe(true);
    expect(withHost("example.com", "example.com.")).toBe(false);
    expect(withHost("*.Example.com", "a.b.eXample.COM")).toBe(true);
    expect(withHost("*.example.com", "example.com")).toBe(false);
    expect(withHost("EXAMPLE.*", "example.org")).toBe(true);
    expect(withHost("*.example.com*", "a.example.com:80")).toBe(false);
  });

  it("* is a host that is there, be it empty", () => {
    expect(withHost("*", "a")).toBe(true);
    expect(withHost("*", "")).toBe(true);
    expect(operation("hosts", "*", new HeaderPairs().add(":path", "/"))).toBe(false);
    expect(operation("notHosts", "*", new HeaderPairs().add(":path", "/"))).toBe(true);
  });
});

describe("methods", () => {
  it("are compared in their case", () => {
    const get = new HeaderPairs().add(":method", "GET");
    expect(operation("methods", "GET", get)).toBe(true);
    expect(operation("methods", "get", get)).toBe(false);
    expect(operation("methods", "G*", get)).toBe(true);
    expect(operation("methods", "*T", get)).toBe(true);
    expect(operation("methods", "*", get)).toBe(true);
    expect(operation("methods", "*", new HeaderPairs())).toBe(false);
    expect(operation("notMethods", "GET", get)).toBe(false);
  });
});

describe("paths", () => {
  it("are compared without query and fragment", () => {
    expect(withPath("/a", "/a?b=/c")).toBe(true);
    expect(withPath("/a", "/a#b")).toBe(true);
    expect(withPath("*c", "/a?b=/c")).toBe(false);
    expect(withPath("/a?b=/c", "/a?b=/c")).toBe(false);
    expect(withPath("/a", "/A")).toBe(false);
    expect(withPath("/a*", "/ab")).toBe(true);
    expect(withPath("*b", "/ab?c")).toBe(true);
  });

  it("* is some byte at least (.+)", () => {
    expect(withPath("*", "/")).toBe(true);
    expect(withPath("*", "?a")).toBe(false);
    expect(operation("paths", "*", new HeaderPairs())).toBe(false);
    expect(operation("notPaths", "*", new HeaderPairs())).toBe(true);
  });

  it("with {*} or {**} are templates, and any other value is none", () => {
    expect(withPath("/foo/{*}", "/foo/bar")).toBe(true);
    expect(withPath("/foo/{*}", "/foo/bar/baz")).toBe(false);
    expect(withPath("/foo/{**}/", "/foo/bar/")).toBe(true);
    expect(withPath("/foo/{**}/", "/foo//")).toBe(true);
    expect(withPath("/foo/{**}/", "/foo/bar")).toBe(false);
    expect(withPath("/foo/{*}", "/foo/{*}")).toBe(false);
    expect(withPath("/foo/*", "/foo/*")).toBe(true);
    expect(withPath("/foo/*/x", "/foo/a/x")).toBe(false);
    expect(operation("notPaths", "/foo/{*}", new HeaderPairs().add(":path", "/foo/a?x"))).toBe(false);
  });
});

describe("addresses", () => {
  it("are blocks, or an address that is a block of one", () => {
    expect(withAddress("10.0.0.0/8", "10.255.0.1:443")).toBe(true);
    expect(withAddress("10.0.0.1/8", "10.255.0.1:443")).toBe(true);
    expect(withAddress("10.0.0.0/8", "11.0.0.1:443")).toBe(false);
    expect(withAddress("10.1.2.3", "10.1.2.3:1")).toBe(true);
    expect(withAddress("10.1.2.3", "10.1.2.4:1")).toBe(false);
    expect(withAddress("fe80::1%eth0", "[fe80::1]:1")).toBe(true);
    expect(withAddress("2001:db8::/33", "[2001:db8:7fff::1]:1")).toBe(true);
    expect(withAddress("2001:db8::/33", "[2001:db8:8000::1]:1")).toBe(false);
  });

  it("of one family are never in a block of the other, mapped ones included", () => {
    expect(withAddress("0.0.0.0/0", "[::1]:1")).toBe(false);
    expect(withAddress("::/0", "10.1.2.3:1")).toBe(false);
    expect(withAddress("0.0.0.0/0", "[::ffff:10.1.2.3]:1")).toBe(false);
    expect(withAddress("::ffff:10.1.2.3", "[::ffff:10.1.2.3]:1")).toBe(true);
    expect(withAddress("::ffff:10.1.2.3", "10.1.2.3:1")).toBe(false);
  });
});

/** Istio's envoyFilterGenerator: a string for a string, `[v]` for a list. */
describe("metadata", () => {
  it("that is a string is compared with values as they are, *, *x and x* among them", () => {
    expect(withMetadata("v", stringValue("v"))).toBe(true);
    expect(withMetadata("v", stringValue("w"))).toBe(false);
    expect(withMetadata("v*", stringValue("vw"))).toBe(true);
    expect(withMetadata("*w", stringValue("vw"))).toBe(true);
    expect(withMetadata("*", stringValue("x"))).toBe(true);
    expect(withMetadata("*", stringValue(""))).toBe(false);
    expect(withMetadata("v", listValue([stringValue("v")]))).toBe(false);
    expect(withMetadata("*", listValue([stringValue("v")]))).toBe(false);
    expect(withMetadata("v", structValue(entry("v", stringValue("v"))))).toBe(false);
  });

  it("that is a list is compared with a value in brackets, item by item", () => {
    const listed = listValue([stringValue("v"), structValue(""), stringValue("w")]);
    expect(withMetadata("[v]", listed)).toBe(true);
    expect(withMetadata("[w]", listed)).toBe(true);
    expect(withMetadata("[x]", listed)).toBe(false);
    expect(withMetadata("[v*]", listed)).toBe(true);
    expect(withMetadata("[*]", listed)).toBe(true);
    expect(withMetadata("[*]", listValue([]))).toBe(false);
    expect(withMetadata("[v]", stringValue("v"))).toBe(false);
    expect(withMetadata("[v, w]", listed)).toBe(false);
    expect(withMetadata("[v, w]", listValue([stringValue("v, w")]))).toBe(true);
    expect(withMetadata("[v]", listValue([listValue([stringValue("v")])]))).toBe(false);
  });

  it("loses all brackets at both ends of a value, and keeps those within (strings.Trim)", () => {
    expect(withMetadata("[[v]]", listValue([stringValue("v")]))).toBe(true);
    expect(withMetadata("[]v[]", listValue([stringValue("v")]))).toBe(true);
    expect(withMetadata("[a]b]", listValue([stringValue("a]b")]))).toBe(true);
    expect(withMetadata("[]", listValue([stringValue("")]))).toBe(true);
    expect(withMetadata("[]", listValue([stringValue("v")]))).toBe(false);
    expect(withMetadata("[][]", listValue([stringValue("")]))).toBe(true);
    expect(withMetadata("[v", stringValue("[v"))).toBe(true);
    expect(withMetadata("v]", stringValue("v]"))).toBe(true);
  });

  it("of another filter or under another name is none", () => {
    expect(withMetadata("z", stringValue("v"))).toBe(false);
    begin();
    setProperty("metadata", hex(entry(FILTER, entry("kk", stringValue("v")))));
    const rule = '{"when": [{"key": "experimental.' + FILTER + '[k]", "values": ["v"]}]}';
    expect(allows(withRule(rule), new HeaderPairs())).toBe(false);
  });
});

describe("any value", () => {
  it("is a string that is not empty", () => {
    const fields = ["hosts", "methods", "paths", "ports"];
    const wrong = ['""', "1", "null", "{}", "[]", "true"];
    for (let i = 0; i < fields.length; i++) {
      for (let j = 0; j < wrong.length; j++) {
        const problem = ruleProblems('{"to": [{"operation": {"' + fields[i] + '": [' + wrong[j] + "]}}]}");
        const what = j == 0 || j == 2 ? "a string that is not empty" : "a string";
        const hint = j == 5 ? ": YAML reads y, yes and on as true unless they are quoted" : "";
        expect(problem).toBe("to[0].operation." + fields[i] + "[0]: expected " + what + ", got " + wrong[j] + hint);
      }
    }
  });

  it("stands beside others of which one is enough, and beside other fields that must all hold", () => {
    const get = new HeaderPairs().add(":method", "GET").add(":path", "/a");
    begin();
    expect(allows(withRule('{"to": [{"operation": {"methods": ["PUT", "GET"], "paths": ["/b", "/a"]}}]}'), get)).toBe(
      true,
    );
    expect(allows(withRule('{"to": [{"operation": {"methods": ["PUT", "GET"], "paths": ["/b"]}}]}'), get)).toBe(false);
    expect(
      allows(withRule('{"to": [{"operation": {"methods": ["PUT"]}}, {"operation": {"paths": ["/a"]}}]}'), get),
    ).toBe(true);
    expect(allows(withRule('{"to": [{"operation": {"methods": ["GET"], "notPaths": ["/b", "/a"]}}]}'), get)).toBe(
      false,
    );
    expect(allows(withRule('{"to": [{"operation": {"methods": ["GET"], "notPaths": []}}]}'), get)).toBe(true);
  });
});
