import { HeaderOperations } from "../../header-operations";
import { Destination, Route } from "../../plan";
import { readDestinations } from "../../read-destinations";
import { Steering, readSteering } from "../../../../assembly/match/steering";
import { Region } from "../../../../assembly/memory/region";
import { utf8 } from "../../../../assembly/text/text";
import { configuration, errors } from "../../../../test/support/spec/configuration";

/** Reads `{steering, route, headers}` into a route; it must be without an error. */
export function readRoute(json: string): Route {
  const route = changetype<Route>(Region.open().take(offsetof<Route>()));
  expect(readInto(route, json)).toBe("", json);
  return route;
}

/** What is reported of `{steering, route, headers}`. */
export function routeProblem(json: string): string {
  return readInto(changetype<Route>(Region.open().take(offsetof<Route>())), json);
}

function readInto(route: Route, json: string): string {
  const region = Region.open();
  const root = configuration(json);
  const steering: Steering = readSteering(root.field(utf8("steering")), region);
  readDestinations(root.field(utf8("route")), root.field(utf8("headers")), route, steering, region);
  return errors(root);
}

/** A route's destinations as `value:weight`, in order. */
export function destinationsOf(route: Route): string {
  const all: string[] = [];
  let destination: Destination | null = route.destinations;
  while (destination != null) {
    const value = destination.steering;
    all.push((value == null ? "-" : value.toString()) + ":" + destination.weight.toString());
    destination = destination.next;
  }
  return all.join(" ");
}

/** Applies operations to the request's headers, where there are any. */
export function applyTo(map: i32, operations: HeaderOperations | null): void {
  if (operations != null) operations.apply(map);
}
