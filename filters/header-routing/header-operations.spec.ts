import { applyTo, readRoute, routeProblem } from "./test/spec/destinations";

let calls = "";

function called(verb: string, name: usize, length: u32): void {
  calls += (calls.length > 0 ? ", " : "") + verb + " " + String.UTF8.decodeUnsafe(name, length);
}

export function proxy_replace_header_map_value(map: u32, name: usize, length: u32, value: usize, size: u32): u32 {
  called("set", name, length);
  calls += "=" + String.UTF8.decodeUnsafe(value, size);
  return 0;
}

export function proxy_add_header_map_value(map: u32, name: usize, length: u32, value: usize, size: u32): u32 {
  called("add", name, length);
  calls += "=" + String.UTF8.decodeUnsafe(value, size);
  return 0;
}

export function proxy_remove_header_map_value(map: u32, name: usize, length: u32): u32 {
  called("remove", name, length);
  return 0;
}

const REQUEST = 0;
const RESPONSE = 2;
const TARGET = '"destination": {"host": "a", "subset": "v1"}';

/** What the first destination of a route does to the request's headers. */
function requestCalls(json: string): string {
  const route = readRoute(json);
  calls = "";
  applyTo(REQUEST, route.destinations!.request);
  return calls;
}

function responseCalls(json: string): string {
  const route = readRoute(json);
  calls = "";
  applyTo(RESPONSE, route.destinations!.response);
  return calls;
}

/** One destination with these operations on the request. */
function single(operations: string): string {
  return '{"route": [{' + TARGET + ', "headers": {"request": ' + operations + "}}]}";
}

describe("header operations", () => {
  it("remove, then set, then add (Envoy HeaderParser::evaluateHeaders), each by name as istiod sorts them", () => {
    const all = '{"add": {"z": "1", "b": "2"}, "set": {"y": "3", "c": "4"}, "remove": ["x", "d"]}';
    expect(requestCalls(single(all))).toBe("remove d, remove x, set c=4, set y=3, add b=2, add z=1");
  });

  it("write names in lower case", () => {
    expect(requestCalls(single('{"set": {"X-Canary": "A"}, "remove": ["X-Old"]}'))).toBe(
      "remove x-old, set x-canary=A",
    );
  });

  it("sort a name before those that it begins", () => {
    expect(requestCalls(single('{"set": {"ab": "1", "a": "2", "a-b": "3"}}'))).toBe("set a=2, set a-b=3, set ab=1");
  });

  it("do nothing for an empty value, and write %% as %", () => {
    expect(requestCalls(single('{"set": {"a": "", "b": "100%%"}, "add": {"c": ""}}'))).toBe("set b=100%");
    expect(requestCalls(single('{"set": {"a": ""}}'))).toBe("");
    expect(requestCalls(single("{}"))).toBe("");
  });

  it("are the request's or the response's", () => {
    const both =
      '{"route": [{' + TARGET + ', "headers": {"request": {"set": {"q": "1"}}, "response": {"set": {"s": "2"}}}}]}';
    expect(requestCalls(both)).toBe("set q=1");
    expect(responseCalls(both)).toBe("set s=2");
  });
});

const OF_ROUTE = '"headers": {"request": {"remove": ["r"], "set": {"x": "route"}, "add": {"y": "route"}}}';
const OF_DESTINATION = '"headers": {"request": {"remove": ["d"], "set": {"x": "own"}, "add": {"y": "own"}}}';

describe("a route's and a destination's operations", () => {
  it("are one set with a single destination, the route's before the destination's of each kind", () => {
    expect(requestCalls('{"route": [{' + TARGET + ", " + OF_DESTINATION + "}], " + OF_ROUTE + "}")).toBe(
      "remove r, remove d, set x=route, set x=own, add y=route, add y=own",
    );
  });

  it("follow one another with several, the destination's first", () => {
    const other = ', {"destination": {"host": "b"}, "weight": 1}';
    expect(
      requestCalls('{"route": [{' + TARGET + ', "weight": 1, ' + OF_DESTINATION + "}" + other + "], " + OF_ROUTE + "}"),
    ).toBe("remove d, set x=own, add y=own, remove r, set x=route, add y=route");
  });

  it("are either one's where the other has none", () => {
    expect(requestCalls('{"route": [{' + TARGET + "}], " + OF_ROUTE + "}")).toBe("remove r, set x=route, add y=route");
    expect(requestCalls('{"route": [{' + TARGET + ", " + OF_DESTINATION + "}]}")).toBe(
      "remove d, set x=own, add y=own",
    );
  });
});

describe("header operations that are reported", () => {
  it("are those on the authority, on names that are none, and with formats", () => {
    const at = "route[0].headers.request.";
    const routesAnew = ": not supported: if a filter changes it, Envoy chooses the route again";
    expect(routeProblem(single('{"set": {":authority": "x"}}'))).toBe(at + 'set[":authority"]' + routesAnew);
    expect(routeProblem(single('{"add": {"Host": "x"}}'))).toBe(at + "add.Host" + routesAnew);
    expect(routeProblem(single('{"remove": [":path"]}'))).toBe(at + "remove[0]" + routesAnew);
    const readEarly = ": not supported: Envoy's router reads this header before it applies a route's header changes";
    expect(routeProblem(single('{"remove": ["X-Forwarded-Proto"]}'))).toBe(at + "remove[0]" + readEarly);
    expect(routeProblem(single('{"set": {"grpc-timeout": "1S"}}'))).toBe(at + 'set["grpc-timeout"]' + readEarly);
    expect(routeProblem(single('{"add": {"x-envoy-attempt-count": "1"}}'))).toBe(
      at + 'add["x-envoy-attempt-count"]' + readEarly,
    );
    expect(routeProblem(single('{"set": {"a b": "x"}}'))).toBe(at + 'set["a b"]: not a valid header name');
    expect(routeProblem(single('{"set": {"a": "%REQ(x)%"}}'))).toBe(
      at + 'set.a: expected a value without Envoy format strings (write "%%" for "%"), got "%REQ(x)%"',
    );
    expect(routeProblem(single('{"set": {"a": "5%"}}')).startsWith(at + "set.a: expected a value without")).toBe(true);
    expect(routeProblem(single('{"set": {"a": "x\\ny"}}'))).toBe(
      at + 'set.a: expected a header value without NUL, CR and LF, got "x\\ny"',
    );
    expect(routeProblem(single('{"set": {"a": 1}}'))).toBe(at + "set.a: expected a string, got 1");
    expect(routeProblem(single('{"sett": {}}'))).toBe(
      'route[0].headers.request: unknown field "sett" (did you mean "set"?)',
    );
  });
});
