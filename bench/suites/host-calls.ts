import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Callback } from "../../emulator/callbacks.ts";
import { wasmFilter } from "../measure/bootstrap.ts";
import { withEmptyCallbacks } from "../measure/callbacks.ts";
import { compile, OUT, source } from "../measure/compile.ts";
import { noFilter } from "../variants/floor.ts";
import { SUBSET_ROUTES, type Variant } from "../variants/variant.ts";
import type { Suite } from "./suite.ts";

const ADDED: readonly Callback[] = [
  "proxy_on_context_create",
  "proxy_on_response_headers",
  "proxy_on_response_body",
  "proxy_on_done",
  "proxy_on_log",
  "proxy_on_delete",
];

/** The host calls, by the name that they have in `bench/assembly/host-calls.ts`. */
const CALLS = [
  "incrementMetric",
  "readValue",
  "readMetric",
  "readPairs",
  "readProperty",
  "readFlags",
  "readHeaderProperty",
  "readAbsentHeaderProperty",
  "readAbsentValue",
  "replaceHeader",
  "removeAbsentHeader",
];
const TIMES = [1, 5];

/** What each callback that a module exports, and each host call that it makes, adds to a request. */
export async function hostCalls(): Promise<Suite> {
  const floor = await compile(source("floor.ts"), "floor", ["--runtime", "stub"]);
  const callbacks = [[], ...ADDED.map((callback) => [callback]), ["proxy_on_context_create", "proxy_on_delete"], ADDED];
  const others = callbacks.map((added) => withCallbacks(floor, added as readonly Callback[]));
  others.push(await withCall("nothing", 1));
  for (const call of CALLS) for (const times of TIMES) others.push(await withCall(call, times));
  return {
    name: "host-calls",
    base: noFilter(),
    others,
    targets: [],
    isOurs: () => true,
    decimals: 2,
    printedOnly: true,
  };
}

/** A filter that reads one header and writes another, with empty callbacks added. */
function withCallbacks(floor: string, added: readonly Callback[]): Variant {
  const name = ["floor", ...added].join("-");
  const file = added.length === 0 ? floor : withEmptyCallbacks(floor, added, name);
  return variant(name, ["floor", ...added].join(" + "), file, "v2");
}

/** A filter that makes one host call `times` over, and nothing else. */
async function withCall(call: string, times: number): Promise<Variant> {
  const name = `${call}-${times}`;
  const entry = resolve(OUT, `${name}.ts`);
  writeFileSync(
    entry,
    `import { ${call}, defineMetric, reset } from "../assembly/host-calls";
export { malloc, proxy_abi_version_0_2_1 } from "../assembly/host-calls";
export function proxy_on_configure(_id: u32, _size: u32): u32 { defineMetric(); return 1; }
export function proxy_on_request_headers(_id: u32, _headers: u32, _end: u32): u32 {
  reset();
${`  ${call}();\n`.repeat(times)}  return 0;
}
`,
  );
  const file = await compile(entry, name, ["--runtime", "stub"]);
  return variant(name, `${times} × ${call}`, file, call === "replaceHeader" ? "v2" : "v1");
}

/** `answer` is the route that the module's write, or none, leads to. */
function variant(name: string, title: string, file: string, answer: string): Variant {
  return { name, title, answer, reads: [], filters: [wasmFilter(name, file)], routes: SUBSET_ROUTES };
}
