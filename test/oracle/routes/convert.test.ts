/**
 * What `signalbox convert` makes of VirtualServices with routes, the plugin and the VirtualServices behind it, against the
 * native routes of the original: which destination gets a request, and with which headers.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inlineWasm } from "../../support/envoy/index.ts";
import type { JsonObject, Listener } from "../../support/envoy/index.ts";
import { convert, pluginConfigOf, virtualServiceResource } from "../converted.ts";
import type { Converted, Resource } from "../converted.ts";
import { seedOfRun } from "../random.ts";
import { joinsRepeatedHeaders } from "../repeated-headers.ts";
import { Client } from "../wire.ts";
import { observe } from "./compare.ts";
import { generateExperiment } from "./experiment.ts";
import type { Experiment } from "./experiment.ts";
import { LABELS, NAMESPACE } from "./generate-services.ts";
import { CLUSTER, endingWith, fallback, listener, overwrite, preface } from "./listener.ts";
import { startProxy } from "./proxy.ts";
import { translate } from "./translate.ts";
import type { Json } from "./translate-match.ts";
import type { HTTPRouteDestination, VirtualService } from "./virtual-service.ts";

const JOINED = joinsRepeatedHeaders();
const LISTS = 12;
const REQUESTS = 40;

/** The request header that says at the upstream which destination was chosen. */
const DESTINATION = "x-destination";
/** Those that steer: they are taken off a request that meets no route, and natively are any header. */
const STEERING = /^x-signalbox-/;

/** How the reason ends why a host stays native of which istiod says by its capital letters whose it is. */
const IN_LOWER_CASE = ": write it in lower case";

/** One destination a route, as two draws of lots would differ; the weights are in the configuration as they were. */
function certain(experiment: Experiment): Experiment {
  const virtualServices = experiment.virtualServices.map((service) => ({
    ...service,
    http: service.http.map((route) => ({ ...route, route: route.route.slice(0, 1) })),
  }));
  return { ...experiment, virtualServices };
}

function routesOf(virtualServices: VirtualService[], { listenerPort }: Experiment): Json {
  const proxy = { namespace: NAMESPACE, labels: LABELS, listenerPort };
  const mark = ({ destination: { host, subset, port } }: HTTPRouteDestination) => ({
    request_headers_to_add: [overwrite(DESTINATION, [host, subset, port?.number].join("|"))],
  });
  const { virtual_hosts: hosts } = translate(virtualServices, { proxy, cluster: () => CLUSTER, mark });
  // What no route takes is a 404 in a mesh; here it is to be seen at the upstream.
  return { virtual_hosts: endingWith(hosts, fallback()), ignore_port_in_host_matching: true };
}

function nativeListener(experiment: Experiment): Listener {
  return listener(`native-${experiment.seed}`, [], routesOf(experiment.virtualServices, experiment), experiment);
}

function convertedListener(experiment: Experiment, made: Converted): Listener {
  const name = `converted-${experiment.seed}`;
  const own = pluginConfigOf(made, "header-routing");
  const config = { ...own, ...(JOINED && { repeatedHeaders: "JOINED" }) };
  const filters =
    own === undefined ? [] : [inlineWasm(name, { module: "header-routing", configuration: config as JsonObject })];
  const replaced = made.resources.filter(({ kind }) => kind === "VirtualService").map(virtualService);
  const services = experiment.virtualServices.map((one) => replaced.find(({ name }) => name === one.name) ?? one);
  return listener(name, filters, routesOf(services, experiment), experiment);
}

function virtualService({ metadata, spec }: Resource): VirtualService {
  return { ...metadata, ...spec } as unknown as VirtualService;
}

test("the converted plugin and its VirtualServices route as the original does", async (t) => {
  const seed = seedOfRun();
  t.diagnostic(`SEED=${seed}`);
  const experiments = Array.from({ length: LISTS }, (_, index) =>
    certain(generateExperiment(seed + index, REQUESTS, { asciiOnly: JOINED })),
  );
  const made: Converted[] = [];
  for (const { virtualServices } of experiments) {
    made.push(await convert(virtualServices.map(virtualServiceResource), "--filter", "header-routing"));
  }
  const left = made.flatMap((one) => one.left);
  assert.deepEqual(
    left.filter((line) => !line.endsWith(IN_LOWER_CASE)),
    [],
  );
  const listeners = experiments.flatMap((one, index) => [nativeListener(one), convertedListener(one, made[index]!)]);
  const envoy = await startProxy(t, listeners);
  let steered = 0;
  const told: string[] = [];
  for (const [index, experiment] of experiments.entries()) {
    const clients = ["native", "converted"].map(
      (side) => new Client(envoy.port(`${side}-${experiment.seed}`), preface(experiment)),
    );
    for (const request of experiment.requests) {
      const answers = await Promise.all(clients.map((client) => client.send(request)));
      const [native, converted] = answers.map((answer) => {
        const { status, upstream, response } = observe(experiment, answer);
        const headers = Object.entries(upstream?.headers ?? {}).filter(([name]) => !STEERING.test(name));
        return { status, upstream: upstream && { ...upstream, headers: Object.fromEntries(headers) }, response };
      });
      if (native?.upstream?.headers[DESTINATION] !== undefined) steered++;
      try {
        assert.deepEqual(converted, native);
      } catch (error) {
        const resources = JSON.stringify(made[index]?.resources);
        const original = JSON.stringify(experiment.virtualServices);
        told.push(
          `seed ${experiment.seed}\n${JSON.stringify(request)}\n${original}\n${resources}\n${(error as Error).message}`,
        );
      }
    }
    for (const client of clients) client.close();
  }
  t.diagnostic(`${LISTS * REQUESTS} requests, ${steered} met a route`);
  assert.ok(steered > (LISTS * REQUESTS) / 4, "too few requests meet a route");
  assert.equal(told.length, 0, `${told.length} disagreements\n\n${told.slice(0, 3).join("\n\n")}`);
});
