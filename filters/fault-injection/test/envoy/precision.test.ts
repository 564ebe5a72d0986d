/** How exactly delays are kept, beside those of Envoy's own fault filter: told, not asserted, but that none ends too early. */
import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import {
  answer,
  Envoy,
  Http1,
  inlineWasm,
  listener,
  typed,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";
import { delayedBy, EARLY_MS, METADATA, OUTBOUND, selfControlled, timed } from "./faults.ts";

const CONNECTIONS = 20;
/** In milliseconds: each connection asks for all of them, in an order of its own. */
const DELAYS = [1, 2, 3, 4, 5, 7, 10, 14, 20, 28, 40, 56, 80, 113, 160];

const NATIVE: JsonObject = {
  name: "envoy.filters.http.fault",
  typed_config: typed("envoy.extensions.filters.http.fault.v3.HTTPFault", {
    delay: { header_delay: {}, percentage: { numerator: 100 } },
  }),
};

let envoy: Envoy;

before(async () => {
  const filter = inlineWasm("filter", { module: "fault-injection", configuration: selfControlled() });
  const routes = [answer("reached")];
  envoy = await Envoy.start({
    listeners: [
      { ...listener("filter", { filters: [filter], routes }), listener: OUTBOUND },
      listener("native", { filters: [NATIVE], routes }),
    ],
    metadata: METADATA,
    concurrency: 4,
  });
});
after(async () => await envoy?.stop());

/** By how much longer requests took than they were to be delayed, in milliseconds by this process's clock, in order. */
async function errors(name: string): Promise<number[]> {
  const client = async (_: unknown, turn: number): Promise<number[]> => {
    const connection = await Http1.connect(envoy.port(name));
    // The first request of a connection takes longer.
    await connection.request({});
    const mine: number[] = [];
    for (let index = 0; index < DELAYS.length; index++) {
      const milliseconds = DELAYS[(index * 7 + turn) % DELAYS.length]!;
      const [{ status }, took] = await timed(() => connection.request({ headers: [delayedBy(milliseconds)] }));
      assert.equal(status, 200);
      mine.push(took - milliseconds);
    }
    connection.close();
    return mine;
  };
  return (await Promise.all(Array.from({ length: CONNECTIONS }, client))).flat().sort((a, b) => a - b);
}

function tell(t: TestContext, name: string, all: readonly number[]): void {
  const [first, middle, most, last] = [0, 0.5, 0.99, 1].map((part) => all[Math.floor(part * (all.length - 1))]!);
  const told = `earliest ${first!.toFixed(2)} ms, p50 ${middle!.toFixed(2)} ms, p99 ${most!.toFixed(2)} ms`;
  t.diagnostic(`${name}: ${all.length} delays, error ${told}, latest ${last!.toFixed(2)} ms`);
}

test("some hundred delays over several workers: none ends more than 5 ms early", async (t) => {
  tell(t, "Envoy's own filter", await errors("native"));
  const mine = await errors("filter");
  tell(t, "fault-injection", mine);
  assert.ok(mine[0]! >= -EARLY_MS, `${-mine[0]!} ms early`);
});
