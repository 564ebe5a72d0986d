/** The module signalbox in the emulator: its configurations, and what becomes of one request. */
import type { Headers, Properties, Root, RootOptions, Stream, Vm } from "../../../../emulator/index.ts";
import { Compiled } from "../../../../test/support/module/compiled.ts";

export const SIGNALBOX = new Compiled("signalbox");

export const GET: Headers = { ":method": "GET", ":scheme": "http", ":authority": "reviews", ":path": "/" };
export const INBOUND: Properties = { xds: { listener_direction: 1n } };
export const OUTBOUND: Properties = { xds: { listener_direction: 2n } };

/** A policy that lets nobody in, and one whose only rule asks for a header. */
export const DENY_ALL = { policies: [{ name: "nobody", action: "DENY", rules: [{}] }] };
export const denyIf = (header: string, value: string): object => ({
  policies: [
    { name: "p", action: "DENY", rules: [{ when: [{ key: `request.headers[${header}]`, values: [value] }] }] },
  ],
});

/** Every request goes to `v1`, is given the header, and its response another. */
export const ROUTE_ALL = {
  virtualServices: [
    {
      hosts: ["*"],
      http: [
        {
          headers: { request: { set: { "x-routed": "yes" } }, response: { set: { "x-from": "v1" } } },
          route: [{ destination: { host: "reviews", subset: "v1" } }],
        },
      ],
    },
  ],
};

/** A fault for the requests that a match holds for. */
export const faultIf = (match: object, fault: object): object => ({
  virtualServices: [{ hosts: ["*"], http: [{ name: "f", match: [match], fault }] }],
});
export const ABORT = { abort: { percentage: { value: 100 }, httpStatus: 503 } };
export const DELAY = { delay: { percentage: { value: 100 }, fixedDelay: "5s" } };

/** A root with that configuration, which must be accepted, in a process of its own. */
export function configured(configuration: object, options: RootOptions = {}): { vm: Vm; root: Root } {
  const { vm } = SIGNALBOX.load();
  return { vm, root: SIGNALBOX.configured(vm, configuration, options) };
}

/** A stream after its request headers. */
export function sent(root: Root, headers: Headers = {}, properties: Properties = OUTBOUND): Stream {
  const stream = root.stream({ requestHeaders: { ...GET, ...headers }, properties });
  stream.requestHeaders();
  return stream;
}
