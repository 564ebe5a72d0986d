import { Emulator, type Headers, type Root } from "../../emulator/index.ts";
import { CONFIGURATIONS } from "./configurations.ts";
import { flagOf } from "./functions.ts";

const HEADERS: Headers = {
  ":method": "GET",
  ":scheme": "http",
  ":authority": "reviews",
  ":path": "/reviews/7?page=2",
  "x-forwarded-proto": "http",
  "x-request-id": "5d1a0f0e-8a2c-4f0e-9b56-0f8c6e1f2a3b",
  "user-agent": "curl/8.5.0",
  accept: "*/*",
  cookie: "session=7c5f",
};
const USERS: Headers[] = [{}, { "end-user": "jason" }];
const TRACES: Headers[] = [{}, { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" }];
/** `xds.listener_direction`: INBOUND and OUTBOUND (Envoy's `TrafficDirection`). */
const DIRECTIONS = [1n, 2n];
const USUAL = DIRECTIONS.flatMap((listener_direction) =>
  USERS.flatMap((user) =>
    TRACES.map((trace) => ({ listener_direction, requestHeaders: { ...HEADERS, ...user, ...trace } })),
  ),
);
const NODE = { metadata: { NAMESPACE: "default", SERVICE_ACCOUNT: "sleep" } };
const PEER = "spiffe://cluster.local/ns/default/sa/sleep";
/** So many rounds are not looked at: trace-propagation watches its first hundred requests, and a VM's first requests take memory. */
const WARM_UP = 30;

/**
 * How many usual requests raise each flag of a module: one of those that `withFlags` or `withBranchFlags` has given it.
 *
 * @throws Error if there is no usual configuration of the module, or if it refuses it
 */
export function raisedByUsualRequests(name: string, bytes: Uint8Array): number[] {
  const usual = CONFIGURATIONS[name];
  if (usual === undefined) throw new Error(`tools/profile/configurations.ts has no configuration of ${name}: add one`);
  const emulator = new Emulator({ record: false });
  const vm = emulator.loadSync(bytes);
  const root = vm.createRoot({ rootId: name, configuration: JSON.stringify(usual), node: NODE });
  if (!root.accepted) throw new Error(emulator.logs.map(({ message }) => message).join("\n"));

  const flags: WebAssembly.Global[] = [];
  for (let flag = vm.exportedGlobal(flagOf(0)); flag !== undefined; flag = vm.exportedGlobal(flagOf(flags.length))) {
    flags.push(flag);
  }
  const raised = flags.map(() => 0);
  for (let round = 0; round < WARM_UP; round++) for (const request of USUAL) send(root, request);
  for (const request of USUAL) {
    for (const flag of flags) flag.value = 0;
    send(root, request);
    for (const [place, flag] of flags.entries()) raised[place]! += flag.value as number;
  }
  return raised;
}

function send(root: Root, { requestHeaders, listener_direction }: (typeof USUAL)[number]): void {
  const connection = { mtls: true, uri_san_peer_certificate: PEER };
  const stream = root.stream({ requestHeaders, properties: { connection, xds: { listener_direction } } });
  stream.requestHeaders();
  if (stream.localReply === undefined) stream.responseHeaders({ ":status": "200" });
  stream.end();
}
