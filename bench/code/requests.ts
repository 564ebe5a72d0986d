/**
 * Sends the request of the suite `module` to a module in the emulator, in a process that callgrind watches: it is told to count from the
 * request on that follows `WARM_UP` others. Arguments: the module's file, its pluginConfig, and how many requests count.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Emulator } from "../../emulator/index.ts";
import { HEADERS } from "../measure/requests.ts";
import { MODULE_HEADERS } from "../variants/module.ts";

/** trace-propagation watches its first hundred requests for a tracer. */
const WARM_UP = 400;

const [file = "", configuration = "", counted = ""] = process.argv.slice(2);
const vm = new Emulator({ record: false }).loadSync(readFileSync(file));
const root = vm.createRoot({ rootId: "bench", configuration, node: { metadata: { NAMESPACE: "default" } } });
if (!root.accepted) throw new Error(vm.emulator.logs.map(({ message }) => message).join("\n"));

for (let i = 0; i < WARM_UP; i++) send();
instrument("on");
for (let i = 0; i < Number(counted); i++) send();
instrument("off");

function send(): void {
  const requestHeaders = {
    ...{ ":authority": "reviews", ":path": "/reviews/7", ":method": "GET", ":scheme": "http" },
    ...{ ...HEADERS, "x-forwarded-proto": "http", "x-request-id": "5d1a0f0e-8a2c-4f0e-9b56-0f8c6e1f2a3b" },
    ...MODULE_HEADERS,
  };
  const stream = root.stream({ requestHeaders, properties: { xds: { listener_direction: 1n } } });
  stream.requestHeaders();
  if (stream.localReply !== undefined) throw new Error(`the request was answered: ${stream.localReply.details}`);
  stream.responseHeaders({ ":status": "200" });
  stream.end();
}

function instrument(how: "on" | "off"): void {
  const { status } = spawnSync("callgrind_control", ["-i", how, String(process.pid)]);
  if (status !== 0) throw new Error("callgrind_control did not answer");
}
