/**
 * When a delayed request stops counting against `maxActiveFaults`, the filter beside Envoy's own fault filter: as soon as
 * its delay is over (envoy#13069, `fault_filter.cc: postDelayInjection`), though its stream lives on, as a gRPC stream may
 * for hours.
 */
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import {
  cluster,
  Envoy,
  forward,
  Http2,
  inlineWasm,
  listener,
  typed,
  until,
  type JsonObject,
} from "../../support/envoy/index.ts";
import { HTTP2 } from "./experiment.ts";

const DELAY = "0.02s";
const EVERY = { numerator: 100 };

const NATIVE: JsonObject = {
  name: "envoy.filters.http.fault",
  typed_config: typed("envoy.extensions.filters.http.fault.v3.HTTPFault", {
    delay: { fixed_delay: DELAY, percentage: EVERY },
    max_active_faults: 1,
  }),
};
const FILTER = inlineWasm("filter", {
  module: "fault-injection",
  configuration: {
    virtualServices: [
      { hosts: ["*"], http: [{ fault: { delay: { fixedDelay: DELAY, percentage: { value: 100 } } } }] },
    ],
    maxActiveFaults: 1,
  },
});
const STATISTICS = { native: "http.native.fault.", filter: "wasmcustom.fault_injection." } as const;

/** An upstream that answers no stream until it is told to. */
const arrivals = new EventEmitter();
const streams: ServerHttp2Stream[] = [];
const sessions: ServerHttp2Session[] = [];
const upstream = createServer();
upstream.on("session", (session) => sessions.push(session));
upstream.on("stream", (stream) => {
  streams.push(stream);
  arrivals.emit("stream");
});

let envoy: Envoy;

before(async () => {
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  envoy = await Envoy.start({
    concurrency: 1,
    clusters: [cluster("upstream", (upstream.address() as AddressInfo).port, HTTP2)],
    listeners: Object.entries({ native: NATIVE, filter: FILTER }).map(([name, filter]) =>
      listener(name, { filters: [filter], routes: [forward("upstream", { prefix: "/" })] }),
    ),
  });
});
after(async () => {
  await envoy?.stop();
  for (const session of sessions) session.destroy();
  upstream.close();
});

for (const name of ["native", "filter"] as const) {
  const statistic = async (of: string): Promise<number> => await envoy.stat(STATISTICS[name] + of);

  test(`${name}: a request whose delay is over leaves its place to the next, while all of them live on`, async () => {
    const client = await Http2.connect(envoy.port(name));
    const answers: Promise<unknown>[] = [];
    for (let sent = 1; sent <= 3; sent++) {
      const arrived = once(arrivals, "stream");
      answers.push(client.request({ ":path": "/", ":method": "POST", "content-type": "application/grpc" }));
      await arrived;
      await until(`delay ${sent} to be over`, async () => (await statistic("active_faults")) === 0);
      assert.equal(await statistic("delays_injected"), sent);
    }
    assert.equal(await statistic("faults_overflow"), 0);
    assert.equal(streams.length, 3);
    for (const stream of streams.splice(0)) stream.respond({ ":status": 200 }, { endStream: true });
    await Promise.all(answers);
    assert.equal(await statistic("active_faults"), 0);
    client.close();
  });
}
