/**
 * A VirtualService with faults and routes as two plugins, against the native fault filter: an aborted request is answered
 * with the response headers of its route, whether or not header-routing has steered it before.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inlineWasm, typed } from "../../support/envoy/index.ts";
import type { JsonObject, Listener } from "../../support/envoy/index.ts";
import { convert, pluginConfigOf, virtualServiceResource } from "../converted.ts";
import { FAULT, perFilter } from "../faults/translate-fault.ts";
import { Client } from "../wire.ts";
import { CLUSTER, listener, preface } from "./listener.ts";
import { startProxy } from "./proxy.ts";
import { translate } from "./translate.ts";
import type { VirtualService } from "./virtual-service.ts";

const PORT = 80;
const SERVICE = {
  name: "reviews",
  namespace: "default",
  hosts: ["reviews"],
  http: [
    {
      match: [{ headers: { "end-user": { exact: "jason" } } }],
      fault: { abort: { percentage: { value: 100 }, httpStatus: 503 } },
      headers: { request: { remove: ["end-user"] }, response: { set: { "x-of": "jason" } } },
      route: [{ destination: { host: "reviews", subset: "v2" } }],
    },
    {
      headers: { response: { set: { "x-of": "everyone" } } },
      route: [{ destination: { host: "reviews", subset: "v1" } }],
    },
  ],
} as unknown as VirtualService;

function listenerOf(name: string, services: VirtualService[], filters: JsonObject[]): Listener {
  const proxy = { namespace: "default", labels: {}, listenerPort: PORT };
  const { virtual_hosts: hosts } = translate(services, { proxy, cluster: () => CLUSTER, perFilter });
  return listener(name, filters, { virtual_hosts: hosts, ignore_port_in_host_matching: true });
}

test("an aborted request gets the response headers of its route, as natively", async (t) => {
  const made = await convert([virtualServiceResource(SERVICE)]);
  assert.deepEqual(made.left, []);
  const services = made.resources
    .filter(({ kind }) => kind === "VirtualService")
    .map(({ metadata, spec }) => ({ ...metadata, ...spec }) as unknown as VirtualService);
  const plugins = ["header-routing", "fault-injection"].map((module) =>
    inlineWasm(module, { module, configuration: pluginConfigOf(made, module) as JsonObject }),
  );
  const fault = { name: FAULT, typed_config: typed("envoy.extensions.filters.http.fault.v3.HTTPFault") };
  const envoy = await startProxy(t, [
    listenerOf("native", [SERVICE], [fault]),
    listenerOf("converted", services, plugins),
    listenerOf("the other way round", services, plugins.toReversed()),
  ]);
  for (const name of ["native", "converted", "the other way round"]) {
    const client = new Client(envoy.port(name), preface({ listenerPort: PORT }));
    const answers = [];
    for (const headers of [[["end-user", "jason"]], []] as [string, string][][]) {
      const answer = await client.send({ method: "GET", target: "/", authority: "reviews", headers });
      answers.push([answer.status, answer.headers.find(([key]) => key === "x-of")?.[1]]);
    }
    client.close();
    assert.deepEqual(
      answers,
      [
        [503, "jason"],
        [200, "everyone"],
      ],
      name,
    );
  }
});
