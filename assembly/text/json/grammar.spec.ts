import { hex, text } from "../../../test/support/spec/bytes";
import { Region } from "../../memory/region";
import { Text } from "../text";
import { JsonReader } from "./reader";

const region = Region.open();
const lists = Region.open();

/** Whether a document is read; a byte at a time it must be the same. */
function isRead(document: Text): bool {
  const whole = read(document, document.length + 1);
  const slow = read(document, 1);
  expect(slow.problem == whole.problem && slow.problemAt == whole.problemAt).toBe(true, document.toString());
  return whole.problem == null;
}

function read(document: Text, step: u32): JsonReader {
  const reader = JsonReader.begin(region, lists, document.start, document.length, true);
  while (reader.step(step)) continue;
  return reader;
}

function accepts(document: string): void {
  expect(isRead(text(document))).toBe(true, document);
}

function refuses(document: string): void {
  expect(isRead(text(document))).toBe(false, document);
}

describe("what a document looks like (RFC 8259; the cases follow those that JSONTestSuite names y_ and n_)", () => {
  it("reads arrays", () => {
    accepts("[]");
    accepts("[[]   ]");
    accepts('[""]');
    accepts('["a"]');
    accepts("[false]");
    accepts('[null, 1, "1", {}]');
    accepts("[null]");
    accepts("[1\n]");
    accepts(" [1]");
    accepts("[1,null,null,null,2]");
    accepts("[2] ");
    refuses("[1 true]");
    refuses("[a]");
    refuses('["": 1]');
    refuses('[""],');
    refuses("[,1]");
    refuses("[1,,2]");
    refuses('["x",,]');
    refuses('["x"]]');
    refuses('["",]');
    refuses('["x"');
    refuses("[x");
    refuses("[3[4]]");
    refuses("[1:2]");
    refuses("[,]");
    refuses("[-]");
    refuses('[   , ""]');
    refuses('["a",\n4\n,1,');
    refuses("[1,]");
    refuses("[1,,]");
    refuses("[*]");
    refuses('[""');
    refuses("[1,");
    refuses("[1,\n1\n,1");
    refuses("[{}");
    refuses("[1}");
    refuses("]");
    refuses("[");
    refuses("[1]]");
  });

  it("reads objects", () => {
    accepts("{}");
    accepts('{"asd":"sdf"}');
    accepts('{"asd":"sdf", "dfg":"fgh"}');
    accepts('{"":0}');
    accepts('{"foo\\u0000bar": 42}');
    accepts('{ "min": -1.0e+28, "max": 1.0e+28 }');
    accepts('{"x":[{"id": "xx"}], "id": "xx"}');
    accepts('{"a":[]}');
    accepts('{\n"a": "b"\n}');
    refuses('["x", truth]');
    refuses('{[: "x"}\n');
    refuses('{"x", null}');
    refuses('{"x"::"b"}');
    refuses('{"a":"a" 123}');
    refuses("{key: 'value'}");
    refuses('{"a" b}');
    refuses('{:"b"}');
    refuses('{"a" "b"}');
    refuses('{"a":');
    refuses('{"a"');
    refuses("{1:1}");
    refuses("{9999E9999:1}");
    refuses("{null:null,null:null}");
    refuses('{"id":0,,,,,}');
    refuses("{'a':0}");
    refuses('{"id":0,}');
    refuses('{"a":"b"}/**/');
    refuses('{"a":"b"}#');
    refuses('{"a":"b"}//');
    refuses('{"a":"b",,"c":"d"}');
    refuses('{a: "b"}');
    refuses('{"a":"a');
    refuses('{ "foo" : "bar", "a" }');
    refuses('{"a":"b"}}');
    refuses("{");
    refuses("{]");
    refuses("}");
    refuses('{"a":/*comment*/"b"}');
  });

  it("reads one value with white space around it, and nothing else", () => {
    accepts("false");
    accepts("42");
    accepts("-0.1");
    accepts("null");
    accepts('"asd"');
    accepts("true");
    accepts('""');
    accepts('["a"]\n');
    accepts("[true]");
    accepts(" \t\r\n[] \t\r\n");
    refuses("");
    refuses(" ");
    refuses("<.>");
    refuses("[<null>]");
    refuses("[1]x");
    refuses("[1]\0");
    refuses("\0");
    refuses('["asd]');
    refuses("aå");
    refuses("[True]");
    refuses("1]");
    refuses('{"x": true,');
    refuses("[][]");
    refuses('{"":');
    refuses("tru");
    refuses("fals");
    refuses("nul");
    refuses("truex");
    refuses("nan");
    refuses("TRUE");
    refuses("[\u000c]");
    refuses("[\u00a0]");
    refuses("\u2060[]");
    refuses("\ufeff{}");
    expect(isRead(hex("5bff5d"))).toBe(false, "[ff]");
    expect(isRead(hex("ff"))).toBe(false, "ff");
    refuses("1 2");
    refuses("// comment\n1");
    refuses("'a'");
    refuses("a");
    refuses('\\u0020"asd"');
  });

  it("reads numbers by their grammar", () => {
    accepts("[123e65]");
    accepts("[0e+1]");
    accepts("[0e1]");
    accepts("[ 4]");
    accepts("[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]");
    accepts("[20e1]");
    accepts("[-0]");
    accepts("[-123]");
    accepts("[-1]");
    accepts("[1E22]");
    accepts("[1E-2]");
    accepts("[1E+2]");
    accepts("[123.456e78]");
    refuses("[-01]");
    refuses("[-1.0.]");
    refuses("[-2.]");
    refuses("[.-1]");
    refuses("[.2e-3]");
    refuses("[0.1.2]");
    refuses("[0.3e+]");
    refuses("[0.3e]");
    refuses("[0.e1]");
    refuses("[0E+]");
    refuses("[0E]");
    refuses("[0e+]");
    refuses("[0e]");
    refuses("[1.0e+]");
    refuses("[1.0e-]");
    refuses("[1.0e]");
    refuses("[1 000.0]");
    refuses("[1eE2]");
    refuses("[+1]");
    refuses("[++1234]");
    refuses("[+Inf]");
    refuses("[0x1]");
    refuses("[0x42]");
    refuses("[Infinity]");
    refuses("[-Infinity]");
    refuses("[NaN]");
    refuses("[-NaN]");
    refuses("[-foo]");
    refuses("[- 1]");
    refuses("[-012]");
    refuses("[012]");
    refuses("[.123]");
    refuses("[-1x]");
    refuses("[1.8011670033376514H-308]");
    refuses("[1ea]");
    refuses("[1.]");
    refuses("[1a]");
    refuses("[2.e3]");
    refuses("[2.e-3]");
    refuses("[9.e+]");
    refuses("[１]");
    refuses("-");
    refuses("1e");
    refuses("1.");
  });

  it("reads strings by their grammar", () => {
    accepts('["\\u0060\\u012a\\u12AB"]');
    accepts('["\\"\\\\\\/\\b\\f\\n\\r\\t"]');
    accepts('["\\\\u0000"]');
    accepts('["\\""]');
    accepts('["a/*b*/c/*d//e"]');
    accepts('["\\\\a"]');
    accepts('["\u007f"]');
    accepts('["\u2028\u2029"]');
    refuses('["\\uD800\\"]');
    refuses('["\\uD800\\u"]');
    refuses('["\\uD800\\u1"]');
    refuses('["\\uD800\\u1x"]');
    refuses("[é]");
    refuses('["\\x00"]');
    refuses('["\\\\\\"]');
    refuses('["\\\t"]');
    refuses('["\\😀"]');
    refuses('["\\"]');
    refuses('["\\u00A"]');
    refuses('["\\uD834\\uDd"]');
    refuses('["\\uD800\\uD800\\x"]');
    refuses('["\\a"]');
    refuses('["\\uqqqq"]');
    refuses('["\\uD83');
    refuses('["new\nline"]');
    refuses('["\t"]');
    refuses('["\u001f"]');
    refuses('["a\0a"]');
    refuses('"');
    refuses("['single quote']");
    refuses("abc");
    refuses('["\\');
    refuses('"\\UA66D"');
    refuses('"\\u 123"');
    refuses('""x');
    expect(isRead(hex("5b225c75e55d"))).toBe(false, '["\\u e5]');
  });
});
