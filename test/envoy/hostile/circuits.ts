/** Circuits whose records and metrics a hostile plugin writes over, and what it can do by that. */
import assert from "node:assert/strict";
import type { Pair } from "../../../emulator/index.ts";
import { FailingUpstream } from "../../../filters/circuit-breaking/test/envoy/failing-upstream.ts";
import {
  cluster,
  Envoy,
  forward,
  Http1,
  inlineWasm,
  listener,
  SHOWS_DETAILS,
  detailsOf,
  type Answer,
  type HeaderLine,
  type JsonObject,
} from "../../support/envoy/index.ts";

/** With what the keys of records begin (`filters/circuit-breaking/make.ts`). */
export const RECORDS = "circuit-breaking.1.";

const WORKERS = 4;
const CONNECTIONS = 12;
/** On each connection, of each kind of request. */
const REQUESTS = 25;
const FREE = "free";

const guarded = (outlierDetection: JsonObject, fields: JsonObject = {}): JsonObject => ({
  destinationRules: [{ name: "reviews", host: "reviews", trafficPolicy: { outlierDetection }, ...fields }],
  exempt: [{ headers: { "x-tier": { exact: "gold" } } }],
});

/** So many errors that no test has them: without the attacker no circuit opens. */
const MANY = 1000;

/** By the plugin's name. */
export const CIRCUITS: Readonly<Record<string, JsonObject>> = {
  consecutive: guarded({ consecutive5xxErrors: MANY, consecutiveGatewayErrors: MANY, baseEjectionTime: "10ms" }),
  split: guarded({
    consecutive5xxErrors: MANY,
    splitExternalLocalOriginErrors: true,
    permittedNumberOfCallsInHalfOpenState: 0,
    baseEjectionTime: "10ms",
  }),
  rates: guarded({
    consecutive5xxErrors: 0,
    failureRateThreshold: 50,
    slowCallDurationThreshold: "1s",
    minimumNumberOfCalls: 1000 * MANY,
    baseEjectionTime: "10ms",
    interval: "1s",
    permittedNumberOfCallsInHalfOpenState: 3,
  }),
  keyed: guarded(
    { consecutive5xxErrors: 0 },
    {
      circuits: [
        {
          name: "tenant",
          match: [{ headers: { "x-tenant": {} } }],
          keyedBy: { header: "x-tenant" },
          maxKeys: 4,
          outlierDetection: { consecutive5xxErrors: MANY, baseEjectionTime: "10ms" },
        },
      ],
    },
  ),
  watched: guarded({ consecutive5xxErrors: MANY }, { state: "METRICS_ONLY" }),
  disabled: guarded({ consecutive5xxErrors: MANY }, { state: "DISABLED" }),
};

/** What plugins may refuse. */
const REFUSING = ["consecutive", "split", "rates", "keyed"];

/** Requests with which a circuit for each key is there. */
export const KEYED_REQUESTS: readonly (readonly Pair[])[] = [0, 1, 2, 3].map((tenant) => [
  [":authority", "reviews"],
  [":path", "/"],
  [":method", "GET"],
  [":scheme", "http"],
  ["x-tenant", `${tenant}`],
]);

/** `keyed` has one for each key beside its rule's, and `disabled` has none. */
export const CIRCUITS_IN_ALL = Object.keys(CIRCUITS).length - 1 + KEYED_REQUESTS.length;

/** Offsets in a record (`filters/circuit-breaking/record.ts`). */
const UNTIL = 8;
const STATE = 24;
const STARTED = 36;
const FOREVER = 0xffff_ffff_ffff_ffffn;

/** A circuit's record in states that it could be in: open for ever, over, half-open with and without room; and one that there is not. */
export function states(record: string): Buffer[] {
  const state = (number: number, until: bigint, started: number): Buffer => {
    const bytes = Buffer.from(record, "latin1");
    bytes.writeBigUInt64LE(until, UNTIL);
    bytes.writeUInt32LE(number, STATE);
    bytes.writeUInt32LE(started, STARTED);
    return bytes;
  };
  return [state(1, FOREVER, 0), state(1, 0n, 0), state(2, FOREVER, 1), state(2, FOREVER, 0), state(9, FOREVER, 9)];
}

/** A kind of request, and who answers it if its circuit lets it pass. */
interface Kind {
  headers: readonly HeaderLine[];
  /** Whether a circuit is for it. */
  guarded: boolean;
}

const KINDS: readonly Kind[] = [
  { headers: [["host", "reviews"]], guarded: true },
  ...["0", "1", "7"].map((tenant) => ({
    headers: [
      ["host", "reviews"],
      ["x-tenant", tenant],
    ] as const,
    guarded: true,
  })),
  { headers: [["host", FREE]], guarded: false },
  {
    headers: [
      ["host", "reviews"],
      ["x-tier", "gold"],
    ],
    guarded: false,
  },
];

const STATUSES = [200, 500, 503] as const;

/** Sends requests through each plugin, with the attacker before it; each is answered by the upstream, or refused by its own circuit. */
export async function verifyCircuits(attacker: JsonObject, work: (envoy: Envoy) => Promise<void>): Promise<void> {
  const upstream = await FailingUpstream.start();
  const envoy = await Envoy.start({
    listeners: Object.entries(CIRCUITS).map(([plugin, configuration]) => ({
      ...listener(plugin, {
        filters: [attacker, inlineWasm(plugin, { module: "circuit-breaking", configuration })],
        routes: [forward("upstream")],
        manager: SHOWS_DETAILS,
      }),
      listener: { traffic_direction: "OUTBOUND" },
    })),
    clusters: [cluster("upstream", upstream.port)],
    metadata: { NAMESPACE: "default" },
    concurrency: WORKERS,
  });
  try {
    for (const plugin of Object.keys(CIRCUITS)) {
      const fates = new Set<string>();
      const client = async (): Promise<void> => {
        const connection = await Http1.connect(envoy.port(plugin));
        for (let sent = 0; sent < REQUESTS; sent++) {
          for (const kind of KINDS) {
            const status = STATUSES[sent % STATUSES.length]!;
            const answer = await connection.request({ path: `/${plugin}/${status}`, headers: kind.headers });
            const fate = fateOf(answer, status);
            fates.add(fate);
            if (!kind.guarded || !REFUSING.includes(plugin)) assert.equal(fate, "passed", plugin);
          }
        }
        connection.close();
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, client));
      // Whatever is written, it does both: refuses some, and lets some pass.
      const expected = REFUSING.includes(plugin) ? ["passed", "refused"] : ["passed"];
      assert.deepEqual([...fates].sort(), expected, plugin);
    }
    await work(envoy);
  } finally {
    await envoy.stop();
    await upstream.stop();
  }
}

function fateOf(answer: Answer, status: number): string {
  const details = detailsOf(answer);
  if (details === undefined) {
    assert.deepEqual([answer.status, answer.body], [status, "upstream"]);
    return "passed";
  }
  assert.equal(answer.status, 503);
  assert.match(details, /^circuit_open\{reviews(\.tenant)?\}$/);
  return "refused";
}
