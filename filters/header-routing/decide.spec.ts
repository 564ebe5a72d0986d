import { configuration, errors, warnings } from "../../test/support/spec/configuration";
import { forgetProperties } from "../../test/support/spec/host";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { openRequestFor, readingOf, wasReadWith } from "../../test/support/spec/readings";
import { resetArena } from "../../assembly/memory/arena";
import { fillHeaders } from "../../assembly/request/request";
import { routeOf } from "./decide";
import { Plan } from "./plan";
import { readPlan } from "./read-plan";

export { proxy_get_property } from "../../test/support/spec/host";

const HOST = '"route": [{"destination": {"host": "a", "subset": "v1"}}]';

/** A plan, whose configuration must be without an error and give these warnings. */
function plan(json: string, warned: string): Plan {
  forgetProperties();
  const root = configuration(json);
  const reading = readingOf(root);
  const plan = wasReadWith(readPlan(root, reading), reading);
  expect(errors(root)).toBe("", json);
  expect(warnings(root)).toBe(warned);
  return plan;
}

/** The name of the route that a request meets; "none" where there is none. */
function route(plan: Plan, headers: HeaderPairs): string {
  const pairs = headers.encode();
  resetArena();
  openRequestFor(plan);
  fillHeaders(pairs.start, pairs.length);
  const met = routeOf(plan);
  return met == null ? "none" : met.name.toString();
}

function get(host: string, path: string): HeaderPairs {
  return new HeaderPairs().add(":authority", host).add(":path", path).add(":method", "GET").add(":scheme", "http");
}

const REVIEWS =
  '{"virtualServices": [{"name": "reviews", "hosts": ["reviews"], "http": [' +
  '{"name": "jason", "match": [{"headers": {"end-user": {"exact": "jason"}}}, {"uri": {"prefix": "/jason"}}], ' +
  HOST +
  '}, {"name": "api", "match": [{"uri": {"prefix": "/api"}, "method": {"exact": "GET"}}], ' +
  HOST +
  '}, {"name": "rest", "match": [{"uri": {"prefix": "/r"}}], ' +
  HOST +
  "}]}, " +
  '{"name": "others", "hosts": ["*"], "http": [{"name": "all", ' +
  HOST +
  "}]}]}";

describe("a request's route", () => {
  it("is the first of its host's that has a match all of whose conditions hold", () => {
    const reviews = plan(REVIEWS, "");
    expect(route(reviews, get("reviews", "/api").add("end-user", "jason"))).toBe("jason");
    expect(route(reviews, get("reviews", "/jason/api"))).toBe("jason");
    expect(route(reviews, get("reviews", "/api?x"))).toBe("api");
    expect(route(reviews, get("reviews:9080", "/r").add("end-user", "Jason"))).toBe("rest");
  });

  it("is none where none of its own host's matches: other hosts' are not asked", () => {
    const reviews = plan(REVIEWS, "");
    expect(route(reviews, get("reviews", "/"))).toBe("none");
    expect(route(reviews, get("ratings", "/"))).toBe("all");
  });

  it("is none without a host that is known, without :authority, and without :path (CONNECT)", () => {
    const one = plan('{"virtualServices": [{"hosts": ["a"], "http": [{"name": "all", ' + HOST + "}]}]}", "");
    expect(route(one, get("b", "/"))).toBe("none");
    expect(route(one, new HeaderPairs().add(":path", "/"))).toBe("none");
    expect(route(one, new HeaderPairs().add(":authority", "a"))).toBe("none");
    expect(route(one, new HeaderPairs())).toBe("none");
    expect(route(one, get("a", "/"))).toBe("all");
  });

  it("is never one behind a route that every request meets, which is warned of", () => {
    const shadowed =
      '{"virtualServices": [{"hosts": ["a"], "http": [{"name": "all", "match": [{"uri": {"prefix": "/"}}], ' +
      HOST +
      '}, {"name": "late", "match": [{"headers": {"h": {}}}], ' +
      HOST +
      "}]}]}";
    const late = "virtualServices[0].http[1]: never used: an earlier route matches every request";
    expect(route(plan(shadowed, late), get("a", "/").add("h", ""))).toBe("all");
  });
});

describe("a plan", () => {
  it("is refused with every error of the document", () => {
    forgetProperties();
    const root = configuration(
      '{"virtualService": [], "virtualServices": [{"hosts": [], "http": [{"route": [], "timeout": "1s"}], "tcp": []}]}',
    );
    readPlan(root, readingOf(root));
    expect(errors(root).split("\n").length).toBe(5, errors(root));
  });
});
