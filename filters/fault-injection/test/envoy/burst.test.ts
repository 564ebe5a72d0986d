/**
 * Thousands of requests on one worker whose delays end together and whose answers are there at once: Envoy answers one within the
 * other, and a filter that resumed all of them in one callback ended its VM.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { abort, delay, entry, metric, plugin } from "./faults.ts";
import { Proxy } from "./proxy.ts";
import { Streams, tally } from "./streams.ts";

const SESSIONS = 10;
const REQUESTS = 2000;

test(`${REQUESTS} requests at once on one worker, each delayed and then aborted`, async (t) => {
  const configuration = plugin([entry("x", { ...delay("1s"), ...abort(503) })]);
  const proxy = await Proxy.start({ part: { configuration } }, { concurrency: 1 });
  t.after(() => proxy.stop());
  const port = proxy.port("part", "http2");
  const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => Streams.connect(port)));
  const streams = Array.from({ length: REQUESTS }, (_, index) => sessions[index % SESSIONS]!.send());
  const given = await Promise.all(streams.map(({ done }) => done));
  assert.deepEqual(tally(given), { "503 fault_filter_abort, x": REQUESTS });
  assert.equal(await metric(proxy.envoy, "active_faults"), 0);
  await proxy.verifyQuiet();
});
