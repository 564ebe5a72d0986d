import { wasmFilter } from "../measure/bootstrap.ts";
import { compile, source } from "../measure/compile.ts";
import { SUBSET_ROUTES, type Variant } from "./variant.ts";

const ROUTED = { answer: "v1", routes: SUBSET_ROUTES };

/** What all others are compared with: the routes alone. */
export function noFilter(): Variant {
  return { name: "no-filter", title: "no filter", ...ROUTED, reads: [], filters: [] };
}

/** The cost of having a Wasm filter at all: one callback that returns at once. */
export async function emptyFilter(answered: Pick<Variant, "answer" | "routes"> = ROUTED): Promise<Variant> {
  const module = await compile(source("empty.ts"), "empty", ["--runtime", "stub"]);
  const filters = [wasmFilter("empty", module)];
  return { name: "empty", title: "empty Wasm filter", ...answered, reads: [], filters };
}

/** The same with each of the callbacks that trace-propagation has for a request. */
export async function emptyLogFilter(answered: Pick<Variant, "answer" | "routes">): Promise<Variant> {
  const module = await compile(source("empty-log.ts"), "empty-log", ["--runtime", "stub"]);
  const filters = [wasmFilter("empty-log", module)];
  return { name: "empty-log", title: "empty Wasm filter with the same callbacks", ...answered, reads: [], filters };
}

/** One read of the request's headers, and each of the callbacks that circuit-breaking has for a request. */
export async function emptyReadFilter(answered: Pick<Variant, "answer" | "routes" | "clusters">): Promise<Variant> {
  const module = await compile(source("empty-read.ts"), "empty-read", ["--runtime", "stub"]);
  const filters = [wasmFilter("empty-read", module)];
  const title = "empty Wasm filter with the same callbacks and one read of the headers";
  return { name: "empty-read", title, ...answered, reads: [], filters };
}

/** The host calls of circuit-breaking for a call that succeeds while its circuit is closed, of which nothing comes. */
export async function circuitCalls(answered: Pick<Variant, "answer" | "routes" | "clusters">): Promise<Variant> {
  const module = await compile(source("circuit-calls.ts"), "circuit-calls", ["--runtime", "stub"]);
  const filters = [wasmFilter("circuit-calls", module)];
  const title = "the host calls of one closed circuit alone";
  return { name: "circuit-calls", title, ...answered, reads: [], filters };
}

/** The decision with nothing around it: raw imports, one read, one write, no configuration. */
export async function rawFloor(): Promise<Variant> {
  const module = await compile(source("floor.ts"), "floor", ["--runtime", "stub"]);
  const filters = [wasmFilter("floor", module)];
  const title = "raw host calls in AssemblyScript, rule compiled in";
  return { name: "floor", title, answer: "v2", reads: ["end-user"], filters, routes: SUBSET_ROUTES };
}
