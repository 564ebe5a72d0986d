/** What fault-injection makes of a request in the emulator's proxy, which answers the host calls of a specification. */
import { resetArena } from "../../../../assembly/memory/arena";
import { readRequestHeaders } from "../../../../assembly/request/request";
import { activate } from "../../activate";
import { routeOf } from "../../decide";
import { Fault, drawnAbort, drawnDelay } from "../../fault";
import { Plan } from "../../plan";
import { readPlan } from "../../read-plan";
import { configuration, errors, warnings } from "../../../../test/support/spec/configuration";
import { enterRoot, startRequest } from "../../../../test/support/spec/emulator";
import { openRequestFor, readingOf, wasReadWith } from "../../../../test/support/spec/readings";

/** Reads a pluginConfig as in `proxy_on_configure`; it must be without an error. */
export function configured(json: string): Plan {
  enterRoot();
  const root = configuration(json);
  const reading = readingOf(root);
  const plan = wasReadWith(readPlan(root, reading), reading);
  expect(errors(root)).toBe("", json);
  activate(plan);
  return plan;
}

/** What is wrong with a pluginConfig, a line each. */
export function planProblems(json: string): string {
  enterRoot();
  const root = configuration(json);
  readPlan(root, readingOf(root));
  return errors(root);
}

/** What a pluginConfig is warned of, a line each. */
export function planWarnings(json: string): string {
  enterRoot();
  const root = configuration(json);
  readPlan(root, readingOf(root));
  return warnings(root);
}

/** A pluginConfig of one VirtualService, `ratings` for every host, with that one entry; `fields` stand before it. */
export function withEntry(entry: string, fields: string = ""): string {
  return (
    '{"direction": "INBOUND", ' +
    fields +
    '"virtualServices": [{"name": "ratings", "hosts": ["*"], "http": [' +
    entry +
    "]}]}"
  );
}

/** The same with that fault in an entry named `slow`. */
export function withFault(fault: string, fields: string = ""): string {
  return withEntry('{"name": "slow", "fault": ' + fault + "}", fields);
}

/** What is wrong with such a fault, the path to it left out. */
export function faultProblems(fault: string): string {
  return planProblems(withFault(fault)).replaceAll("virtualServices[0].http[0].", "");
}

/** A request with these headers, `name: value` lines, begins, and its headers are read. */
export function arrives(plan: Plan, headers: string): void {
  startRequest(headers);
  resetArena();
  openRequestFor(plan);
  expect(readRequestHeaders()).toBe(true);
}

/** The fault of the route of the request that has arrived; null where there is none. */
export function faultOf(plan: Plan): Fault | null {
  const route = routeOf(plan);
  return route == null ? null : route.fault;
}

/** What a draw for that request comes to: the delay in milliseconds, twice, and 1 more where it is aborted. */
export function drawn(fault: Fault): u64 {
  const any = fault.draw();
  const both = <u64>drawnDelay * 2 + <u64>drawnAbort;
  return any == both > 0 ? both : u64.MAX_VALUE;
}
