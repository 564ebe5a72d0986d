import { calls, clearFaults, fail, restart, startRequest } from "../../test/support/spec/emulator";
import { configured, withEntry } from "./test/spec/faults";
import { openRequestFor } from "../../test/support/spec/readings";
import { resetArena } from "../../assembly/memory/arena";
import { readRequestHeaders } from "../../assembly/request/request";
import { confirms, routeOf } from "./decide";
import { Plan } from "./plan";

const GET = ":method: GET\n:path: /\n:authority: ratings";
const FAULT = '"fault": {"delay": {"percent": 100, "fixedDelay": "5s"}}';

restart();

/** Begins a request as the filter does, and gives the name of its route; "none" where it has none. */
function routeNameOf(plan: Plan, headers: string): string {
  startRequest(headers);
  calls();
  resetArena();
  openRequestFor(plan);
  if (plan.looksAtHeaders) expect(readRequestHeaders()).toBe(true);
  const route = routeOf(plan);
  return route == null ? "none" : route.name.toString();
}

function named(name: string, match: string): string {
  const conditions = match.length > 0 ? '"match": [' + match + "], " : "";
  return '{"name": "' + name + '", ' + conditions + FAULT + "}";
}

function services(list: string): string {
  return '{"direction": "INBOUND", "virtualServices": [' + list + "]}";
}

function service(hosts: string, entries: string): string {
  return '{"hosts": [' + hosts + '], "http": [' + entries + "]}";
}

describe("a plan whose routes no header tells", () => {
  it("asks for none until a fault is drawn, and then for all in one call", () => {
    const plan = configured(withEntry(named("all", "")));
    expect(plan.looksAtHeaders).toBe(false);
    expect(routeNameOf(plan, GET)).toBe("all");
    expect(calls()).toBe("");
    expect(confirms(plan, routeOf(plan))).toBe(true);
    expect(calls()).toBe("get_header_map_pairs request");
  });

  it("is one whose matches name ports, identities and the path / alone", () => {
    const matches = [
      '{"uri": {"prefix": "/"}}',
      '{"name": "x"}',
      '{"port": 8080}',
      '{"principals": ["cluster.local/ns/default/sa/*"]}',
    ];
    for (let i = 0; i < matches.length; i++) {
      expect(configured(withEntry(named("a", matches[i]))).looksAtHeaders).toBe(false, matches[i]);
    }
  });

  it("does not take OPTIONS * and CONNECT for requests with a path: what was presumed is not confirmed", () => {
    const plan = configured(withEntry(named("all", "")));
    expect(routeNameOf(plan, ":method: OPTIONS\n:path: *\n:authority: ratings")).toBe("all");
    expect(confirms(plan, routeOf(plan))).toBe(false);
    expect(routeNameOf(plan, ":method: CONNECT\n:authority: ratings")).toBe("all");
    expect(confirms(plan, routeOf(plan))).toBe(false);
  });

  it("confirms nothing where the headers cannot be read", () => {
    const plan = configured(withEntry(named("all", "")));
    routeNameOf(plan, GET);
    const route = routeOf(plan);
    fail("proxy_get_header_map_pairs", 10);
    expect(confirms(plan, route)).toBe(false);
    clearFaults();
    expect(confirms(plan, route)).toBe(true);
  });
});

describe("a plan whose routes headers tell", () => {
  it("has them read at first, and nothing to confirm", () => {
    const plan = configured(withEntry(named("mine", '{"headers": {"x-user": {"exact": "me"}}}')));
    expect(plan.looksAtHeaders).toBe(true);
    expect(routeNameOf(plan, GET + "\nx-user: me")).toBe("mine");
    expect(calls()).toBe("get_header_map_pairs request");
    expect(confirms(plan, routeOf(plan))).toBe(true);
    expect(calls()).toBe("");
    expect(routeNameOf(plan, GET)).toBe("none");
  });

  it("is one that asks for paths, hosts, methods, cookies, parameters and headers, or controls them", () => {
    const matches = [
      '{"uri": {"prefix": "/a"}}',
      '{"uri": {"exact": "/"}}',
      '{"method": {"exact": "GET"}}',
      '{"authority": {"exact": "a"}}',
      '{"cookies": {"user": {"exact": "me"}}}',
      '{"queryParams": {"a": {"exact": "b"}}}',
      '{"withoutHeaders": {"a": {"exact": "b"}}}',
    ];
    for (let i = 0; i < matches.length; i++) {
      expect(configured(withEntry(named("a", matches[i]))).looksAtHeaders).toBe(true, matches[i]);
    }
    expect(configured(services(service('"ratings"', named("a", "")))).looksAtHeaders).toBe(true);
    const control = '"headerControl": {"principals": ["*"]}, ';
    expect(configured(withEntry(named("a", ""), control)).looksAtHeaders).toBe(true);
  });
});

describe("a route", () => {
  it("is the first that matches of the VirtualService that the host belongs to", () => {
    const own = named("reviews-a", '{"uri": {"prefix": "/a"}}') + ", " + named("reviews", "");
    const plan = configured(services(service('"reviews"', own) + ", " + service('"*"', named("others", ""))));
    expect(routeNameOf(plan, ":path: /a\n:authority: reviews:9080")).toBe("reviews-a");
    expect(routeNameOf(plan, ":path: /\n:authority: reviews.default.svc.cluster.local")).toBe("reviews");
    expect(routeNameOf(plan, ":path: /a\n:authority: ratings")).toBe("others");
  });

  it("is none of another VirtualService where the host's own has none, or where the request tells no host", () => {
    const own = named("reviews-a", '{"uri": {"prefix": "/a"}}');
    const plan = configured(services(service('"reviews"', own) + ", " + service('"*"', named("others", ""))));
    expect(routeNameOf(plan, ":path: /b\n:authority: reviews")).toBe("none");
    expect(routeNameOf(plan, ":path: /b\nx: y")).toBe("none");
  });

  it("is found without a host where every host is meant", () => {
    const plan = configured(withEntry(named("a", '{"method": {"exact": "GET"}}')));
    expect(routeNameOf(plan, ":method: GET\n:path: /")).toBe("a");
  });
});
