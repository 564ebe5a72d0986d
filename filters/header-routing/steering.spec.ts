import { destinationsOf, readRoute, routeProblem } from "./test/spec/destinations";

const ROUTE =
  '"route": [{"destination": {"host": "reviews.default.svc.cluster.local", "subset": "v2", "port": {"number": 9080}}}]';

/** The value that a template gives for that destination. */
function value(template: string): string {
  const shown = destinationsOf(readRoute('{"steering": {"value": "' + template + '"}, ' + ROUTE + "}"));
  return shown.slice(0, shown.lastIndexOf(":"));
}

function templateProblem(template: string): string {
  return routeProblem('{"steering": {"value": "' + template + '"}, ' + ROUTE + "}");
}

function headerProblem(header: string): string {
  return routeProblem('{"steering": {"header": "' + header + '"}, ' + ROUTE + "}");
}

describe("the steering value", () => {
  it("is the template with the destination's parts in it", () => {
    expect(value("{subset}")).toBe("v2");
    expect(value("{host}")).toBe("reviews.default.svc.cluster.local");
    expect(value("{port}")).toBe("9080");
    expect(value("outbound|{port}|{subset}|{host}")).toBe("outbound|9080|v2|reviews.default.svc.cluster.local");
    expect(value("a{subset}{subset}b")).toBe("av2v2b");
    expect(value("fixed")).toBe("fixed");
  });

  it("is the subset where no steering is written", () => {
    expect(destinationsOf(readRoute("{" + ROUTE + "}"))).toBe("v2:1");
    expect(destinationsOf(readRoute('{"steering": {}, ' + ROUTE + "}"))).toBe("v2:1");
  });

  it("is none where the destination lacks a part that the template names", () => {
    expect(destinationsOf(readRoute('{"route": [{"destination": {"host": "reviews"}}]}'))).toBe("-:1");
    expect(
      destinationsOf(readRoute('{"steering": {"value": "{host}:{port}"}, "route": [{"destination": {"host": "a"}}]}')),
    ).toBe("-:1");
    expect(
      destinationsOf(readRoute('{"steering": {"value": "{host}"}, "route": [{"destination": {"host": "a"}}]}')),
    ).toBe("a:1");
  });
});

describe("a template", () => {
  it("with braces that name no part is reported", () => {
    const wrong = [
      "{version}",
      "{",
      "}",
      "{}",
      "{subset",
      "subset}",
      "{{subset}}",
      "{Subset}",
      "{ subset}",
      "a{host}b{",
    ];
    for (let i = 0; i < wrong.length; i++) {
      expect(templateProblem(wrong[i])).toBe(
        'steering.value: expected a template of {host}, {subset} and {port}, got "' + wrong[i] + '"',
      );
    }
  });

  it("with a byte that no header has is reported", () => {
    expect(templateProblem("a\\n").startsWith("steering.value: expected a header value without control bytes")).toBe(
      true,
    );
    expect(templateProblem("").startsWith("steering.value: expected a string that is not empty")).toBe(true);
  });

  it("that names a cluster wants every part of every destination, the host fully qualified", () => {
    const steering = '"steering": {"value": "outbound|{port}|{subset}|{host}"}, ';
    expect(routeProblem("{" + steering + '"route": [{"destination": {"host": "reviews"}}]}')).toBe(
      "route[0].destination: steering.value names a cluster: the host must be fully qualified\n" +
        "route[0].destination: steering.value names a cluster: a subset is required\n" +
        "route[0].destination: steering.value names a cluster: a port is required",
    );
  });
});

describe("the steering header", () => {
  it("is a name, or :authority", () => {
    expect(headerProblem("x-subset")).toBe("");
    expect(headerProblem("X-Subset")).toBe("");
    expect(headerProblem(":authority")).toBe("");
    const wrong = ["host", "Host", ":path", ":method", "a b", ":", "x\\u0000"];
    for (let i = 0; i < wrong.length; i++) {
      expect(headerProblem(wrong[i])).toBe(
        'steering.header: expected the name of a header, or ":authority", got "' + wrong[i] + '"',
      );
    }
  });
});

describe("a destination", () => {
  it("must name a host, and its parts must fit a header", () => {
    expect(routeProblem('{"route": [{"destination": {"subset": "v1"}}]}')).toBe(
      "route[0].destination.host: required, and missing",
    );
    expect(routeProblem('{"route": [{}]}')).toBe("route[0].destination: required, and missing");
    expect(routeProblem('{"route": []}')).toBe("route: expected a list that is not empty, got []");
    expect(routeProblem("{}")).toBe("route: required, and missing");
    expect(routeProblem('{"route": [{"destination": {"host": "a b"}}]}')).toBe(
      'route[0].destination.host: expected a name without spaces and control bytes, got "a b"',
    );
    expect(routeProblem('{"route": [{"destination": {"host": "a", "subset": "v\\n1"}}]}')).toBe(
      'route[0].destination.subset: expected a name without spaces and control bytes, got "v\\n1"',
    );
    expect(routeProblem('{"route": [{"destination": {"host": "a", "port": 80}}]}')).toBe(
      "route[0].destination.port: expected an object, got 80",
    );
    expect(routeProblem('{"route": [{"destination": {"host": "a", "port": {"number": 0}}}]}')).toBe(
      "route[0].destination.port.number: expected a whole number from 1 to 65535, got 0",
    );
  });

  it("of several must have a weight between them", () => {
    expect(routeProblem('{"route": [{"destination": {"host": "a"}}, {"destination": {"host": "b"}}]}')).toBe(
      "route: the weights add up to 0",
    );
  });
});
