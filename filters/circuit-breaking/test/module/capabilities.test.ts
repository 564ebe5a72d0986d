import assert from "node:assert/strict";
import { test } from "node:test";
import { Emulator } from "../../../../emulator/index.ts";
import { publishedCapabilities, testModule, usedCapabilities } from "../../../../test/support/module/capabilities.ts";
import { CIRCUIT_BREAKING } from "./compiled.ts";
import { GET, reviews } from "./scenario.ts";

const PUBLISHED = publishedCapabilities(CIRCUIT_BREAKING);
const CONFIGURATION = JSON.stringify(
  reviews({ consecutive5xxErrors: 1, maxEjectionTimeJitter: "1s" }, {}, { expose: true }),
);

/** Whether the second request is refused after the first has failed; undefined where the configuration is not taken. */
function opens(allowedCapabilities: readonly string[]): boolean | undefined {
  const vm = new Emulator().loadSync(CIRCUIT_BREAKING.module, { allowedCapabilities });
  const root = vm.createRoot({ configuration: CONFIGURATION, pluginName: "p" });
  if (!root.accepted) return undefined;
  const ask = (): boolean => {
    const response = { code_details: "via_upstream", flags: 0n };
    const stream = root.stream({ requestHeaders: GET, properties: { response } });
    stream.requestHeaders();
    const refused = stream.localReply !== undefined;
    if (!refused) stream.responseHeaders({ ":status": "500" });
    stream.end();
    return refused;
  };
  assert.equal(ask(), false);
  const second = ask();
  assert.equal(vm.failed, undefined, allowedCapabilities.join());
  return second;
}

test("the published capabilities are those of the module, and with them alone it works", () => {
  assert.deepEqual([...PUBLISHED].sort(), usedCapabilities(CIRCUIT_BREAKING).sort());
  assert.equal(opens(PUBLISHED), true);
});

/** What it takes to know how a call went, to count it, to share that, and to answer. */
const TO_OPEN = [
  ...["proxy_on_configure", "proxy_on_context_create", "proxy_on_request_headers", "proxy_on_response_headers"],
  ...["proxy_get_header_map_pairs", "proxy_get_property"],
  ...["proxy_define_metric", "proxy_get_metric", "proxy_increment_metric"],
  ...["proxy_get_shared_data", "proxy_set_shared_data", "clock_time_get", "proxy_send_local_response"],
];

test("without one of the capabilities requests pass, or the circuit works all the same", () => {
  for (const missing of PUBLISHED) {
    const second = opens(PUBLISHED.filter((name) => name !== missing));
    if (second !== undefined) assert.equal(second, !TO_OPEN.includes(missing), missing);
  }
});

// Two kilobytes of these are for reading large configurations faster.
testModule(
  CIRCUIT_BREAKING,
  ["proxy_on_request_headers", "proxy_on_response_headers", "proxy_on_response_body", "proxy_on_log", "proxy_on_tick"],
  67,
);
