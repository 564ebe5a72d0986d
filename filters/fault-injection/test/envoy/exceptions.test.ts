/** When faults are kept back: outside of a window, and from exempt requests. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FeatureListeners, Http2, type HeaderLine, type JsonObject } from "../../../../test/support/envoy/index.ts";
import { abort, aborted, counted, entry, feature, METADATA, outcome, OUTBOUND, plugin } from "./faults.ts";

const LONG_AGO = "2001-01-01T00:00:00Z";
const LONG_SINCE = "2002-01-01T00:00:00.5+01:00";
const FAR_AHEAD = "2150-01-01T00:00:00Z";
const FARTHER_AHEAD = "2151-01-01T00:00:00Z";

/** Windows by whether now lies in them. */
const WINDOWS: readonly [window: JsonObject, open: boolean][] = [
  [{ from: LONG_AGO, until: FAR_AHEAD }, true],
  [{ from: LONG_AGO }, true],
  [{ until: FAR_AHEAD }, true],
  [{ from: LONG_AGO, until: LONG_SINCE }, false],
  [{ until: LONG_SINCE }, false],
  [{ from: FAR_AHEAD, until: FARTHER_AHEAD }, false],
  [{ from: FAR_AHEAD }, false],
];
const OPEN: JsonObject = { from: LONG_AGO };
const CLOSED: JsonObject = { from: FAR_AHEAD };

const PROBE: HeaderLine[] = [["user-agent", "kube-probe/1.33"]];

/** Every request is aborted, so far as the plugin's other fields and the fault's window let it. */
function aborting(name: string, fields: JsonObject, window?: JsonObject): JsonObject {
  return plugin([entry(name, { ...abort(418), ...(window && { window }) })], fields);
}

let listeners: FeatureListeners;

before(async () => {
  const ofFaults = WINDOWS.map(([window], index) => [
    `fault-${index}`,
    feature(aborting(`fault-${index}`, {}, window)),
  ]);
  const ofPlugins = WINDOWS.map(([window], index) => [
    `plugin-${index}`,
    feature(aborting(`plugin-${index}`, { window }), {}, OUTBOUND),
  ]);
  const own = [
    { uri: { prefix: "/health" } },
    { headers: { "x-user": { exact: "auditor" } }, method: { exact: "GET" } },
  ];
  listeners = await FeatureListeners.start(
    "fault-injection",
    {
      ...Object.fromEntries([...ofFaults, ...ofPlugins]),
      "closed-in-open": feature(aborting("closed-in-open", { window: OPEN }, CLOSED)),
      "open-in-closed": feature(aborting("open-in-closed", { window: CLOSED }, OPEN)),
      probes: feature(aborting("probes", {})),
      "probes-outbound": feature(aborting("probes-outbound", {}), {}, OUTBOUND),
      own: feature(aborting("own", { exempt: own })),
      none: feature(aborting("none", { exempt: [] })),
      rare: feature(plugin([entry("rare", { abort: { httpStatus: 418 } })])),
    },
    { metadata: METADATA },
  );
});
after(async () => await listeners?.stop());

async function outcomeOf(name: string, headers: readonly HeaderLine[] = [], path = "/"): Promise<string> {
  return outcome(await listeners.send(name, { headers, path }));
}

test("window: faults from its beginning on and before its end, where either is given; of a fault, and of all", async () => {
  for (const [index, [window, open]] of WINDOWS.entries()) {
    for (const name of [`fault-${index}`, `plugin-${index}`]) {
      const expected = open ? aborted(418, name) : "200";
      assert.equal(await outcomeOf(name), expected, `${name}: ${JSON.stringify(window)}`);
    }
  }
});

test("a fault's window and that of all must both be open", async () => {
  assert.equal(await outcomeOf("closed-in-open"), "200");
  assert.equal(await outcomeOf("open-in-closed"), "200");
});

test("exempt: the kubelet's probes where nothing is said, and only they", async () => {
  assert.equal(await outcomeOf("probes", PROBE), "200");
  assert.equal(await outcomeOf("probes-outbound", PROBE), "200");
  assert.equal(await outcomeOf("probes", [["user-agent", "curl/8 kube-probe/1.33"]]), aborted(418, "probes"));
  assert.equal(await outcomeOf("probes"), aborted(418, "probes"));
  const connection = await Http2.connect(listeners.envoy.port("probes"));
  const { status } = await connection.request({ ":path": "/", "user-agent": "kube-probe/1.33" });
  connection.close();
  assert.equal(status, 200);
});

test("exempt: matches of one's own are in the place of that", async () => {
  assert.equal(await outcomeOf("own", PROBE), aborted(418, "own"));
  assert.equal(await outcomeOf("own", [], "/healthz"), "200");
  assert.equal(await outcomeOf("own", [], "/other/health"), aborted(418, "own"));
  assert.equal(await outcomeOf("own", [["x-user", "auditor"]]), "200");
  assert.equal(await outcomeOf("own", [["x-user", "auditors"]]), aborted(418, "own"));
});

test("exempt: an empty list exempts none", async () => {
  assert.equal(await outcomeOf("none", PROBE), aborted(418, "none"));
});

test("faults_exempted counts the faults that were kept from such requests, and no requests without", async () => {
  const rises = await counted(listeners.envoy, async () => {
    await outcomeOf("probes", PROBE);
    await outcomeOf("own", [], "/healthz");
    await outcomeOf("rare", PROBE);
    await outcomeOf("fault-5");
  });
  assert.deepEqual(rises, { faults_exempted: 2 });
});
