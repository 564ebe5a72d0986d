import type { Schema } from "../problem.ts";
import { httpMatch, requestKey, steering, virtualServices } from "./match.ts";
import { direction, repeatedHeaders, trustDomain } from "./shared.ts";
import {
  CHANGEABLE_HEADER,
  FEW,
  FEW_NAMES,
  FILLED,
  anyText,
  flag,
  integer,
  list,
  map,
  object,
  required,
  text,
  type Fields,
} from "./types.ts";

const VALUE = "^([^%\\u0000\\r\\n]|%%)*$";
/** What Envoy's router reads before it applies a route's header changes. */
const READ_BY_ROUTER = [
  "x-forwarded-proto",
  "grpc-timeout",
  "x-envoy-attempt-count",
  "x-envoy-expected-rq-timeout-ms",
  "x-envoy-upstream-alt-stat-name",
  "x-envoy-upstream-rq-timeout-ms",
  "x-envoy-upstream-rq-per-try-timeout-ms",
];

function operations(description: string, not: readonly string[]): Schema {
  const names = { pattern: CHANGEABLE_HEADER, ...(not.length > 0 && { not: { enum: not } }) };
  const value = anyText("the value; %% is one %", ["beta", ""], { pattern: VALUE });
  return object(description, {
    remove: list(
      "every header of that name is removed",
      text("a header's name", ["x-internal", "x-debug"], names),
      FEW,
    ),
    set: map("the header has this value and no other", value, { ...FEW_NAMES, propertyNames: names }),
    add: map("one more header, beside those of the same name", value, { ...FEW_NAMES, propertyNames: names }),
  });
}

const headers = (description: string): Schema =>
  object(description, {
    request: operations("changes to the request's headers", READ_BY_ROUTER),
    response: operations("changes to the response's headers", []),
  });

/** What goes into the steering header: no blanks, no control bytes. */
const FIT = { pattern: "^[^\\u0000-\\u0020\\u007f]+$" };

const destination = object("where the requests go", {
  host: required(text("for `{host}`; blanks and control bytes are errors", ["reviews"], FIT)),
  subset: text("for `{subset}`; blanks and control bytes are errors", ["v1", "v2"], FIT),
  port: object("the destination's port", { number: required(integer("for `{port}`", 1, 65535)) }),
});

const route = object("an entry of http", {
  name: anyText("what the route is counted, logged and exposed as; a route without one is not counted", [
    "jason",
    "everyone-else",
  ]),
  match: list("alternatives, one of which must hold; an empty list is none", httpMatch),
  route: required(
    list(
      "the destinations, at most 1000",
      object("a destination and its share", {
        destination: required(destination),
        weight: integer("its share", 0, 1_000_000, 0),
        headers: headers("changes to headers where it is chosen"),
      }),
      { ...FILLED, maxItems: 1000 },
    ),
  ),
  headers: headers("changes to headers, whichever the destination"),
  hashOn: requestKey("what the choice among the destinations sticks to", ["header", "cookie"], ["principal"]),
});

/** The fields of header-routing without those that `signalbox` has beside the sections. */
export const headerRouting: Fields = {
  virtualServices: required(
    virtualServices(
      {
        all: "the VirtualServices",
        name: "for the debug log",
        gateways: "`[mesh]`: for sidecars only. A plugin at a gateway ignores the VirtualService",
        http: "the routes, the first that matches is taken",
      },
      route,
    ),
  ),
  steering: steering("how a destination becomes a header", true),
  expose: flag("puts the route's name into filter state"),
};

export const headerRoutingShared: Fields = {
  repeatedHeaders: repeatedHeaders("how a header that a request repeats is matched"),
  direction: direction("which way the requests go"),
  trustDomain: trustDomain("of this workload's own identity"),
};
