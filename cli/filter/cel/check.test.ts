/** What the check of CEL says of mistakes, and where. `test/oracle/cel` holds what it refuses to a real Envoy. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { kindsOf } from "../../codes/codes.ts";
import { checkCel } from "./check.ts";
import { shown } from "./finding.ts";
import { plainCel } from "./plain.ts";

/** The findings in lines, the kind before each that is no error of Envoy's compiler. Each has one code. */
function told(expression: string): string[] {
  return checkCel(expression).map((finding) => {
    const codes = kindsOf(shown(expression, finding)).map(({ code }) => code);
    assert.match(codes.join(), /^SBX50\d$/, shown(expression, finding));
    return (finding.kind === "refused" ? "" : `${finding.kind}: `) + shown(expression, finding);
  });
}

const MISTAKES: Readonly<Record<string, string[]>> = {
  // Functions, which Envoy looks for by name, way of calling and number of arguments.
  'request.path.startWith("/a")': ['no function "startWith" (did you mean "startsWith"?) at character 14'],
  'request.path.lowerAscii() == "/a"': ['no function "lowerAscii" at character 14'],
  'request.path.startsWith("/a", "b")': ['"startsWith" takes 1 argument, got 2 at character 14'],
  "request.time.getHours('UTC', 1) == 1": ['"getHours" takes no or 1 argument, got 2 at character 14'],
  "getHours(request.time) == 1": ['"getHours" is called on a value: value.getHours() at character 1'],
  '"1".int() == 1': ['"int" is called on nothing: int(…) at character 5'],
  "request.headers.exists(true)": ['"exists" is written values.exists(value, …) at character 17'],
  "request.has(path)": [
    'fails: no attribute "path" (what another Wasm filter has set is filter_state["wasm.path"]) at character 13',
    '"has" is written has(request.headers.x) at character 9',
  ],
  "google.protobuf.Duratio{seconds: 1} == duration('1s')": [
    'no message "google.protobuf.Duratio" (did you mean "google.protobuf.Duration"?) at character 1',
  ],
  "google.protobuf.Duration{second: 1} == duration('1s')": [
    'no field "second" in google.protobuf.Duration (did you mean "seconds"?) at character 26',
  ],
  // Types, which Envoy finds out about at each request.
  "request.path.startsWith(1)": ['fails: "startsWith" takes a string, got an int at character 25'],
  "request.size.startsWith('a')": ['fails: "startsWith" is called on a string, got an int at character 9'],
  "request.path < 1": ['fails: no operator "<" for a string and an int at character 14'],
  "1 + 1u == 2": ['fails: no operator "+" for an int and a uint at character 3'],
  "!request.size": ['fails: no operator "!" for an int at character 1'],
  "true && request.path": ['fails: "&&" takes true or false, got a string at character 17'],
  "request.size ? true : false": ['fails: "?" takes true or false, got an int at character 9'],
  '"a" in request.path': [
    'fails: "in" asks a list or a map, got a string (for a part of a text, write text.contains(…)) at character 16',
  ],
  "b'a' in request.headers": ["fails: bytes is no key of a map at character 6"],
  "request.headers[1] == 'a'": ["fails: the keys of this map are of the type string, got an int at character 17"],
  "metadata['filter_metadata'] == {}": [
    "fails: the message Metadata has fields, which are written after a dot at character 10",
  ],
  "request.path.a == 1": ['fails: a string has no field "a" at character 14'],
  "request.path.exists(c, c == 'a')": ['fails: "exists" goes through a list or a map, got a string at character 9'],
  "request.path": ["fails: the result is a string, expected true or false at character 1"],
  "duration('1 day') < duration('1s')": [
    'fails: no duration: "1 day" (expected such as "90s" or "1h30m") at character 10',
  ],
  "timestamp('2026-01-31') < request.time": [
    'fails: no time: "2026-01-31" (expected such as "2026-01-31T08:00:00Z") at character 11',
  ],
  // Attributes, which Envoy looks for at each request.
  "reqest.path == 'a'": ['fails: no attribute "reqest" (did you mean "request"?) at character 1'],
  "request.pth == 'a' || true": ['fails: no attribute "request.pth" (did you mean "request.path"?) at character 9'],
  'request["pth"] == "a"': ['fails: no attribute "request.pth" (did you mean "request.path"?) at character 9'],
  "has(request.pth)": ['fails: no attribute "request.pth" (did you mean "request.path"?) at character 13'],
  "xds.node.metdata.a == 1": ['fails: no field "Node.metdata" (did you mean "Node.metadata"?) at character 10'],
  // The grammar.
  "true and true": ['expected an operator or the end, got "and" at character 6'],
  "request.path = '/a'": ['no operator "=" (did you mean "=="?) at character 14'],
  "true &&": ["expected a value, got the end at character 8"],
  "request.path == '/a": ["a string that does not end at character 17"],
  "request.path.matches('\\d')": [
    "no such escape in a string: \\d (a backslash itself is written \\\\, or the string r'…') at character 22",
  ],
  "has(request.headers['x'])": [
    "expected a field, such as has(request.headers.x); of other names, such as 'x-a' in request.headers at character 21",
  ],
  "request.?path == 'a'": ['".?": Envoy has no optional values at character 9'],
  "if == 1": ['"if" is a reserved word of CEL at character 1'],
  "9223372036854775808 > 0": ["a whole number beyond 64 bits at character 1"],
  "true &&\n  request.pth": [
    'fails: no attribute "request.pth" (did you mean "request.path"?) at line 2, character 11',
  ],
  "'😀' == request.pth": ['fails: no attribute "request.pth" (did you mean "request.path"?) at character 16'],
  // What Envoy evaluates, and hardly anybody means.
  "request.headers['x-items'] == 100": ["warning: always false: a string never equals an int at character 28"],
  "request.path != 1": ["warning: always true: a string never equals an int at character 14"],
  "1 in request.headers": ["warning: always false: an int never equals a string at character 3"],
  "request.headers.`x-a` == 'b'": [
    'warning: Envoy before 1.40 compiles no name between back quotes (write it as ["x-a"]) at character 17',
  ],
  "response.code == 200": ["warning: no request has response.code yet when it is decided at character 10"],
};

for (const [expression, expected] of Object.entries(MISTAKES)) {
  test(`mistake: ${JSON.stringify(expression)}`, () => assert.deepEqual(told(expression), expected));
}

test("what only a request shows is taken to be right", () => {
  const right = [
    "metadata.filter_metadata['a'].b.c.startsWith('d')",
    "filter_state['wasm.a'].b == 1 && filter_state.c",
    "xds.node.metadata['LABELS'].app == 'a'",
    "request.headers.exists(name, name.startsWith('x-') && request.headers[name] == '1')",
    "has(request.headers.a) ? request.headers.a == 'b' : true",
    "true ? dyn(1) : 'a'",
    "has(response.code)",
    "request.headers['x-a'] == 'b' // as written",
    "envoy.config.core.v3.Metadata{} == metadata",
  ];
  for (const expression of right) assert.deepEqual(told(expression), [], expression);
});

test("a parser that knows neither comments nor back quotes is given neither", () => {
  assert.equal(plainCel("a.`b-c` == 'd//e' // f\n && g"), `a["b-c"] == 'd//e' && g`);
});
