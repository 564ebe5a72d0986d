import { Emulator, type Pair } from "../../../emulator/index.ts";
import { compile } from "../../../emulator/test/compile.ts";
import { Compiled } from "../../support/module/compiled.ts";
import { inlineWasm, type JsonObject } from "../../support/envoy/index.ts";

/** A plugin that is to be attacked, and what has it put all that it ever shares into the shared data. */
export interface Victim {
  module: string;
  plugin: string;
  configuration: JsonObject;
  requests?: readonly (readonly Pair[])[];
  /** What the upstream answers them with; they have no answer yet where absent. */
  status?: number;
}

/** What plugins share. */
export interface Shared {
  /** Values of the shared data by key, one character a byte. */
  data: ReadonlyMap<string, string>;
  /** Names of metrics that filters decide by: of gauges, and of counters. */
  gauges: readonly string[];
  counters: readonly string[];
}

/** The counter by which it can be seen that the plugin does what it is there for. */
export const HOSTILE_WRITES = "wasmcustom.hostile.writes";

/** What filters decide by, of all that they count. */
const DECISIVE =
  /^(fault_injection\.active_faults|circuit_breaking\.circuit\..*|trace_propagation\.(sampling|keep)\..*)$/;
/** How many of the keys that nobody uses at the moment are attacked too, such as the places of a join. */
const IDLE_KEYS = 256;
/** Nothing lies in a place of so few bytes (`filters/trace-propagation/join/slot.ts`). */
const IDLE_SIZE = 8;

/**
 * All that plugins share, as they leave it in an emulator at the present time, once configured and with requests under way. Plugins of
 * one proxy share it in Envoy, as istiod gives them no `vm_id` (pilot/pkg/model/extensions.go).
 */
export function sharedBy(victims: readonly Victim[]): Shared {
  const emulator = new Emulator({ record: false });
  emulator.clock.realtime = BigInt(Date.now()) * 1_000_000n;
  emulator.clock.monotonic = process.hrtime.bigint();
  for (const { module, plugin, configuration, requests = [], status } of victims) {
    const compiled = new Compiled(module);
    const root = compiled.configured(compiled.loadInto(emulator), configuration, {
      pluginName: plugin,
      node: { metadata: { NAMESPACE: "default" } },
    });
    for (const requestHeaders of requests) {
      const response = { code_details: "via_upstream", flags: 0n };
      const stream = root.stream({ requestHeaders, properties: { xds: { listener_direction: 1n }, response } });
      stream.requestHeaders();
      if (status === undefined || stream.localReply !== undefined) continue;
      stream.responseHeaders({ ":status": `${status}` });
      stream.end();
    }
  }
  const { sharedData, metrics } = emulator;
  const decisive = (of: ReadonlyMap<string, bigint>): string[] => [...of.keys()].filter((name) => DECISIVE.test(name));
  return {
    data: new Map(sharedData.keys("").map((key) => [key, sharedData.get("", key)!.value])),
    gauges: decisive(metrics.gauges),
    counters: decisive(metrics.counters),
  };
}

/**
 * The filter that writes over all of that again and again, and over metrics, with bytes of any kind and with what the plugins themselves might have
 * written: `forged` has some more of such values.
 */
export function hostile(shared: Shared, forged: ReadonlyMap<string, readonly Buffer[]> = new Map()): JsonObject {
  const lines = [...shared.data].map(([key, value]) => {
    const values = [Buffer.from(value, "latin1"), ...(forged.get(key) ?? [])];
    return [Buffer.from(key, "latin1"), ...values].map((bytes) => bytes.toString("hex")).join(" ");
  });
  const isIdle = (_: string, at: number): boolean => [...shared.data.values()][at]!.length <= IDLE_SIZE;
  const used = lines.filter((line, at) => !isIdle(line, at));
  const configuration = [
    [used.length, ...shared.gauges, ...shared.counters.map((name) => `+${name}`)].join(" "),
    ...used,
    ...lines.filter(isIdle).slice(0, IDLE_KEYS),
  ].join("\n");
  const code = { local: { inline_bytes: module().toString("base64") } };
  return inlineWasm("hostile", { module: "hostile", configuration, vm: { code } });
}

let compiled: Buffer | undefined;

function module(): Buffer {
  compiled ??= Buffer.from(compile("test/envoy/hostile/assembly/hostile.ts"));
  return compiled;
}
